// What happened to a connection, as the host app is told of it and as the audit log keeps it.
import { InvalidShape, list, mapOf, object, optional, text, wholeNumber, type Parser } from './shape.ts'

/** What can happen to a connection. New types may be added; leave alone what you do not know. */
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
  /** Those of a tenant name no connection: `connectionId` and `provider` are empty. */
  | 'tenant.erased'
  | 'tenant.exported'
  | 'tenant.imported'

/** What can happen to a provider as a whole. New types may be added; leave alone what you do not know. */
export type ProviderEventType = 'provider.outage' | 'provider.recovered'

export type EventType = ConnectionEventType | ProviderEventType

interface EventFacts {
  /** Unique; the same at every delivery. */
  readonly id: string
  readonly provider: string
  /** Facts such as `reason`. */
  readonly data: Readonly<Record<string, string | number | boolean | readonly string[]>>
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

// The list of types is open: naming each here would only make an older client refuse a newer server.
const isProviderEventType = (value: string): value is ProviderEventType => /^provider\.[a-z_]+$/.test(value)
const isConnectionEventType = (value: string): value is ConnectionEventType => /^[a-z]+\.[a-z_]+$/.test(value) && !isProviderEventType(value)

/** Parses a text that a guard takes. */
function typeOf<T extends string>(isOne: (value: string) => value is T): Parser<T> {
  return (value, path) => {
    const type = text(value, path)
    if (!isOne(type)) throw new InvalidShape(path, 'the type of an event')
    return type
  }
}

const parseFact: Parser<string | number | boolean | readonly string[]> = (value, path) => {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return Array.isArray(value) ? list(text)(value, path) : text(value, path)
}

const facts = { id: text, provider: text, data: mapOf(parseFact), occurredAt: text }

const parseConnectionEvent = object<ConnectionEvent>({
  ...facts,
  type: typeOf(isConnectionEventType),
  tenantId: text,
  userId: optional(text),
  connectionId: text,
  connectionRevision: wholeNumber,
})

const parseProviderEvent = object<Omit<ProviderEvent, 'tenantId' | 'userId' | 'connectionId' | 'connectionRevision'>>({ ...facts, type: typeOf(isProviderEventType) })

/** Parses an event from the wire; members it does not know are dropped. */
export const parseEvent: Parser<AuthpipeEvent> = (value, path) => {
  const isOfProvider = typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && isProviderEventType(value.type)
  return isOfProvider ? parseProviderEvent(value, path) : parseConnectionEvent(value, path)
}
