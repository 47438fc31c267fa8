import { createError } from '@authpipe/core'
import { defineQuery } from '../defineQuery.ts'
import { integer, type Row } from '../rows/columns.ts'
import { toConnectionRow, type ConnectionRow } from '../rows/connectionRow.ts'
import { toRevocationRow, type RevocationRow } from '../rows/revocationRow.ts'
import { shardOf, toDueRow, type ScheduleRow } from '../rows/scheduleRow.ts'
import { toSecretRow } from '../rows/secretRow.ts'
import { shardCount, type Change, type EventRecord, type Expectation } from '../store.ts'
import { sql } from '../tables.ts'
import { first, write, writeBlindly, type Work } from '../work.ts'
import { insertEvents } from './events.ts'
import { leaseEnd, leaseHandOver } from './schedule.ts'
import { moveSession } from './sessions.ts'
import type { ConnectionRef, Statements } from './statements.ts'

/** A connection as it is written, with its copy of the schedule's column. */
type WrittenRow = ConnectionRow & { readonly refresh_at: number | null }

const connectionInsertion = defineQuery<WrittenRow>((row) => sql.insertInto('connection').values(row).onConflict((conflict) => conflict.doNothing()))

const connectionUpdate = defineQuery<Partial<WrittenRow> & ConnectionRef>(({ tenantId, connectionId, ...changed }) =>
  sql.updateTable('connection').set(changed).where('tenant_id', '=', tenantId).where('id', '=', connectionId),
)

/** Values of a row that is there already, beside those that name it. */
type Writes = Partial<Omit<ScheduleRow, 'tenant_id' | 'connection_id' | 'provider' | 'shard'>>

const scheduleUpsert = defineQuery<Writes & Pick<ScheduleRow, 'tenant_id' | 'connection_id' | 'provider' | 'shard' | 'failure_count'>>(
  ({ tenant_id, connection_id, provider, shard, ...written }) =>
    sql
      .insertInto('schedule')
      .values({ tenant_id, connection_id, provider, shard, ...written })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'connection_id']).doUpdateSet(written)),
)

const scheduleUpdate = defineQuery<Writes & ConnectionRef>(({ tenantId, connectionId, ...written }) =>
  sql.updateTable('schedule').set(written).where('tenant_id', '=', tenantId).where('connection_id', '=', connectionId),
)

const scheduleDeletion = defineQuery<ConnectionRef>(({ tenantId, connectionId }) =>
  sql.deleteFrom('schedule').where('tenant_id', '=', tenantId).where('connection_id', '=', connectionId),
)

const revocationInsertion = defineQuery<RevocationRow>((revocation) => 
  sql.insertInto('revocation').values(revocation).onConflict((conflict) => conflict.doNothing()),
)

/**
 * Writes a change with its events, inside a transaction that the caller ends.
 *
 * @returns `false` when it must not land; some of it may be written by then
 */
export function* applyChange(statements: Statements, change: Change, events: readonly EventRecord[]): Work<boolean> {
  const { tenantId, connectionId, expect, session, revocations = [], sealedWith = [] } = change
  // Before the connection, as erasing a tenant does: neither waits for the other while it holds what the other wants.
  for (const keyId of sealedWith) if (!(yield* first(statements.holdTenantKey(tenantId, keyId, false)))) return false
  const before = yield* first(statements.connectionToChange(change))
  if (expect === 'absent' ? before : !before || !isAsExpected(before, expect)) return false
  if (session && !(yield* moveSession(session.id, 'redeeming', session.outcome, tenantId))) return false
  const revision = yield* writeConnection(change, before)
  if (revision === undefined) return false
  if (!before && !change.connection && (change.secrets?.length || change.schedule)) {
    throw createError('internal_error', 'A change writes a secret or a schedule without the connection that they belong to.')
  }
  for (const secret of change.secrets ?? []) yield* writeBlindly(statements.upsertSecret(change, toSecretRow(secret)))
  for (const field of change.removeSecrets ?? []) yield* writeBlindly(statements.deleteSecret(change, field))
  yield* writeSchedule(change)
  if (change.endLease) yield* writeBlindly(leaseEnd({ tenantId, connectionId, ...(change.endLease === 'any' ? {} : change.endLease) }))
  if (change.handOver && (yield* write(leaseHandOver({ tenantId, connectionId }))) !== 1) return false
  for (const revocation of revocations) yield* writeBlindly(revocationInsertion(toRevocationRow(revocation)))
  yield* insertEvents(events.map((event) => ({ ...event, connectionRevision: revision })))
  return true
}

function isAsExpected(row: Row, { grantGeneration, revision, tokenGeneration, tokenGenerationBelow = Infinity }: Expectation): boolean {
  const generation = integer(row, 'token_generation')
  return (
    integer(row, 'grant_generation') === grantGeneration &&
    (revision === undefined || integer(row, 'revision') === revision) &&
    (tokenGeneration === undefined || generation === tokenGeneration) &&
    generation < tokenGenerationBelow
  )
}

/** @returns the revision after it, `0` where there is no connection; `undefined` when another row has the account, or is the default */
function* writeConnection({ tenantId, connectionId, connection, schedule }: Change, before: Row | undefined): Work<number | undefined> {
  const due = schedule === 'remove' ? { refresh_at: null } : schedule?.refreshAt === undefined ? undefined : { refresh_at: schedule.refreshAt }
  if (!before) {
    if (!connection) return 0
    return (yield* write(connectionInsertion({ ...toConnectionRow(connection), refresh_at: null, ...due }))) === 1 ? connection.revision : undefined
  }
  // A database writes every index that a named column is in, changed or not.
  const written = { ...(connection && toConnectionRow(connection)), ...due }
  const changed: Partial<WrittenRow> = Object.fromEntries(Object.entries(written).filter(([column, value]) => value !== before[column]))
  const present = integer(before, 'revision')
  if (!connection && Object.keys(changed).length === 0) return present
  const revision = present + 1
  return (yield* write(connectionUpdate({ ...changed, revision, tenantId, connectionId }))) === 1 ? revision : undefined
}

function* writeSchedule({ tenantId, connectionId, connection, schedule }: Change): Work<void> {
  if (schedule === 'remove') {
    yield* writeBlindly(scheduleDeletion({ tenantId, connectionId }))
    return
  }
  const checked = connection && { checked_at: connection.healthCheckedAt ?? null }
  if (schedule && connection) {
    const shard = shardOf(connectionId, shardCount)
    const due = toDueRow(schedule)
    yield* writeBlindly(scheduleUpsert({ tenant_id: tenantId, connection_id: connectionId, provider: connection.provider, shard, failure_count: 0, ...due, ...checked }))
    return
  }
  const written = { ...(schedule && toDueRow(schedule)), ...checked }
  if (Object.keys(written).length > 0) yield* writeBlindly(scheduleUpdate({ ...written, tenantId, connectionId }))
}
