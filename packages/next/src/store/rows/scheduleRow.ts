import type { LeaseRecord, ScheduleRecord } from '../records.ts'
import type { SchedulePatch } from '../store.ts'
import { integer, optionalInteger, optionalText, text, type Draft, type Row } from './columns.ts'

/** What a change writes. */
export interface DueRow {
  refresh_at: number | null
  check_at: number | null
  warn_at: number | null
  refreshed_at: number | null
  failing_since: number | null
  failure_count: number
  failure_class: string | null
  grant_ends_at: number | null
  suspected_at: number | null
  demoted_at: number | null
}

export interface ScheduleRow extends DueRow {
  tenant_id: string
  connection_id: string
  provider: string
  shard: number
  /** When the connection was last checked: here, since a check that finds nothing new writes this narrow row alone. */
  checked_at: number | null
}

export interface LeaseRow {
  lease_owner: string | null
  lease_until: number | null
  intent_at: number | null
  intent_generation: number | null
}

const instants = [
  ['refreshAt', 'refresh_at'],
  ['checkAt', 'check_at'],
  ['warnAt', 'warn_at'],
  ['refreshedAt', 'refreshed_at'],
  ['failingSince', 'failing_since'],
  ['grantEndsAt', 'grant_ends_at'],
  ['suspectedAt', 'suspected_at'],
  ['demotedAt', 'demoted_at'],
] as const

export function toDueRow(patch: SchedulePatch): Partial<DueRow> {
  const row: Partial<DueRow> = {}
  for (const [member, column] of instants) {
    const instant = patch[member]
    if (instant !== undefined) row[column] = instant
  }
  if (patch.failureCount !== undefined) row.failure_count = patch.failureCount ?? 0
  if (patch.failureClass !== undefined) row.failure_class = patch.failureClass
  return row
}

const leaseInstants = [
  ['leaseUntil', 'lease_until'],
  ['intentAt', 'intent_at'],
  ['intentGeneration', 'intent_generation'],
] as const

export function parseScheduleRow(row: Row): ScheduleRecord & LeaseRecord {
  const schedule: Draft<ScheduleRecord & LeaseRecord> = {
    tenantId: text(row, 'tenant_id'),
    connectionId: text(row, 'connection_id'),
    provider: text(row, 'provider'),
    failureCount: integer(row, 'failure_count'),
  }
  for (const [member, column] of [...instants, ...leaseInstants]) {
    const instant = optionalInteger(row, column)
    if (instant !== undefined) schedule[member] = instant
  }
  const failureClass = optionalText(row, 'failure_class')
  if (failureClass !== undefined) schedule.failureClass = failureClass
  const leaseOwner = optionalText(row, 'lease_owner')
  if (leaseOwner !== undefined) schedule.leaseOwner = leaseOwner
  return schedule
}

/** Spreads connections over the parts of the schedule. */
export function shardOf(connectionId: string, shardCount: number): number {
  let hash = 0
  for (let index = 0; index < connectionId.length; index += 1) hash = (Math.imul(hash, 31) + connectionId.charCodeAt(index)) >>> 0
  return hash % shardCount
}
