import { commitChange } from '../commitChange.ts'
import { refreshCredential } from '../credentials/refreshCredential.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import type { ScheduleRecord } from '../store/store.ts'

/**
 * Tells once that a grant is about to die of age. Where a refresh renews the refresh token too, that is tried first, and nothing is told
 * when it did.
 *
 * @returns whether it was told
 */
export async function warnOfEnd(engine: Engine, { tenantId, connectionId, provider }: ScheduleRecord): Promise<boolean> {
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection) return false
  const isRenewable = engine.registrations.find(provider)?.definition.auth.some((way) => way.kind === 'oauth2' && way.refreshTokenRotation)
  // What a failed refresh means is noted by itself.
  if (isRenewable) await refreshCredential(engine, { tenantId, connectionId }, connection.tokenGeneration).catch(() => undefined)

  const [present, schedule] = await Promise.all([engine.store.findConnection(tenantId, connectionId), engine.store.findSchedule(tenantId, connectionId)])
  const now = engine.now()
  if (!present || schedule?.warnAt === undefined || schedule.warnAt > now) return false
  const endsAt = schedule.grantEndsAt === undefined ? {} : { endsAt: new Date(schedule.grantEndsAt).toISOString() }
  return commitChange(engine, { tenantId, connectionId, expect: present, schedule: { warnAt: null } }, [createEvent('credential.expiring', present, now, endsAt)])
}
