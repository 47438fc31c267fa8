// How what happened is stored, and how a stored event reads to the host app.
import type { AuthpipeEvent, ConnectionEventType, ProviderEventType } from '@authpipe/core'
import type { ConnectionRecord, EventRecord } from '../store/store.ts'
import { randomUUID } from 'node:crypto'

/** Makes the event of a change, to be stored together with it. */
export function createEvent(type: ConnectionEventType, connection: ConnectionRecord, occurredAt: number, data: EventRecord['data'] = {}): EventRecord {
  const { tenantId, id: connectionId, provider, ownerId } = connection
  return { id: randomUUID(), type, tenantId, connectionId, provider, ...(ownerId ? { userId: ownerId } : {}), data, occurredAt }
}

/** What can happen to a tenant as a whole. */
export type TenantEventType = Extract<ConnectionEventType, `tenant.${string}`>

/** Makes the event of a provider, to be stored together with its state. */
export function createProviderEvent(type: ProviderEventType, provider: string, occurredAt: number, data: EventRecord['data'] = {}): EventRecord {
  return { id: randomUUID(), type, tenantId: '', connectionId: '', provider, data, occurredAt }
}

/** Makes an event of a tenant as a whole, for the audit log alone: whoever did it knows, and nobody else is told. */
export function createTenantEvent(type: TenantEventType, tenantId: string, occurredAt: number, data: EventRecord['data'] = {}): EventRecord {
  return { id: randomUUID(), type, tenantId, connectionId: '', provider: '', data, occurredAt, sinks: [] }
}

/** Writes a stored event as the host app sees it. */
export function toAuthpipeEvent({ id, type, tenantId, userId, connectionId, connectionRevision = 0, provider, data, occurredAt }: EventRecord): AuthpipeEvent {
  const facts = { id, provider, data, occurredAt: new Date(occurredAt).toISOString() }
  // Only what the makers above made is stored.
  if (tenantId === '') return { ...facts, type: type as ProviderEventType }
  return { ...facts, type: type as ConnectionEventType, tenantId, ...(userId ? { userId } : {}), connectionId, connectionRevision }
}
