import { defineQuery } from '../defineQuery.ts'
import type { LeaseRecord, ScheduleRecord } from '../records.ts'
import { handedOver, never } from '../handOver.ts'
import { parseScheduleRow } from '../rows/scheduleRow.ts'
import { sql } from '../tables.ts'
import { first, write, type Work } from '../work.ts'
import type { ConnectionRef } from './statements.ts'

const ofConnection = defineQuery<ConnectionRef>(({ tenantId, connectionId }) =>
  sql.selectFrom('schedule').selectAll().where('tenant_id', '=', tenantId).where('connection_id', '=', connectionId),
)

export function* findSchedule(tenantId: string, connectionId: string): Work<(ScheduleRecord & LeaseRecord) | undefined> {
  const row = yield* first(ofConnection({ tenantId, connectionId }))
  return row && parseScheduleRow(row)
}

const endedLease = { lease_owner: null, lease_until: null, intent_at: null }

/** Ends the lease that an owner holds, or whoever does. The generation that was given out stays, so that it is not given out twice. */
export const leaseEnd = defineQuery<ConnectionRef & { readonly owner?: string }>(({ tenantId, connectionId, owner }) =>
  sql
    .updateTable('schedule')
    .set(endedLease)
    .where('tenant_id', '=', tenantId)
    .where('connection_id', '=', connectionId)
    .$if(owner !== undefined, (query) => (owner ? query.where('lease_owner', '=', owner) : query)),
)

/** Takes the lease for another deployment, unless a request has gone out that nobody has reported on. */
export const leaseHandOver = defineQuery<ConnectionRef>(({ tenantId, connectionId }) =>
  sql
    .updateTable('schedule')
    .set({ lease_owner: handedOver, lease_until: never })
    .where('tenant_id', '=', tenantId)
    .where('connection_id', '=', connectionId)
    .where('intent_at', 'is', null),
)

const refreshedSince = defineQuery<{ readonly provider: string; readonly since: number; readonly exceptConnectionId: string }>(({ provider, since, exceptConnectionId }) =>
  sql
    .selectFrom('schedule')
    .select('connection_id')
    .where('provider', '=', provider)
    .where('refreshed_at', '>', since)
    .where('connection_id', '<>', exceptConnectionId)
    .limit(1),
)

export function* hasRefreshedSince(provider: string, since: number, exceptConnectionId: string): Work<boolean> {
  return (yield* first(refreshedSince({ provider, since, exceptConnectionId }))) !== undefined
}

const demotedRecheck = defineQuery<{ readonly provider: string; readonly since: number; readonly checkAt: number }>(({ provider, since, checkAt }) =>
  sql.updateTable('schedule').set({ check_at: checkAt, claimed_until: null }).where('provider', '=', provider).where('demoted_at', '>=', since),
)

export function* recheckDemoted(provider: string, since: number, checkAt: number): Work<number> {
  return yield* write(demotedRecheck({ provider, since, checkAt }))
}
