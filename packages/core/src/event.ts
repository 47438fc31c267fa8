// What happened to a connection, as the host app is told of it and as the audit log keeps it.
import { InvalidShape, list, mapOf, object, optional, text, type Parser } from './shape.ts'

/** New types may be added; leave alone what you do not know. */
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
  readonly data: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** ISO 8601. */
  readonly occurredAt: string
}

const isEventType = (value: string): value is EventType => /^[a-z]+\.[a-z_]+$/.test(value)

const parseFact: Parser<string | number | boolean | readonly string[]> = (value, path) => {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return Array.isArray(value) ? list(text)(value, path) : text(value, path)
}

/** Parses an event from the wire; members it does not know are dropped. */
export const parseEvent: Parser<AuthpipeEvent> = object<AuthpipeEvent>({
  id: text,
  // The list is open: naming each type here would only make an older client refuse a newer server.
  type: (value, path) => {
    const type = text(value, path)
    if (!isEventType(type)) throw new InvalidShape(path, 'the type of an event')
    return type
  },
  tenantId: text,
  userId: optional(text),
  connectionId: text,
  provider: text,
  data: mapOf(parseFact),
  occurredAt: text,
})
