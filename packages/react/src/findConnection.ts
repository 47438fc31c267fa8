import type { Connection } from '@authpipe/core'

/** Names one connection: of a provider the one in use, or exactly the one with an id. */
export interface ConnectionRef {
  readonly provider?: string | undefined
  readonly connectionId?: string | undefined
}

/**
 * Picks the connection that a server would use: the one marked default, else the newest active one, else the newest that needs
 * attention. A disconnected one is only picked where nothing else is left. `null` where there is none.
 */
export function findConnection(connections: readonly Connection[], { provider, connectionId }: ConnectionRef): Connection | null {
  const rank = ({ isDefault, status }: Connection): number => (status === 'revoked' ? 0 : isDefault ? 3 : status === 'active' ? 2 : 1)
  const candidates = connections.filter(({ id, provider: of }) => (connectionId ? id === connectionId : of === provider))
  candidates.sort((a, b) => rank(b) - rank(a) || Date.parse(b.connectedAt) - Date.parse(a.connectedAt))
  return candidates[0] ?? null
}
