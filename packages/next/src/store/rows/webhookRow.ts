import type { WebhookRecord } from '../records.ts'
import { bytes, integer, text, type Row } from './columns.ts'

export interface WebhookRow {
  id: string
  tenant_id: string
  provider: string
  /** Gone once it is delivered. */
  sealed: Uint8Array | null
  attempts: number
  /** Gone once it is delivered. */
  next_attempt_at: number | null
  received_at: number
}

export function toWebhookRow(webhook: WebhookRecord): WebhookRow {
  return {
    id: webhook.id,
    tenant_id: webhook.tenantId,
    provider: webhook.provider,
    sealed: webhook.sealed,
    attempts: webhook.attempts,
    next_attempt_at: webhook.nextAttemptAt,
    received_at: webhook.receivedAt,
  }
}

/** Reads one that is not delivered yet. */
export function parseWebhookRow(row: Row): WebhookRecord {
  return {
    id: text(row, 'id'),
    tenantId: text(row, 'tenant_id'),
    provider: text(row, 'provider'),
    sealed: bytes(row, 'sealed'),
    attempts: integer(row, 'attempts'),
    nextAttemptAt: integer(row, 'next_attempt_at'),
    receivedAt: integer(row, 'received_at'),
  }
}
