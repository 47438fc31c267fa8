import type { LeaseRecord, ScheduleRecord } from '../store/store.ts'

/** A row of the schedule that this process has claimed. */
export type DueRow = ScheduleRecord & LeaseRecord

export function isDue(instant: number | undefined, now: number): boolean {
  return instant !== undefined && instant <= now
}
