import { refreshCredential } from '../credentials/refreshCredential.ts'
import { sendDueRevocations } from '../credentials/sendDueRevocations.ts'
import type { Engine } from '../engine.ts'
import { deliverEvents } from '../events/deliverEvents.ts'
import type { ScheduleRecord } from '../store/store.ts'
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

/**
 * Does what is due: refreshes ahead of expiry, queued revocations, events and webhooks that were not delivered.
 *
 * @param budgetMs - no further work is begun after this time
 */
export async function maintain(engine: Engine, budgetMs: number): Promise<MaintenanceCounts> {
  const endAt = engine.now() + budgetMs
  let refreshed = 0
  let failed = 0
  for (;;) {
    const due = await engine.store.listDueRefreshes(engine.now(), batch)
    let served = 0
    for (let start = 0; start < due.length && engine.now() < endAt; start += atOnce) {
      const results = await Promise.all(due.slice(start, start + atOnce).map((row) => refreshDue(engine, row)))
      served += results.filter((result) => result).length
      failed += results.filter((result) => !result).length
    }
    refreshed += served
    if (served === 0 || due.length < batch || engine.now() >= endAt) break
  }
  const revoked = await sendDueRevocations(engine)
  await deliverEvents(engine)
  const webhooks = await deliverWebhooks(engine, endAt)
  await forgetOldWebhooks(engine)
  return { refreshed, failed, revoked, webhooks }
}

/** @returns whether there is a newer token now; why not is written where it belongs by the refresh itself */
async function refreshDue(engine: Engine, { tenantId, connectionId, provider }: ScheduleRecord): Promise<boolean> {
  if (!engine.registrations.find(provider)) return false
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection) return false
  return refreshCredential(engine, { tenantId, connectionId }, connection.tokenGeneration).then(
    () => true,
    () => false,
  )
}
