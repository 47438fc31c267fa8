// What the host app is told of, and how a stored event reads to it.
import type { ConnectionRecord, EventRecord } from '../store/store.ts'
import { randomUUID } from 'node:crypto'

export type EventType =
  | 'connection.created'
  | 'connection.reconnected'
  | 'connection.needs_reauth'
  | 'connection.recovered'
  | 'connection.failed'
  | 'connection.revoked'
  | 'token.refreshed'
  | 'token.refresh_failed'
  | 'credential.expiring'
  | 'credential.stored'

/** Something that happened to a connection. It holds no secret. */
export interface AuthpipeEvent {
  /** Unique; the same at every delivery. */
  readonly id: string
  readonly type: EventType
  readonly tenantId: string
  readonly userId?: string
  readonly connectionId: string
  readonly provider: string
  /** Facts such as `reason`. */
  readonly data: EventRecord['data']
  /** ISO 8601. */
  readonly occurredAt: string
}

/** Makes the event of a change, to be stored together with it. */
export function createEvent(type: EventType, connection: ConnectionRecord, occurredAt: number, data: EventRecord['data'] = {}): EventRecord {
  const { tenantId, id: connectionId, provider, ownerId } = connection
  return { id: randomUUID(), type, tenantId, connectionId, provider, ...(ownerId ? { userId: ownerId } : {}), data, occurredAt }
}

/** Writes a stored event as the host app sees it. */
export function toAuthpipeEvent({ id, type, tenantId, userId, connectionId, provider, data, occurredAt }: EventRecord): AuthpipeEvent {
  return { id, type: type as EventType, tenantId, ...(userId ? { userId } : {}), connectionId, provider, data, occurredAt: new Date(occurredAt).toISOString() }
}
