import { refreshCredential } from '../credentials/refreshCredential.ts'
import { sendDueRevocations } from '../credentials/sendDueRevocations.ts'
import type { Engine } from '../engine.ts'
import { deliverEvents } from '../events/deliverEvents.ts'
import { shardCount, type ScheduleRecord } from '../store/store.ts'
import { forgetOldWebhooks } from '../webhooks/acceptWebhook.ts'
import { deliverWebhooks } from '../webhooks/deliverWebhooks.ts'

/** What one round of maintenance did. */
export interface MaintenanceCounts {
  readonly refreshed: number
  /** Refreshes that brought no token; they are tried again when they are due again. */
  readonly failed: number
  readonly revoked: number
  /** Provider webhooks that `onWebhook` took. */
  readonly webhooks: number
}

const batch = 50
/** Token requests under way at once, so that many tokens due together do not flood a provider. */
const atOnce = 4
/** How long claimed rows stay away from other processes: longer than a batch takes, so that one that died is made good soon. */
const claimMs = 120_000
/** When a row is looked at again whose provider is not registered here. */
const unregisteredMs = 3_600_000

/**
 * Does what is due: refreshes ahead of expiry, queued revocations, events and webhooks that were not delivered. Any number of
 * processes may do it at once; each row is given to one of them.
 *
 * @param budgetMs - no further work is begun after this time
 */
export async function maintain(engine: Engine, budgetMs: number): Promise<MaintenanceCounts> {
  const endAt = engine.now() + budgetMs
  await engine.followClock()
  const { refreshed, failed } = await refreshDueTokens(engine, endAt)
  const revoked = await sendDueRevocations(engine)
  await deliverEvents(engine)
  const webhooks = await deliverWebhooks(engine, endAt)
  await forgetOldWebhooks(engine)
  return { refreshed, failed, revoked, webhooks }
}

async function refreshDueTokens(engine: Engine, endAt: number): Promise<{ refreshed: number; failed: number }> {
  let refreshed = 0
  let failed = 0
  // Each process begins at another end, so that they seldom meet.
  const first = Math.floor(Math.random() * shardCount)
  for (let index = 0; index < shardCount && engine.now() < endAt; index += 1) {
    const shard = (first + index) % shardCount
    let due: ScheduleRecord[]
    do {
      const now = engine.now()
      due = await engine.store.claimDue({ shard, now, until: now + claimMs, limit: batch })
      for (let start = 0; start < due.length; start += atOnce) {
        const results = await Promise.all(due.slice(start, start + atOnce).map((row) => refreshDue(engine, row)))
        refreshed += results.filter((result) => result).length
        failed += results.filter((result) => !result).length
      }
    } while (due.length === batch && engine.now() < endAt)
  }
  return { refreshed, failed }
}

/** @returns whether there is a newer token now; why not is written where it belongs by the refresh itself */
async function refreshDue(engine: Engine, { tenantId, connectionId, provider }: ScheduleRecord): Promise<boolean> {
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection) return false
  if (!engine.registrations.find(provider)) {
    await engine.store.commit({ tenantId, connectionId, expect: connection, schedule: { refreshAt: engine.now() + unregisteredMs } }, [])
    return false
  }
  return refreshCredential(engine, { tenantId, connectionId }, connection.tokenGeneration).then(
    () => true,
    () => false,
  )
}
