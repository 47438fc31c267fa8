import type { SecretField, SecretRecord } from '../store.ts'
import { bytes, integer, text, word, type Row } from './columns.ts'

export interface SecretRow {
  field: string
  sealed: Uint8Array
  grant_generation: number
  token_generation: number
}

export const secretFields: readonly SecretField[] = ['credential', 'refresh_token']

export function toSecretRow(secret: SecretRecord): SecretRow {
  return {
    field: secret.field,
    sealed: secret.sealed,
    grant_generation: secret.grantGeneration,
    token_generation: secret.tokenGeneration,
  }
}

/** Reads a secret joined with the ids of its connection. */
export function parseSecretRow(row: Row): SecretRecord {
  return {
    tenantId: text(row, 'tenant_id'),
    connectionId: text(row, 'id'),
    field: word(row, 'field', secretFields),
    sealed: bytes(row, 'sealed'),
    grantGeneration: integer(row, 'grant_generation'),
    tokenGeneration: integer(row, 'token_generation'),
  }
}
