import type { SecretField, SecretRecord } from '../store.ts'
import { bytes, integer, word, type Row } from './columns.ts'

export interface SecretRow {
  seq: number
  field: string
  sealed: Uint8Array
  grant_generation: number
  token_generation: number
}

export const secretFields: readonly SecretField[] = ['credential', 'refresh_token']

/** Where the secret of a connection is. */
export const secretSeq = (connectionSeq: number, field: SecretField): number => connectionSeq * 2 + (field === 'refresh_token' ? 1 : 0)

export function toSecretRow(connectionSeq: number, secret: SecretRecord): SecretRow {
  return {
    seq: secretSeq(connectionSeq, secret.field),
    field: secret.field,
    sealed: secret.sealed,
    grant_generation: secret.grantGeneration,
    token_generation: secret.tokenGeneration,
  }
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
