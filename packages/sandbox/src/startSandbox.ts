import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import { answerControl, type Controls } from './controlRoutes.ts'
import { deliver } from './faults/deliver.ts'
import { processesFirst } from './faults/Fault.ts'
import { readBody } from './http/readBody.ts'
import { jsonReply, type Reply } from './http/reply.ts'
import { SandboxRequest } from './http/SandboxRequest.ts'
import { RequestLog, type RequestLogEntry } from './RequestLog.ts'
import type { Route } from './standIn.ts'
import { createStandIns } from './standIns.ts'

/** Options of {@link startSandbox}. */
export interface SandboxOptions {
  /** @defaultValue `0`, any free port */
  readonly port?: number
  /** @defaultValue `127.0.0.1` */
  readonly host?: string
  /** Milliseconds since the epoch. @defaultValue `Date.now` */
  readonly now?: () => number
  /** Word inside every code and token, to search for where none must be. @defaultValue `CANARY` */
  readonly canary?: string
}

type StandIns = ReturnType<typeof createStandIns>

/** The controls of the stand-ins, by their ids. */
export type SandboxControls = { readonly [K in keyof StandIns]: StandIns[K]['control'] }

/** A running sandbox. */
export interface Sandbox extends SandboxControls {
  /** Without a slash at its end. */
  readonly url: string
  /** The requests to all stand-ins since the last reset, the oldest first. */
  readonly requests: readonly RequestLogEntry[]
  /** Puts every stand-in back to its start. */
  reset(): void
  /** Stops listening and cuts what is still open. */
  close(): Promise<void>
}

/**
 * Starts local stand-ins of the providers, in memory, on one HTTP server.
 *
 * @throws the error of Node.js when the port is taken (`EADDRINUSE`)
 * @security For development and tests: it signs anybody in, and whoever reaches the port controls it.
 * @example
 * const sandbox = await startSandbox()
 * const registration = livechat({ ...sandboxClient('livechat'), endpoints: sandboxEndpoints('livechat', sandbox.url) })
 */
export async function startSandbox({ port = 0, host = '127.0.0.1', now = Date.now, canary = 'CANARY' }: SandboxOptions = {}): Promise<Sandbox> {
  let url = ''
  const log = new RequestLog()
  const standIns = createStandIns({ url: () => url, now, canary, log })
  const running = Object.entries(standIns)
  const reset = (): void => {
    for (const [, { control }] of running) control.reset()
  }
  const controls: Controls = {
    log,
    reset,
    standIns: running.map(([id]) => id),
    find: (wanted) => running.find(([id]) => id === wanted)?.[1].control,
  }

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const send = (reply: Reply): Promise<void> => deliver(response, reply, undefined)
    const { method = '', headers, url: target = '' } = incoming
    const requestUrl = URL.canParse(target, url) && target.startsWith('/') ? new URL(target, url) : undefined
    if (!requestUrl) return send(jsonReply(400, { error: 'The request target is not a path.' }))
    const path = requestUrl.pathname

    const [id, standIn] = running.find(([, { routes }]) => routes.some((route) => matches(route, path))) ?? []
    const route = standIn?.routes.find((candidate) => candidate.method === method && matches(candidate, path))
    const isControl = path === '/control' || path.startsWith('/control/')
    if (!isControl && !standIn) return send(jsonReply(404, { error: 'There is nothing here.' }))
    if (!isControl && !route) return send(jsonReply(405, { error: 'The method is not allowed.' }))

    const recordStatus = route && id ? log.record({ at: now(), method, path, standIn: id, endpoint: route.endpoint }) : undefined
    response.on('finish', () => recordStatus?.(response.statusCode))

    const body = await readBody(incoming)
    if (body === undefined) {
      response.setHeader('connection', 'close')
      return send(jsonReply(413, { error: 'The body is larger than 1 MiB.' }))
    }
    const request = new SandboxRequest({ method, url: requestUrl, headers, body })
    if (!standIn || !route) return send(answerControl(controls, request))

    const { faults } = standIn.control
    await faults.pass(route.endpoint, 'before')
    const fault = faults.take(route.endpoint)
    const reply = !fault || processesFirst(fault) ? route.answer(request) : undefined
    await faults.pass(route.endpoint, 'after')
    return deliver(response, reply, fault)
  }

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      // A client that goes away while it speaks is no fault of the sandbox.
      if (incoming.destroyed && !incoming.complete) return
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end(`The sandbox has a fault: ${String(error)}`)
    })
  })
  server.on('clientError', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'))
  url = await listen(server, port, host)

  return {
    livechat: standIns.livechat.control,
    plain: standIns.plain.control,
    url,
    get requests() {
      return log.entries()
    },
    reset,
    close: () =>
      new Promise((resolve) => {
        reset()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const matches = ({ path }: Route, requested: string): boolean => (path.endsWith('*') ? requested.startsWith(path.slice(0, -1)) : requested === path)

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      const actualPort = typeof address === 'object' && address !== null ? address.port : port
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`)
    })
  })
}
