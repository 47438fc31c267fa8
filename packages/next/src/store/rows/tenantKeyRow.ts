import type { TenantKeyRecord } from '../records.ts'
import { integer, text, type Row } from './columns.ts'

export interface TenantKeyRow {
  tenant_id: string
  key_id: string
  kid: string
  wrapped: string
  seal_count: number
  created_at: number
}

export function toTenantKeyRow(key: TenantKeyRecord): TenantKeyRow {
  return {
    tenant_id: key.tenantId,
    key_id: key.keyId,
    kid: key.kid,
    wrapped: key.wrapped,
    seal_count: key.sealCount,
    created_at: key.createdAt,
  }
}

export function parseTenantKeyRow(row: Row): TenantKeyRecord {
  return {
    tenantId: text(row, 'tenant_id'),
    keyId: text(row, 'key_id'),
    kid: text(row, 'kid'),
    wrapped: text(row, 'wrapped'),
    sealCount: integer(row, 'seal_count'),
    createdAt: integer(row, 'created_at'),
  }
}
