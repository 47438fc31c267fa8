import { defineQuery } from '../defineQuery.ts'
import type { TenantKeyRecord } from '../records.ts'
import { bytes, integer, text } from '../rows/columns.ts'
import { parseTenantKeyRow, toTenantKeyRow, type TenantKeyRow } from '../rows/tenantKeyRow.ts'
import { sql } from '../tables.ts'
import { all, first, write, writeReturning, type Work } from '../work.ts'

const newestOrNamed = defineQuery<{ readonly tenantId: string; readonly keyId?: string }>(({ tenantId, keyId }) =>
  sql
    .selectFrom('tenant_key')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .$if(keyId !== undefined, (query) => (keyId ? query.where('key_id', '=', keyId) : query))
    .orderBy('seq', 'desc')
    .limit(1),
)

export function* findTenantKey(tenantId: string, keyId?: string): Work<TenantKeyRecord | undefined> {
  const row = yield* first(newestOrNamed({ tenantId, ...(keyId === undefined ? {} : { keyId }) }))
  return row && parseTenantKeyRow(row)
}

const insertion = defineQuery<TenantKeyRow & { readonly seq: number }>((key) =>
  sql.insertInto('tenant_key').values(key).onConflict((conflict) => conflict.doNothing()),
)

/** Two at the same time have the same number, which one of them gets. */
export function* insertTenantKey(key: TenantKeyRecord, after: string | undefined): Work<boolean> {
  const newest = yield* first(newestOrNamed({ tenantId: key.tenantId }))
  if ((newest && text(newest, 'key_id')) !== after) return false
  const seq = newest ? integer(newest, 'seq') + 1 : 1
  return (yield* write(insertion({ ...toTenantKeyRow(key), seq }))) === 1
}

const reservation = defineQuery<{ readonly tenantId: string; readonly keyId: string; readonly count: number }>(({ tenantId, keyId, count }) =>
  sql
    .updateTable('tenant_key')
    .set((key) => ({ seal_count: key('seal_count', '+', count) }))
    .where('tenant_id', '=', tenantId)
    .where('key_id', '=', keyId)
    .returning('seal_count'),
)

export function* reserveSeals(tenantId: string, keyId: string, count: number): Work<number | undefined> {
  const [row] = yield* writeReturning(reservation({ tenantId, keyId, count }))
  return row && integer(row, 'seal_count')
}

const countByKid = defineQuery<object>(() =>
  sql
    .selectFrom('tenant_key')
    .select(({ fn }) => ['kid', fn.count('tenant_id').distinct().as('tenants')])
    .groupBy('kid')
    .orderBy('kid'),
)

export function* countTenantKeys(): Work<{ readonly kid: string; readonly tenants: number }[]> {
  return (yield* all(countByKid({}))).map((row) => ({ kid: text(row, 'kid'), tenants: integer(row, 'tenants') }))
}

export interface KeyCheck {
  readonly wrapped: string
  readonly digest: Uint8Array
}

const keyCheck = defineQuery<{ readonly kid: string }>(({ kid }) => sql.selectFrom('key_check').select(['wrapped', 'digest']).where('kid', '=', kid))

export function* findKeyCheck(kid: string): Work<KeyCheck | undefined> {
  const row = yield* first(keyCheck({ kid }))
  return row && { wrapped: text(row, 'wrapped'), digest: bytes(row, 'digest') }
}

const keyCheckInsertion = defineQuery<KeyCheck & { readonly kid: string }>((check) =>
  sql.insertInto('key_check').values(check).onConflict((conflict) => conflict.doNothing()),
)

export function* insertKeyCheck(kid: string, { wrapped, digest }: KeyCheck): Work<void> {
  yield* write(keyCheckInsertion({ kid, wrapped, digest }))
}
