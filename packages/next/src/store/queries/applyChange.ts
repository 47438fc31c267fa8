import { createError } from '@authpipe/core'
import { defineQuery } from './defineQuery.ts'
import { integer, type Row } from './rows/columns.ts'
import { connectionColumns, toConnectionRow, type ConnectionRow } from './rows/connectionRow.ts'
import { toEventRow, type EventRow } from './rows/eventRow.ts'
import { toRevocationRow } from './rows/revocationRow.ts'
import { toScheduleRow, type ScheduleRow } from './rows/scheduleRow.ts'
import { secretSeq, toSecretRow, type SecretRow } from './rows/secretRow.ts'
import { toOutcomeRow } from './rows/sessionRow.ts'
import type { SqliteDatabase } from './sqliteDatabase.ts'
import { sql } from './sqliteTables.ts'
import type { Change, EventRecord } from './store.ts'

const connectionToChange = defineQuery<{ readonly tenantId: string; readonly id: string }>(({ tenantId, id }) =>
  sql.selectFrom('connection').select(['seq', 'refresh_at', ...connectionColumns]).where('tenant_id', '=', tenantId).where('id', '=', id),
)

const connectionUpdate = defineQuery<Partial<ConnectionRow & DueCopy> & { readonly seq: number }>(({ seq, ...changed }) =>
  sql.updateTable('connection').set(changed).where('seq', '=', seq),
)

const secretUpsert = defineQuery<SecretRow>(({ seq, ...secret }) =>
  sql
    .insertInto('secret')
    .values({ seq, ...secret })
    .onConflict((conflict) => conflict.column('seq').doUpdateSet(secret)),
)

const scheduleUpsert = defineQuery<ScheduleRow & { connection_seq: number }>(({ connection_seq, tenant_id, connection_id, provider, ...due }) =>
  sql
    .insertInto('schedule')
    .values({ connection_seq, tenant_id, connection_id, provider, ...due })
    .onConflict((conflict) => conflict.column('connection_seq').doUpdateSet(due)),
)

const eventInsert = defineQuery<EventRow>((event) => sql.insertInto('event').values(event))

/** The copy of the schedule's column that a connection holds. */
interface DueCopy {
  refresh_at: number | null
}

/**
 * Writes a change with its events, inside a transaction that the caller ends.
 *
 * @returns `false` when it must not land; some of it may be written by then
 */
export function applyChange(database: SqliteDatabase, change: Change, events: readonly EventRecord[]): boolean {
  const before = findExpected(database, change)
  if (!before) return false
  if (change.session && !endSession(database, change.tenantId, change.session)) return false
  if (!writeConnection(database, change, before)) return false
  writeParts(database, change, before)
  for (const revocation of change.revocations ?? []) database.write(sql.insertInto('revocation').values(toRevocationRow(revocation)))
  for (const event of events) database.write(eventInsert(toEventRow(event)))
  return true
}

/** @returns the row that the change speaks of (an empty one where none is expected), or `undefined` when the expectation is broken */
function findExpected(database: SqliteDatabase, { tenantId, connectionId, expect }: Change): Row | undefined {
  const row = database.first(connectionToChange({ tenantId, id: connectionId }))
  if (expect === 'absent') return row ? undefined : {}
  if (!row || integer(row, 'grant_generation') !== expect.grantGeneration) return undefined
  if (expect.tokenGeneration !== undefined && integer(row, 'token_generation') !== expect.tokenGeneration) return undefined
  return row
}

function endSession(database: SqliteDatabase, tenantId: string, { id, outcome }: NonNullable<Change['session']>): boolean {
  const ended = database.write(
    sql
      .updateTable('session')
      .set(toOutcomeRow(outcome))
      .where('id', '=', id)
      .where('tenant_id', '=', tenantId)
      .where('status', '=', 'redeeming'),
  )
  return ended === 1
}

/** @returns whether it could: another row may have the account, or be the default */
function writeConnection(database: SqliteDatabase, { connection, schedule }: Change, before: Row): boolean {
  const due = schedule && { refresh_at: schedule === 'remove' ? null : (schedule.refreshAt ?? null) }
  if (before['seq'] === undefined) {
    return connection === undefined || database.writeUnlessTaken(sql.insertInto('connection').values({ ...toConnectionRow(connection), ...due }))
  }
  // SQLite writes every index that a named column is in, changed or not.
  const row = { ...(connection && toConnectionRow(connection)), ...due }
  const changed: Partial<typeof row> = Object.fromEntries(Object.entries(row).filter(([column, value]) => value !== before[column]))
  if (Object.keys(changed).length === 0) return true
  return database.writeUnlessTaken(connectionUpdate({ ...changed, seq: integer(before, 'seq') }))
}

function writeParts(database: SqliteDatabase, { tenantId, connectionId, secrets = [], removeSecrets = [], schedule }: Change, before: Row): void {
  // A row that was written just now has its seq from the database.
  const row = before['seq'] === undefined ? database.first(connectionToChange({ tenantId, id: connectionId })) : before
  if (!row) {
    if (secrets.length === 0 && !schedule) return
    throw createError('internal_error', 'A change writes a secret or a schedule without the connection that they belong to.')
  }
  const seq = integer(row, 'seq')
  for (const secret of secrets) database.write(secretUpsert(toSecretRow(seq, secret)))
  for (const field of removeSecrets) database.write(sql.deleteFrom('secret').where('seq', '=', secretSeq(seq, field)))
  if (schedule === 'remove') database.write(sql.deleteFrom('schedule').where('connection_seq', '=', seq))
  else if (schedule) database.write(scheduleUpsert({ connection_seq: seq, ...toScheduleRow(schedule) }))
}
