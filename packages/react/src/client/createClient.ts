import type { Connection } from '@authpipe/core'
import type { AuthpipeEvent } from './AuthpipeEvent.ts'
import { connectFlowOf, type ConnectFlow } from './connectFlow.ts'
import { announce, onConnectionsChanged, type ConnectionChange } from './connectionChanges.ts'
import { createClientCore, type ClientCore, type ClientOptions } from './createClientCore.ts'
import { emit, onEvent } from './events.ts'

/** The way to the server's routes, and the connect flows of this page. */
export interface AuthpipeClient extends ClientCore {
  /** The flow that all buttons of one provider and kind, or of one connection, have in common. */
  connectFlow(provider: string, connectionId?: string, kind?: Connection['kind']): ConnectFlow
  /** Says what this page did to a connection without a flow, to all who listen on this page and in other tabs. */
  announce(connection: Connection, change?: Omit<ConnectionChange, 'connection'>): void
  /** Calls back when this page, or any tab, changed a connection. Returns a function that ends it. */
  onConnectionsChanged(listener: (change: ConnectionChange) => void): () => void
  /** Tells an event, with the time, to all who listen on this page. */
  emit(event: Omit<AuthpipeEvent, 'at'>): void
  /** Calls back with every event of this page. Returns a function that ends it. */
  onEvent(listener: (event: AuthpipeEvent) => void): () => void
}

/** Makes a client. It holds no secret and no user, so one serves a whole page; it may be made on a server. */
export function createClient(options?: ClientOptions): AuthpipeClient {
  const core = createClientCore(options)
  return {
    ...core,
    connectFlow: (provider, connectionId, kind) => connectFlowOf(core, { provider, connectionId, kind }),
    announce: (connection, change) => announce(core, connection, change),
    onConnectionsChanged: (listener) => onConnectionsChanged(core, listener),
    emit: (event) => emit(core, event),
    onEvent: (listener) => onEvent(core, listener),
  }
}
