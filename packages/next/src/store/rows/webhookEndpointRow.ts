import type { WebhookEndpointRecord } from '../records.ts'
import { bytes, integer, text, type Row } from './columns.ts'

export interface WebhookEndpointRow {
  id_hash: Uint8Array
  tenant_id: string
  provider: string
  is_signed: number
  created_at: number
}

export function toWebhookEndpointRow(endpoint: WebhookEndpointRecord): WebhookEndpointRow {
  return {
    id_hash: endpoint.idHash,
    tenant_id: endpoint.tenantId,
    provider: endpoint.provider,
    is_signed: Number(endpoint.isSigned),
    created_at: endpoint.createdAt,
  }
}

export function parseWebhookEndpointRow(row: Row): WebhookEndpointRecord {
  return {
    idHash: bytes(row, 'id_hash'),
    tenantId: text(row, 'tenant_id'),
    provider: text(row, 'provider'),
    isSigned: integer(row, 'is_signed') === 1,
    createdAt: integer(row, 'created_at'),
  }
}
