import { createServer, type Server } from 'node:http'

import { RequestLog, type RequestLogEntry } from './RequestLog.ts'
import { requestListener } from './requestListener.ts'
import type { AnyStandIn } from './StandInControl.ts'
import { createStandIns, type StandIns } from './standIns.ts'

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

/** A running sandbox, with each stand-in under its id. */
export interface Sandbox extends StandIns {
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
  const running = new Map<string, AnyStandIn>(Object.entries(standIns))
  const reset = (): void => {
    for (const standIn of running.values()) standIn.reset()
  }

  const server = createServer(requestListener({ standIns: running, log, now }))
  server.on('clientError', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n'))
  url = await listen(server, port, host)

  return {
    ...standIns,
    url,
    get requests() {
      return log.entries()
    },
    reset,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

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
