import type { ScheduleRecord } from '../store.ts'
import { integer, optionalInteger, optionalText, text, type Draft, type Row } from './columns.ts'

export interface ScheduleRow {
  tenant_id: string
  connection_id: string
  provider: string
  refresh_at: number | null
  check_at: number | null
  refreshed_at: number | null
  failing_since: number | null
  failure_count: number
  failure_class: string | null
  intent_at: number | null
  lease_owner: string | null
  lease_until: number | null
}

export function toScheduleRow(schedule: ScheduleRecord): ScheduleRow {
  return {
    tenant_id: schedule.tenantId,
    connection_id: schedule.connectionId,
    provider: schedule.provider,
    refresh_at: schedule.refreshAt ?? null,
    check_at: schedule.checkAt ?? null,
    refreshed_at: schedule.refreshedAt ?? null,
    failing_since: schedule.failingSince ?? null,
    failure_count: schedule.failureCount,
    failure_class: schedule.failureClass ?? null,
    intent_at: schedule.intentAt ?? null,
    lease_owner: schedule.leaseOwner ?? null,
    lease_until: schedule.leaseUntil ?? null,
  }
}

const optionalInstants = [
  ['refreshAt', 'refresh_at'],
  ['checkAt', 'check_at'],
  ['refreshedAt', 'refreshed_at'],
  ['failingSince', 'failing_since'],
  ['intentAt', 'intent_at'],
  ['leaseUntil', 'lease_until'],
] as const

export function parseScheduleRow(row: Row): ScheduleRecord {
  const schedule: Draft<ScheduleRecord> = {
    tenantId: text(row, 'tenant_id'),
    connectionId: text(row, 'connection_id'),
    provider: text(row, 'provider'),
    failureCount: integer(row, 'failure_count'),
  }
  for (const [member, column] of optionalInstants) {
    const instant = optionalInteger(row, column)
    if (instant !== undefined) schedule[member] = instant
  }
  const failureClass = optionalText(row, 'failure_class')
  if (failureClass !== undefined) schedule.failureClass = failureClass
  const leaseOwner = optionalText(row, 'lease_owner')
  if (leaseOwner !== undefined) schedule.leaseOwner = leaseOwner
  return schedule
}
