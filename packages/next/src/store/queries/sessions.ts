import { defineQuery } from '../defineQuery.ts'
import type { SessionOutcome, SessionRecord, StoredSessionStatus } from '../records.ts'
import { integer } from '../rows/columns.ts'
import { parseSessionRow, toOutcomeRow, toSessionRow, type OutcomeRow, type SessionRow } from '../rows/sessionRow.ts'
import { sql } from '../tables.ts'
import { first, write, type Work } from '../work.ts'

const insertion = defineQuery<SessionRow>((session) => sql.insertInto('session').values(session).onConflict((conflict) => conflict.doNothing()))

export function* insertSession(session: SessionRecord): Work<boolean> {
  return (yield* write(insertion(toSessionRow(session)))) === 1
}

const byId = defineQuery<{ readonly id: string }>(({ id }) => sql.selectFrom('session').selectAll().where('id', '=', id))

export function* findSession(id: string): Work<SessionRecord | undefined> {
  const row = yield* first(byId({ id }))
  return row && parseSessionRow(row)
}

const byState = defineQuery<{ readonly stateHash: Uint8Array }>(({ stateHash }) => sql.selectFrom('session').selectAll().where('state_hash', '=', stateHash))

export function* findSessionByState(stateHash: Uint8Array): Work<SessionRecord | undefined> {
  const row = yield* first(byState({ stateHash }))
  return row && parseSessionRow(row)
}

const move = defineQuery<OutcomeRow & { readonly id: string; readonly from: string; readonly tenantId?: string }>(({ id, from, tenantId, ...outcome }) =>
  sql
    .updateTable('session')
    .set(outcome)
    .where('id', '=', id)
    .where('status', '=', from)
    .$if(tenantId !== undefined, (query) => (tenantId ? query.where('tenant_id', '=', tenantId) : query)),
)

/** @param tenantId - whose session it must be, where it matters */
export function* moveSession(id: string, from: StoredSessionStatus, outcome: SessionOutcome, tenantId?: string): Work<boolean> {
  return (yield* write(move({ id, from, ...(tenantId === undefined ? {} : { tenantId }), ...toOutcomeRow(outcome) }))) === 1
}

const rebinding = defineQuery<{ readonly id: string; readonly bindingHash: Uint8Array }>(({ id, bindingHash }) =>
  sql.updateTable('session').set({ binding_hash: bindingHash }).where('id', '=', id).where('status', '=', 'pending'),
)

export function* rebindSession(id: string, bindingHash: Uint8Array): Work<boolean> {
  return (yield* write(rebinding({ id, bindingHash }))) === 1
}

const count = defineQuery<{ readonly tenantId: string; readonly userId: string; readonly since: number }>(({ tenantId, userId, since }) =>
  sql
    .selectFrom('session')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('created_at', '>=', since),
)

export function* countSessions(tenantId: string, userId: string, since: number): Work<number> {
  const row = yield* first(count({ tenantId, userId, since }))
  return row ? integer(row, 'count') : 0
}

const deletion = defineQuery<{ readonly before: number; readonly limit: number }>(({ before, limit }) =>
  sql.deleteFrom('session').where('id', 'in', sql.selectFrom('session').select('id').where('expires_at', '<', before).orderBy('expires_at').limit(limit)),
)

export function* deleteSessions(expiredBefore: number, limit: number): Work<number> {
  return yield* write(deletion({ before: expiredBefore, limit }))
}
