// Where events are posted to in tests: a real HTTP server of this machine that keeps what came.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { vi } from 'vitest'
import type { AuthpipeEvent } from '@authpipe/core'

/** An event as it was posted. */
export interface Posted {
  /** Milliseconds on this machine's steady clock. */
  readonly at: number
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface EventReceiver {
  readonly url: string
  /** What came, in its order. */
  readonly posted: Posted[]
  /** Ids of what came, in its order. */
  ids(): string[]
  /** How it answers; at first with 204. */
  answer: (response: ServerResponse, posted: Posted) => void
  /** How many requests were open at once at most. */
  readonly mostAtOnce: number
  close(): Promise<void>
}

export async function startEventReceiver(): Promise<EventReceiver> {
  const posted: Posted[] = []
  let open = 0
  let mostAtOnce = 0
  const server = createServer((request, response) => {
    mostAtOnce = Math.max(mostAtOnce, (open += 1))
    response.on('close', () => (open -= 1))
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { at: performance.now(), path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
      posted.push(one)
      receiver.answer(response, one)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const receiver: EventReceiver = {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/events`,
    posted,
    ids: () => posted.map(({ headers }) => String(headers['webhook-id'])),
    answer: (response) => response.writeHead(204).end(),
    get mostAtOnce() {
      return mostAtOnce
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return receiver
}

/** Verifies what was posted with the reference library, at the time at which it was signed. */
export function verifyPosted({ body, headers }: Posted, secret: string): AuthpipeEvent {
  vi.useFakeTimers({ toFake: ['Date'], now: Number(headers['webhook-timestamp']) * 1_000 })
  try {
    const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
    return new Webhook(secret).verify(body, flat) as AuthpipeEvent
  } finally {
    vi.useRealTimers()
  }
}
