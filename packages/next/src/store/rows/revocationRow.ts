import type { RevocationRecord } from '../records.ts'
import { bytes, integer, text, textMembers, word, type Row } from './columns.ts'
import { secretFields } from './secretRow.ts'

export interface RevocationRow {
  id: string
  tenant_id: string
  connection_id: string
  provider: string
  field: string
  sealed: Uint8Array
  grant_generation: number
  token_generation: number
  settings: string
  attempts: number
  next_attempt_at: number
  created_at: number
}

export function toRevocationRow(revocation: RevocationRecord): RevocationRow {
  return {
    id: revocation.id,
    tenant_id: revocation.tenantId,
    connection_id: revocation.connectionId,
    provider: revocation.provider,
    field: revocation.field,
    sealed: revocation.sealed,
    grant_generation: revocation.grantGeneration,
    token_generation: revocation.tokenGeneration,
    settings: JSON.stringify(revocation.settings),
    attempts: revocation.attempts,
    next_attempt_at: revocation.nextAttemptAt,
    created_at: revocation.createdAt,
  }
}

export function parseRevocationRow(row: Row): RevocationRecord {
  return {
    id: text(row, 'id'),
    tenantId: text(row, 'tenant_id'),
    connectionId: text(row, 'connection_id'),
    provider: text(row, 'provider'),
    field: word(row, 'field', secretFields),
    sealed: bytes(row, 'sealed'),
    grantGeneration: integer(row, 'grant_generation'),
    tokenGeneration: integer(row, 'token_generation'),
    settings: textMembers(row, 'settings'),
    attempts: integer(row, 'attempts'),
    nextAttemptAt: integer(row, 'next_attempt_at'),
    createdAt: integer(row, 'created_at'),
  }
}
