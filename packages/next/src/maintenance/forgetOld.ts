// Nothing that requests leave behind grows for ever.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { dayOf } from '../credentials/readCounts.ts'
import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { keepForMs } from '../webhooks/acceptWebhook.ts'

/** How long after its end a session can still be asked how it ended. */
const keepSessionsMs = 600_000
/** How long counts of reads are kept. */
const keepReadsMs = 400 * 86_400_000
/** Most rows that one statement removes, so that nobody waits long for it. */
const batch = 100
/** Most statements of each kind in one round. */
const mostBatches = 20

/** Removes sessions that ended, events that were told of and are past their time, and webhooks that are too old to be replayed. @returns how many rows */
export async function forgetOld(engine: Engine, isOver: () => boolean): Promise<number> {
  const now = engine.now()
  const remove = async (removeBatch: () => Promise<number>): Promise<number> => {
    let removed = 0
    for (let count = batch, batches = 0; count === batch && batches < mostBatches && !isOver(); batches += 1) {
      count = await removeBatch()
      removed += count
      await nextTurn()
    }
    return removed
  }
  const sessions = await remove(() => engine.store.deleteSessions(now - keepSessionsMs, batch))
  const events = await remove(() => engine.store.deleteEvents(now - engine.config.maintenance.keepEventsMs, batch))
  const reads = await engine.store.deleteReads(dayOf(now - keepReadsMs))
  let undelivered = 0
  const webhooks = await remove(async () => {
    const deleted = await engine.store.deleteWebhooks(now - keepForMs, batch)
    undelivered += deleted.undelivered
    return deleted.count
  })
  if (undelivered > 0) log('webhooks were given up: onWebhook did not take them', { webhooks: undelivered })
  return sessions + events + webhooks + reads
}
