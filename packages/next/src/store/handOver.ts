import type { LeaseRecord } from './records.ts'

/** Who has the lease of a connection that is now another deployment's to refresh. */
export const handedOver = 'handed over'

/** Later than any instant: what is scheduled for then is never due. */
export const never = 9_000_000_000_000_000

/** Whether a connection was handed over and has neither come back nor been connected anew. */
export function isHandedOver(schedule: LeaseRecord | undefined): boolean {
  return schedule?.leaseOwner === handedOver
}
