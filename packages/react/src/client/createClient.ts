import { AuthpipeError, type Connection, type Parser } from '@authpipe/core'
import { createConnectFlow, type ConnectFlow } from './connectFlow.ts'
import { pageWindows, type ConnectWindows } from './connectWindow.ts'
import { openChannel } from './openChannel.ts'

/** Something happened to the connections; `connection` is the new or mended one where it is known. */
export interface ConnectionChange {
  readonly connection?: Connection
}

/** The way to the server's routes, and the connect flows of this page. */
export interface AuthpipeClient {
  readonly basePath: string
  /**
   * Calls a route below the base path and parses its answer.
   * @throws {AuthpipeError} the problem that the server answered with, or `network_error` (retryable)
   */
  call<T>(path: string, parse: Parser<T>, init?: RequestInit): Promise<T>
  /** The flow that all buttons of one provider and kind, or of one connection, have in common. */
  connectFlow(provider: string, connectionId?: string, kind?: Connection['kind']): ConnectFlow
  /** Says that a connection was made or mended without a flow, to all who listen on this page and in other tabs. */
  announce(connection: Connection): void
  /** Calls back when a flow of this page, or any tab, changed a connection. Returns a function that ends it. */
  onConnectionsChanged(listener: (change: ConnectionChange) => void): () => void
}

export interface ClientOptions {
  /**
   * Where the server's routes are mounted, on this origin.
   * @defaultValue `/api/authpipe`
   */
  readonly basePath?: string
  /** @defaultValue the page's own `fetch` */
  readonly fetch?: (url: string, init?: RequestInit) => Promise<Response>
  /** @defaultValue windows of the page's own browser */
  readonly windows?: ConnectWindows
}

export const defaultBasePath = '/api/authpipe'

/** Makes a client. It holds no secret and no user, so one serves a whole page; it may be made on a server. */
export function createClient({ basePath = defaultBasePath, fetch, windows = pageWindows }: ClientOptions = {}): AuthpipeClient {
  const flows = new Map<string, ConnectFlow>()
  const listeners = new Set<(change: ConnectionChange) => void>()
  const announce = (change: ConnectionChange): void => listeners.forEach((listener) => listener(change))
  let channel: BroadcastChannel | undefined

  const client: AuthpipeClient = {
    basePath,
    async call(path, parse, init) {
      let refusal: AuthpipeError
      try {
        const response = await (fetch ?? globalThis.fetch)(basePath + path, init)
        const body: unknown = response.status === 204 ? undefined : await response.json()
        if (response.ok) return parse(body, path)
        const { parseProblem } = await import('./parseProblem.ts')
        refusal = parseProblem(body, response.status)
      } catch (cause) {
        throw new AuthpipeError('network_error', `No usable answer to ${path}.`, { retryable: true, cause })
      }
      throw refusal
    },
    connectFlow(provider, connectionId, kind) {
      const key = `${provider}:${connectionId ?? kind ?? ''}`
      const flow = flows.get(key) ?? createConnectFlow(client, windows, provider, connectionId, kind, (connection) => announce({ connection }))
      flows.set(key, flow)
      return flow
    },
    announce(connection) {
      announce({ connection })
      channel?.postMessage({ v: 1, type: 'authpipe:changed' })
    },
    onConnectionsChanged(listener) {
      if (!listeners.size) channel = openChannel('authpipe:changed', () => announce({}))
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (!listeners.size) channel?.close()
      }
    },
  }
  return client
}
