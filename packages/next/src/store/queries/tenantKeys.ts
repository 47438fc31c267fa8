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

const ofTenant = defineQuery<{ readonly tenantId: string }>(({ tenantId }) =>
  sql.selectFrom('tenant_key').selectAll().where('tenant_id', '=', tenantId).orderBy('seq', 'desc'),
)

export function* listTenantKeys(tenantId: string): Work<TenantKeyRecord[]> {
  return (yield* all(ofTenant({ tenantId }))).map(parseTenantKeyRow)
}

const toRotate = defineQuery<{ readonly kid: string; readonly after: string; readonly limit: number }>(({ kid, after, limit }) =>
  sql
    .selectFrom('tenant_key')
    .select('tenant_id')
    .where('tenant_id', '>', after)
    .groupBy('tenant_id')
    .having(({ eb, fn }) => eb.or([eb(fn.countAll(), '>', 1), eb(fn.max('kid'), '<>', kid)]))
    .orderBy('tenant_id')
    .limit(limit),
)

export function* listTenantsToRotate(kid: string, after: string, limit: number): Work<string[]> {
  return (yield* all(toRotate({ kid, after, limit }))).map((row) => text(row, 'tenant_id'))
}

const rewrapping = defineQuery<{ readonly tenantId: string; readonly keyId: string; readonly before: string; readonly kid: string; readonly wrapped: string }>(
  ({ tenantId, keyId, before, kid, wrapped }) =>
    sql.updateTable('tenant_key').set({ kid, wrapped }).where('tenant_id', '=', tenantId).where('key_id', '=', keyId).where('wrapped', '=', before),
)

export function* rewrapTenantKey({ tenantId, keyId, wrapped: before }: TenantKeyRecord, { kid, wrapped }: { readonly kid: string; readonly wrapped: string }): Work<boolean> {
  return (yield* write(rewrapping({ tenantId, keyId, before, kid, wrapped }))) === 1
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
