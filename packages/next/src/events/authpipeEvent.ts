// What the host app is told of, and how a stored event reads to it.
import type { ConnectionRecord, EventRecord } from '../store/store.ts'
import { randomUUID } from 'node:crypto'

/** What can happen to a connection. */
export type ConnectionEventType =
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

/** What can happen to a provider as a whole. */
export type ProviderEventType = 'provider.outage' | 'provider.recovered'

export type EventType = ConnectionEventType | ProviderEventType

interface EventFacts {
  /** Unique; the same at every delivery. */
  readonly id: string
  readonly provider: string
  /** Facts such as `reason`. */
  readonly data: EventRecord['data']
  /** ISO 8601. */
  readonly occurredAt: string
}

/** Something that happened to a connection. It holds no secret. */
export interface ConnectionEvent extends EventFacts {
  readonly type: ConnectionEventType
  readonly tenantId: string
  readonly userId?: string
  readonly connectionId: string
  /** Grows with every change of the connection: of two events the one with the higher number happened later. `0` where it is not known. */
  readonly connectionRevision: number
}

/** Something that happened to a provider, and so to every tenant's connections to it. */
export interface ProviderEvent extends EventFacts {
  readonly type: ProviderEventType
  readonly tenantId?: undefined
  readonly userId?: undefined
  readonly connectionId?: undefined
  readonly connectionRevision?: undefined
}

/** Something that happened. `type` tells whether it has a tenant and a connection. */
export type AuthpipeEvent = ConnectionEvent | ProviderEvent

/** Makes the event of a change, to be stored together with it. */
export function createEvent(type: ConnectionEventType, connection: ConnectionRecord, occurredAt: number, data: EventRecord['data'] = {}): EventRecord {
  const { tenantId, id: connectionId, provider, ownerId } = connection
  return { id: randomUUID(), type, tenantId, connectionId, provider, ...(ownerId ? { userId: ownerId } : {}), data, occurredAt }
}

/** Makes the event of a provider, to be stored together with its state. */
export function createProviderEvent(type: ProviderEventType, provider: string, occurredAt: number, data: EventRecord['data'] = {}): EventRecord {
  return { id: randomUUID(), type, tenantId: '', connectionId: '', provider, data, occurredAt }
}

/** Writes a stored event as the host app sees it. */
export function toAuthpipeEvent({ id, type, tenantId, userId, connectionId, connectionRevision = 0, provider, data, occurredAt }: EventRecord): AuthpipeEvent {
  const facts = { id, provider, data, occurredAt: new Date(occurredAt).toISOString() }
  // Only what createProviderEvent and createEvent made is stored.
  if (connectionId === '') return { ...facts, type: type as ProviderEventType }
  return { ...facts, type: type as ConnectionEventType, tenantId, ...(userId ? { userId } : {}), connectionId, connectionRevision }
}
