import type { EventRecord } from '../records.ts'
import { integer, isText, members, optionalText, text, type Row } from './columns.ts'

export interface EventRow {
  tenant_id: string
  id: string
  type: string
  connection_id: string
  provider: string
  user_id: string | null
  data: string
  occurred_at: number
  /** `0` where the event is about no connection, or was written before revisions were. */
  connection_revision: number
  /** When `onEvent` is to be told; gone once it was. */
  offer_at: number | null
  offers: number
  /** When the webhook is to be sent; gone once it was. */
  send_at: number | null
  sends: number
}

export function toEventRow(event: EventRecord): EventRow {
  const { sinks = ['app'] } = event
  return {
    tenant_id: event.tenantId,
    id: event.id,
    type: event.type,
    connection_id: event.connectionId,
    provider: event.provider,
    user_id: event.userId ?? null,
    data: JSON.stringify(event.data),
    occurred_at: event.occurredAt,
    connection_revision: event.connectionRevision ?? 0,
    offer_at: sinks.includes('app') ? event.occurredAt : null,
    offers: 0,
    send_at: sinks.includes('webhook') ? event.occurredAt : null,
    sends: 0,
  }
}

const isDatum = (value: unknown): value is EventRecord['data'][string] =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || (Array.isArray(value) && value.every(isText))

export function parseEventRow(row: Row): EventRecord {
  const userId = optionalText(row, 'user_id')
  const connectionRevision = integer(row, 'connection_revision')
  return {
    id: text(row, 'id'),
    type: text(row, 'type'),
    tenantId: text(row, 'tenant_id'),
    connectionId: text(row, 'connection_id'),
    provider: text(row, 'provider'),
    ...(userId === undefined ? {} : { userId }),
    data: members(row, 'data', isDatum),
    occurredAt: integer(row, 'occurred_at'),
    ...(connectionRevision === 0 ? {} : { connectionRevision }),
  }
}
