import { jsonReply, type Reply } from './http/reply.ts'
import type { SandboxRequest } from './http/SandboxRequest.ts'
import type { RequestLog } from './RequestLog.ts'
import { InvalidShape } from './shape.ts'
import type { AnyStandIn } from './StandInControl.ts'

/** What the HTTP control API acts on. */
export interface Controls {
  readonly log: RequestLog
  readonly find: (standIn: string) => AnyStandIn | undefined
  readonly standIns: readonly string[]
}

/** Answers everything below `/control`: the table in the README says what there is. */
export async function answerControl(controls: Controls, request: SandboxRequest): Promise<Reply> {
  const [, , standIn = '', action, ...rest] = request.url.pathname.split('/')
  if (rest.length > 0) return unknown()

  if (request.method === 'GET' && action === undefined) {
    if (standIn === '') return jsonReply(200, { standIns: controls.standIns })
    if (standIn === 'requests') return jsonReply(200, { requests: controls.log.entries() })
    const found = controls.find(standIn)
    return found ? jsonReply(200, found.state()) : unknown()
  }

  if (request.method !== 'POST') return unknown()
  // A page of another site can post a form to this machine, but JSON only where CORS lets it, and nothing here does.
  const body = request.contentType === 'application/json' ? request.json() : undefined
  if (!body) return jsonReply(415, { error: 'Send a JSON object as application/json.' })
  if (standIn === 'reset' && action === undefined) {
    for (const id of controls.standIns) controls.find(id)?.reset()
    return jsonReply(200, {})
  }
  const found = controls.find(standIn)
  try {
    const told = action === undefined ? undefined : await found?.act(action, body)
    return told ? jsonReply(200, told) : unknown()
  } catch (error) {
    if (error instanceof InvalidShape) return jsonReply(400, { error: error.message })
    throw error
  }
}

const unknown = (): Reply => jsonReply(404, { error: 'There is nothing here. The README of @authpipe/sandbox lists the control API.' })
