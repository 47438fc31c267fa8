// A world whose server is reached over HTTP, with clients of it in this process. The server can go down and come back.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { inject, vi } from 'vitest'
import { createDatabase } from '../../next/test/createDatabase.ts'
import { serveHandler, type Served } from '../../next/test/serveHandler.ts'
import { baseUrl, openWorld, type World } from '../../next/test/world.ts'
import { generateSecretKey } from '../../next/src/secretKeys.ts'
import type { AuthpipeOptions } from '../../next/src/config.ts'
import type { AuthpipeClientOptions } from '../src/clientOptions.ts'
import { composeAuthpipeClient, type AuthpipeClient } from '../src/createAuthpipeClient.ts'

export const databases = ['sqlite', 'postgres'] as const

/** Two keys that the server takes. */
export const secretKeys = [generateSecretKey(), generateSecretKey()] as const

/** A request as the server sees it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: unknown
}

/** Stands in for the server's answer. */
export type Interception = (request: Request) => Response | Promise<Response | undefined> | undefined

export interface ServedWorld extends World {
  /** Where the routes are mounted. */
  readonly url: string
  readonly seen: readonly SeenRequest[]
  client(options?: Partial<AuthpipeClientOptions>): AuthpipeClient
  /** Answers in the server's place until it is taken back by `undefined`. */
  intercept(interception: Interception | undefined): void
  /** Ends the server with every connection to it. */
  goDown(): Promise<void>
  comeBack(): Promise<void>
}

export async function openServedWorld(database: (typeof databases)[number], options: Partial<AuthpipeOptions> = {}): Promise<ServedWorld> {
  const world = await openWorld({
    options: { secretKeys: [...secretKeys], ...(database === 'postgres' ? { database: await createDatabase(inject('postgresUrl')) } : {}), ...options },
  })
  const seen: SeenRequest[] = []
  const clients: AuthpipeClient[] = []
  let interception: Interception | undefined
  const handler = async (request: Request): Promise<Response> => {
    const text = await request.clone().text()
    seen.push({ method: request.method, path: new URL(request.url).pathname.slice(new URL(baseUrl).pathname.length), headers: request.headers, body: text === '' ? undefined : JSON.parse(text) })
    return (await interception?.(request)) ?? world.authpipe.handler(request)
  }
  const serve = (port?: number): Promise<Served> => serveHandler(handler, new URL(baseUrl).origin, port)
  let served: Served | undefined = await serve()
  const { origin } = served
  const url = origin + new URL(baseUrl).pathname
  const goDown = async (): Promise<void> => {
    await served?.close()
    served = undefined
  }
  return {
    ...world,
    url,
    seen,
    client(more = {}) {
      const client = composeAuthpipeClient({ baseUrl: url, secretKey: secretKeys[0], ...more }, () => world.clock.now)
      clients.push(client)
      return client
    },
    intercept(given) {
      interception = given
    },
    goDown,
    async comeBack() {
      served = await serve(Number(new URL(origin).port))
    },
    async close() {
      for (const client of clients) client.close()
      await goDown()
      await world.close()
    },
  }
}

/** A moment that a test decides on. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('The machine gave no port.')
  return address.port
}

/** Keeps what is written to standard error. */
export function watchLog(): readonly string[] {
  const lines: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  return lines
}
