import type { Connection } from '@authpipe/core'
import type { ConnectionRecord } from './store/store.ts'

/** Writes a stored connection as everybody may see it: plain JSON without a secret. */
export function toConnection(record: ConnectionRecord): Connection {
  const { ownerId, healthState, healthCheckedAt, revision: _revision, grantGeneration: _grant, tokenGeneration: _token, connectedAt, updatedAt, expiresAt, ...rest } = record
  return {
    ...rest,
    ...(ownerId ? { userId: ownerId } : {}),
    health: { state: healthState, ...(healthCheckedAt === undefined ? {} : { checkedAt: new Date(healthCheckedAt).toISOString() }) },
    connectedAt: new Date(connectedAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  }
}
