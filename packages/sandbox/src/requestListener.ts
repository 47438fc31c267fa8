import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

import { answerControl, type Controls } from './controlRoutes.ts'
import { deliver } from './faults/deliver.ts'
import { processesFirst } from './faults/Fault.ts'
import { readBody } from './http/readBody.ts'
import { jsonReply, type Reply } from './http/reply.ts'
import { SandboxRequest } from './http/SandboxRequest.ts'
import { indexPage } from './pages/indexPage.ts'
import { matchPath } from './pathPattern.ts'
import type { RequestLog } from './RequestLog.ts'
import type { AnyStandIn } from './StandInControl.ts'

/** Answers every request to a sandbox: the stand-ins' routes with their faults, the control API, and a page that says what is here. */
export function requestListener(parts: {
  readonly standIns: ReadonlyMap<string, AnyStandIn>
  readonly log: RequestLog
  readonly now: () => number
}): RequestListener {
  const { standIns, log, now } = parts
  const controls: Controls = { log, standIns: [...standIns.keys()], find: (id) => standIns.get(id) }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers, url: target = '' } = incoming
    const url = parseTarget(target)
    if (!url) return refuse(response, 400, 'The request target is not a path.')
    const found = find(method, url.pathname)
    if (typeof found === 'number') return refuse(response, found, found === 404 ? 'There is nothing here.' : 'The method is not allowed.')

    const recordStatus = found && log.record({ at: now(), method, path: url.pathname, standIn: found.id, endpoint: found.route.endpoint })
    response.on('finish', () => recordStatus?.(response.statusCode))

    const body = await readBody(incoming)
    if (body === undefined) return refuse(response, 413, 'The body is larger than 1 MiB.')
    const request = new SandboxRequest({ method, url, headers, body })
    if (!found) return deliver(response, await answerOwn(request), undefined)

    const { route, path, faults } = found
    await faults.pass(route.endpoint, 'before')
    const fault = faults.take(route.endpoint)
    const reply = !fault || processesFirst(fault) ? route.answer(request, path) : undefined
    await faults.pass(route.endpoint, 'after')
    return deliver(response, reply, fault)
  }

  /** The route of a stand-in, `undefined` for the sandbox's own pages, or the status of a refusal. */
  function find(method: string, path: string) {
    if (path === '/' || path === '/control' || path.startsWith('/control/')) return undefined
    for (const [id, { routes, faults }] of standIns) {
      const here = routes.flatMap((route) => {
        const parameters = matchPath(route.path, path)
        return parameters ? [{ id, route, path: parameters, faults }] : []
      })
      const found = here.find(({ route }) => route.method === method)
      if (found) return found
      if (here.length > 0) return 405
    }
    return 404
  }

  const answerOwn = async (request: SandboxRequest): Promise<Reply> =>
    request.url.pathname === '/' ? indexPage([...standIns].map(([id, { people, accounts }]) => ({ id, people, accounts }))) : answerControl(controls, request)

  return (incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      // A client that goes away while it speaks is no fault of the sandbox.
      if (incoming.destroyed && !incoming.complete) return
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end(`The sandbox has a fault: ${String(error)}`)
    })
  }
}

// Only path and query are read, so the host in front can be any; a target that begins with // stays a path this way.
const parseTarget = (target: string): URL | undefined =>
  target.startsWith('/') && URL.canParse(`http://sandbox${target}`) ? new URL(`http://sandbox${target}`) : undefined

function refuse(response: ServerResponse, status: number, error: string): Promise<void> {
  // Whatever of the request is still under way would be read as the next one.
  response.setHeader('connection', 'close')
  return deliver(response, jsonReply(status, { error }), undefined)
}
