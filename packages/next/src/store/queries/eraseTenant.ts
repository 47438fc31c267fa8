import { defineQuery } from '../defineQuery.ts'
import type { ErasedRows, EventRecord } from '../records.ts'
import { toEventRow, type EventRow } from '../rows/eventRow.ts'
import { sql } from '../tables.ts'
import { write, type Work } from '../work.ts'
import type { Statements } from './statements.ts'

interface Tenant {
  readonly tenantId: string
}

const keys = defineQuery<Tenant>(({ tenantId }) => sql.deleteFrom('tenant_key').where('tenant_id', '=', tenantId))
const schedules = defineQuery<Tenant>(({ tenantId }) => sql.deleteFrom('schedule').where('tenant_id', '=', tenantId))
const connections = defineQuery<Tenant>(({ tenantId }) => sql.deleteFrom('connection').where('tenant_id', '=', tenantId))
const sessions = defineQuery<Tenant>(({ tenantId }) => sql.deleteFrom('session').where('tenant_id', '=', tenantId))
const revocations = defineQuery<Tenant>(({ tenantId }) => sql.deleteFrom('revocation').where('tenant_id', '=', tenantId))
const webhooks = defineQuery<Tenant>(({ tenantId }) => sql.deleteFrom('webhook').where('tenant_id', '=', tenantId))
const endpoints = defineQuery<Tenant>(({ tenantId }) => sql.deleteFrom('webhook_endpoint').where('tenant_id', '=', tenantId))
const events = defineQuery<Tenant & { readonly exceptId: string }>(({ tenantId, exceptId }) =>
  sql.deleteFrom('event').where('tenant_id', '=', tenantId).where('id', '<>', exceptId),
)
const reads = defineQuery<Tenant>(({ tenantId }) => sql.deleteFrom('credential_read').where('tenant_id', '=', tenantId))
const eventInsertion = defineQuery<EventRow>((event) => sql.insertInto('event').values(event))

/** The keys go first: whoever stores something of the tenant at the same time has done so by now and is erased too, or finds them gone. */
export function* eraseTenant(statements: Statements, tenantId: string, event: EventRecord, report: (rows: ErasedRows) => void): Work<boolean> {
  const tenantKeys = yield* write(keys({ tenantId }))
  yield* write(statements.deleteSecrets(tenantId))
  yield* write(schedules({ tenantId }))
  yield* write(reads({ tenantId }))
  const erased: ErasedRows = {
    tenantKeys,
    sessions: yield* write(sessions({ tenantId })),
    connections: yield* write(connections({ tenantId })),
    revocations: yield* write(revocations({ tenantId })),
    webhooks: yield* write(webhooks({ tenantId })),
    webhookEndpoints: yield* write(endpoints({ tenantId })),
    // Numbers of the log are never given twice, so the new event is written before the old ones go.
    events: yield* writeEvent(tenantId, event),
  }
  report(erased)
  return true
}

function* writeEvent(tenantId: string, event: EventRecord): Work<number> {
  yield* write(eventInsertion(toEventRow(event)))
  return yield* write(events({ tenantId, exceptId: event.id }))
}
