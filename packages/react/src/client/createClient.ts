import {
  AuthpipeError,
  parseConnections,
  parseProblem,
  parseProviders,
  parseSession,
  type Connection,
  type Parser,
  type ProviderSummary,
  type Session,
} from '@authpipe/core'
import { pageBrowser, type ConnectBrowser } from './browser.ts'
import { createConnectFlow, type ConnectFlow } from './connectFlow.ts'

/** Which connections are asked for. */
export interface ConnectionFilter {
  /** Only those of this provider. */
  readonly provider?: string
}

/** Something happened to the connections; `connection` is the new or mended one where it is known. */
export interface ConnectionChange {
  readonly connection?: Connection
}

/** Typed calls to the mounted routes, and the connect flows of this page. Every call rejects with an {@link AuthpipeError}. */
export interface AuthpipeClient {
  listProviders(signal?: AbortSignal): Promise<readonly ProviderSummary[]>
  /** Those of the signed-in user, disconnected ones included. */
  listConnections(filter?: ConnectionFilter, signal?: AbortSignal): Promise<readonly Connection[]>
  disconnect(connectionId: string): Promise<void>
  /** `undefined` while the server does not know the session, as before its start has arrived. */
  findSession(sessionId: string): Promise<Session | undefined>
  /** Ends a pending session; one that has just been finished stays finished. */
  cancelSession(sessionId: string): Promise<void>
  /** The flow that all buttons of one provider, or of one connection, have in common. */
  connectFlow(provider: string, connectionId?: string): ConnectFlow
  /** Calls back when a flow of this page, or any tab, changed a connection. Returns the end of it. */
  onConnectionsChanged(listener: (change: ConnectionChange) => void): () => void
}

export interface ClientOptions {
  /**
   * Where the server's routes are mounted, on this origin.
   * @defaultValue `/api/authpipe`
   */
  readonly basePath?: string
  /** @defaultValue the page's own `fetch` */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** @defaultValue the page's own window, channels and clock */
  readonly browser?: ConnectBrowser
}

export const defaultBasePath = '/api/authpipe'

const parseNothing: Parser<void> = () => undefined

/** Makes a client. It holds no secret and no user, so one serves a whole page; it may be made on a server. */
export function createClient({
  basePath = defaultBasePath,
  fetch = (url, init) => globalThis.fetch(url, init),
  browser = pageBrowser,
}: ClientOptions = {}): AuthpipeClient {
  const flows = new Map<string, ConnectFlow>()
  const listeners = new Set<(change: ConnectionChange) => void>()
  let endChannel = (): void => {}
  const announce = (change: ConnectionChange): void => listeners.forEach((listener) => listener(change))

  async function call<T>(path: string, parse: Parser<T>, init: RequestInit = {}): Promise<T> {
    let response: Response
    let body: unknown
    try {
      response = await fetch(basePath + path, init)
      body = response.status === 204 ? undefined : await response.json()
      if (response.ok) return parse(body, path)
    } catch (cause) {
      throw new AuthpipeError('network_error', `The server gave no usable answer to ${path}.`, { retryable: true, cause })
    }
    throw parseProblem(body, response.status)
  }

  const path = (collection: string, id: string): string => `/${collection}/${encodeURIComponent(id)}`
  const isMissing = (error: unknown): undefined => {
    if (error instanceof AuthpipeError && error.code === 'session_not_found') return undefined
    throw error
  }

  const client: AuthpipeClient = {
    listProviders: async (signal) => (await call('/providers', parseProviders, { signal: signal ?? null })).providers,
    listConnections: async ({ provider } = {}, signal) =>
      (await call(provider ? `/connections?provider=${encodeURIComponent(provider)}` : '/connections', parseConnections, { signal: signal ?? null })).connections,
    disconnect: (connectionId) => call(path('connections', connectionId), parseNothing, { method: 'DELETE' }),
    findSession: (sessionId) => call(path('sessions', sessionId), parseSession).catch(isMissing),
    cancelSession: (sessionId) => call(path('sessions', sessionId), parseNothing, { method: 'DELETE' }),
    connectFlow(provider, connectionId) {
      const key = `${provider}:${connectionId ?? ''}`
      let flow = flows.get(key)
      if (!flow) {
        const { findSession, cancelSession } = client
        const onConnected = (connection: Connection): void => announce({ connection })
        flow = createConnectFlow({ provider, connectionId, action: `${basePath}/sessions`, browser, findSession, cancelSession, onConnected })
        flows.set(key, flow)
      }
      return flow
    },
    onConnectionsChanged(listener) {
      if (listeners.size === 0) endChannel = browser.onConnectionsChanged(() => announce({}))
      listeners.add(listener)
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) endChannel()
      }
    },
  }
  return client
}
