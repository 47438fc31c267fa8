// How what happened is stored, and how a stored event reads to the host app.
import type { AuthpipeEvent, EventType } from '@authpipe/core'
import type { ConnectionRecord, EventRecord } from '../store/store.ts'
import { randomUUID } from 'node:crypto'

/** Makes the event of a change, to be stored together with it. */
export function createEvent(type: EventType, connection: ConnectionRecord, occurredAt: number, data: EventRecord['data'] = {}): EventRecord {
  const { tenantId, id: connectionId, provider, ownerId } = connection
  return { id: randomUUID(), type, tenantId, connectionId, provider, ...(ownerId ? { userId: ownerId } : {}), data, occurredAt }
}

/** Writes a stored event as the host app sees it. */
export function toAuthpipeEvent({ id, type, tenantId, userId, connectionId, provider, data, occurredAt }: EventRecord): AuthpipeEvent {
  return { id, type: type as EventType, tenantId, ...(userId ? { userId } : {}), connectionId, provider, data, occurredAt: new Date(occurredAt).toISOString() }
}
