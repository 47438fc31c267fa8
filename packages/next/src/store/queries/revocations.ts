import { defineQuery } from '../defineQuery.ts'
import type { RevocationRecord } from '../records.ts'
import { integer } from '../rows/columns.ts'
import { parseRevocationRow } from '../rows/revocationRow.ts'
import { sql } from '../tables.ts'
import { all, first, write, type Work } from '../work.ts'

const due = defineQuery<{ readonly now: number; readonly limit: number }>(({ now, limit }) =>
  sql.selectFrom('revocation').selectAll().where('next_attempt_at', '<=', now).orderBy('next_attempt_at').limit(limit),
)

export function* listDueRevocations(now: number, limit: number): Work<RevocationRecord[]> {
  return (yield* all(due({ now, limit }))).map(parseRevocationRow)
}

const ofTenant = defineQuery<{ readonly tenantId: string }>(({ tenantId }) =>
  sql.selectFrom('revocation').selectAll().where('tenant_id', '=', tenantId).orderBy('next_attempt_at').orderBy('id'),
)

export function* listRevocationsOfTenant(tenantId: string): Work<RevocationRecord[]> {
  return (yield* all(ofTenant({ tenantId }))).map(parseRevocationRow)
}

const claim = defineQuery<{ readonly id: string; readonly attempts: number; readonly next: number; readonly nextAttemptAt: number }>(({ id, attempts, next, nextAttemptAt }) =>
  sql.updateTable('revocation').set({ attempts: next, next_attempt_at: nextAttemptAt }).where('id', '=', id).where('attempts', '=', attempts),
)

export function* claimRevocation(id: string, attempts: number, nextAttemptAt: number): Work<boolean> {
  return (yield* write(claim({ id, attempts, next: attempts + 1, nextAttemptAt }))) === 1
}

const postponement = defineQuery<{ readonly id: string; readonly at: number }>(({ id, at }) => sql.updateTable('revocation').set({ next_attempt_at: at }).where('id', '=', id))

export function* postponeRevocation(id: string, at: number): Work<void> {
  yield* write(postponement({ id, at }))
}

const deletion = defineQuery<{ readonly id: string }>(({ id }) => sql.deleteFrom('revocation').where('id', '=', id))

export function* deleteRevocation(id: string): Work<void> {
  yield* write(deletion({ id }))
}

const waiting = defineQuery<{ readonly provider: string; readonly tenantId?: string }>(({ provider, tenantId }) =>
  sql
    .selectFrom('revocation')
    .select(({ fn, eb }) => [
      fn.countAll<number>().as('waiting'),
      fn.count<number>(eb.case().when('attempts', '>', 0).then(1).end()).as('put_off'),
    ])
    .where('provider', '=', provider)
    .$if(tenantId !== undefined, (query) => (tenantId ? query.where('tenant_id', '=', tenantId) : query)),
)

export function* countRevocations(provider: string, tenantId?: string): Work<{ waiting: number; putOff: number }> {
  const row = (yield* first(waiting({ provider, ...(tenantId === undefined ? {} : { tenantId }) }))) ?? {}
  return { waiting: integer(row, 'waiting'), putOff: integer(row, 'put_off') }
}
