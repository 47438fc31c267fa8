// Sealed values by the tenant key that they are sealed with: its id stands in the eight bytes behind their version.
import { sql as raw } from 'kysely'
import { defineQuery } from '../defineQuery.ts'
import type { SealedKind, SealedRecord } from '../records.ts'
import { bytes, integer, text } from '../rows/columns.ts'
import { sql } from '../tables.ts'
import { all, first, write, type Work } from '../work.ts'
import type { Statements } from './statements.ts'
import { listTenantKeys } from './tenantKeys.ts'

interface SealedPage {
  readonly tenantId: string
  readonly keyId: Uint8Array
  readonly after: string
  readonly limit: number
}

const sealedKeyId = raw<Uint8Array>`substr(${raw.ref('sealed')}, 2, 8)`

const sealedRevocations = defineQuery<SealedPage>(({ tenantId, keyId, after, limit }) =>
  sql
    .selectFrom('revocation')
    .select(['id', 'connection_id', 'provider', 'field', 'sealed', 'grant_generation', 'token_generation'])
    .where('tenant_id', '=', tenantId)
    .where('id', '>', after)
    .where(sealedKeyId, '=', keyId)
    .orderBy('id')
    .limit(limit),
)

const sealedWebhooks = defineQuery<SealedPage>(({ tenantId, keyId, after, limit }) =>
  sql
    .selectFrom('webhook')
    .select(['id', 'provider', 'sealed'])
    .where('next_attempt_at', 'is not', null)
    .where('tenant_id', '=', tenantId)
    .where('id', '>', after)
    .where(sealedKeyId, '=', keyId)
    .orderBy('id')
    .limit(limit),
)

const openSession = defineQuery<{ readonly tenantId: string; readonly keyId: Uint8Array; readonly now: number }>(({ tenantId, keyId, now }) =>
  sql
    .selectFrom('session')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('status', 'in', ['pending', 'redeeming'])
    .where('expires_at', '>', now)
    .where(sealedKeyId, '=', keyId)
    .limit(1),
)

export function* listSealed(
  statements: Statements,
  kind: SealedKind,
  tenantId: string,
  key: string,
  after: SealedRecord | undefined,
  limit: number,
): Work<SealedRecord[]> {
  const keyId = Buffer.from(key, 'hex')
  switch (kind) {
    case 'secret': {
      const rows = yield* all(statements.selectSealedSecrets({ tenantId, keyId, afterId: after?.id ?? '', afterField: after?.field ?? '', limit }))
      return rows.map((row) => ({
        kind,
        tenantId,
        id: text(row, 'id'),
        connectionId: text(row, 'id'),
        provider: text(row, 'provider'),
        field: text(row, 'field'),
        sealed: bytes(row, 'sealed'),
        grantGeneration: integer(row, 'grant_generation'),
        tokenGeneration: integer(row, 'token_generation'),
      }))
    }
    case 'revocation': {
      const rows = yield* all(sealedRevocations({ tenantId, keyId, after: after?.id ?? '', limit }))
      return rows.map((row) => ({
        kind,
        tenantId,
        id: text(row, 'id'),
        connectionId: text(row, 'connection_id'),
        provider: text(row, 'provider'),
        field: text(row, 'field'),
        sealed: bytes(row, 'sealed'),
        grantGeneration: integer(row, 'grant_generation'),
        tokenGeneration: integer(row, 'token_generation'),
      }))
    }
    case 'webhook': {
      const rows = yield* all(sealedWebhooks({ tenantId, keyId, after: after?.id ?? '', limit }))
      return rows.map((row) => ({
        kind,
        tenantId,
        id: text(row, 'id'),
        connectionId: text(row, 'id'),
        provider: text(row, 'provider'),
        field: 'webhook',
        sealed: bytes(row, 'sealed'),
        grantGeneration: 0,
        tokenGeneration: 0,
      }))
    }
  }
}

/** A sealed value, and the same one sealed anew. */
export interface Replacement {
  readonly before: SealedRecord
  readonly sealed: Uint8Array
}

interface RowReplacement {
  readonly id: string
  readonly before: Uint8Array
  readonly sealed: Uint8Array
}

const replacements = {
  revocation: defineQuery<RowReplacement>(({ id, before, sealed }) => sql.updateTable('revocation').set({ sealed }).where('id', '=', id).where('sealed', '=', before)),
  webhook: defineQuery<RowReplacement>(({ id, before, sealed }) => sql.updateTable('webhook').set({ sealed }).where('id', '=', id).where('sealed', '=', before)),
}

export function* replaceSealed(statements: Statements, keyId: string, all: readonly Replacement[], report: (count: number) => void): Work<boolean> {
  let count = 0
  const [some] = all
  if (!some || !(yield* first(statements.holdTenantKey(some.before.tenantId, keyId, false)))) return false
  for (const { before, sealed } of all) {
    const { kind, tenantId, id, field } = before
    const query =
      kind === 'secret'
        ? statements.resealSecret({ tenantId, connectionId: id }, field, before.sealed, sealed)
        : replacements[kind]({ id, before: before.sealed, sealed })
    count += yield* write(query)
  }
  report(count)
  return true
}

const kinds: readonly SealedKind[] = ['secret', 'revocation', 'webhook']

const keyDeletion = defineQuery<{ readonly tenantId: string; readonly keyId: string }>(({ tenantId, keyId }) =>
  sql.deleteFrom('tenant_key').where('tenant_id', '=', tenantId).where('key_id', '=', keyId),
)

/** The key is held first and alone: whoever stores something that is sealed with it has done so by now, or finds it gone. */
export function* deleteTenantKey(statements: Statements, tenantId: string, keyId: string, now: number): Work<boolean> {
  if (!(yield* first(statements.holdTenantKey(tenantId, keyId, true)))) return false
  const [newest] = yield* listTenantKeys(tenantId)
  if (newest?.keyId === keyId) return false
  for (const kind of kinds) if ((yield* listSealed(statements, kind, tenantId, keyId, undefined, 1)).length > 0) return false
  if (yield* first(openSession({ tenantId, keyId: Buffer.from(keyId, 'hex'), now }))) return false
  return (yield* write(keyDeletion({ tenantId, keyId }))) === 1
}
