import type { SecretField, SecretRecord } from '../records.ts'
import { bytes, integer, word, type Row } from './columns.ts'

export interface SecretRow {
  field: string
  sealed: Uint8Array
  grant_generation: number
  token_generation: number
}

export const secretFields: readonly SecretField[] = ['credential', 'refresh_token']

export function toSecretRow({ field, sealed, grantGeneration, tokenGeneration }: SecretRecord): SecretRow {
  return { field, sealed, grant_generation: grantGeneration, token_generation: tokenGeneration }
}

export function parseSecretRow(tenantId: string, connectionId: string, row: Row): SecretRecord {
  return {
    tenantId,
    connectionId,
    field: word(row, 'field', secretFields),
    sealed: bytes(row, 'sealed'),
    grantGeneration: integer(row, 'grant_generation'),
    tokenGeneration: integer(row, 'token_generation'),
  }
}
