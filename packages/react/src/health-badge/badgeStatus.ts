import type { Connection } from '@authpipe/core'
import type { ConnectionStatusOrAbsent } from '../useConnection.ts'

/** What a badge says: the status of a connection, or what an active one lacks. */
export type BadgeStatus = ConnectionStatusOrAbsent | 'degraded' | 'missing_scopes'

/** How a connection is, in one word: its status, and of an active one whether the provider has trouble or was given too few permissions. */
export function badgeStatus(connection: Connection | null | undefined): BadgeStatus {
  if (!connection) return 'absent'
  const { status, health, missingScopes } = connection
  return status !== 'active' ? status : health.state === 'degraded' ? 'degraded' : missingScopes.length > 0 ? 'missing_scopes' : status
}
