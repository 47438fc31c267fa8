import type { Connection } from '@authpipe/core'

/** Names one connection: of a provider the one in use, or exactly the one with an id. */
export interface ConnectionRef {
  readonly provider?: string | undefined
  /**
   * An account of the user's own, or our app in the provider's workspace.
   * @defaultValue either
   */
  readonly kind?: Connection['kind'] | undefined
  readonly connectionId?: string | undefined
}

/**
 * Picks the connection that a server would use: the one marked default, else the newest active one, else the newest that needs
 * attention. A disconnected one is only picked where nothing else is left. `null` where there is none.
 */
export function findConnection(connections: readonly Connection[], { provider, kind, connectionId }: ConnectionRef): Connection | null {
  const rank = ({ isDefault, status }: Connection): number => (status === 'revoked' ? 0 : isDefault ? 3 : status === 'active' ? 2 : 1)
  const candidates = connections.filter((one) => (connectionId ? one.id === connectionId : one.provider === provider && one.kind === (kind ?? one.kind)))
  candidates.sort((a, b) => rank(b) - rank(a) || Date.parse(b.connectedAt) - Date.parse(a.connectedAt))
  return candidates[0] ?? null
}
