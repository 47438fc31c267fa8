import { sendDueRevocations } from '../credentials/sendDueRevocations.ts'
import { storeReads } from '../credentials/storeReads.ts'
import type { Engine } from '../engine.ts'
import { deliverEvents } from '../events/deliverEvents.ts'
import { shardCount } from '../store/store.ts'
import { deliverWebhooks } from '../webhooks/deliverWebhooks.ts'
import { forgetOld } from './forgetOld.ts'
import type { Pass } from './pass.ts'
import { workDue } from './workDue.ts'

/** What one round of maintenance did. */
export interface MaintenanceCounts {
  readonly refreshed: number
  /** Refreshes that brought no token; they are tried again when they are due again. */
  readonly failed: number
  /** Connections whose health was checked. */
  readonly checked: number
  /** Connections whose grant is about to die of age. */
  readonly warned: number
  readonly revoked: number
  /** Provider webhooks that `onWebhook` took. */
  readonly webhooks: number
  /** Old sessions, events and webhooks that were removed. */
  readonly forgotten: number
}

/** How long a call begins further work: hosts end a request that takes much longer. */
export const defaultBudgetMs = 10_000
/** Late checks that one call makes at once: who calls seldom is late each time. */
const lateChecks = 500

/**
 * Does what is due: refreshes ahead of expiry, checks, warnings, queued revocations, events and webhooks that were not delivered, and
 * clears away what is old. Any number of processes may do it at once; each row is given to one of them.
 *
 * @param budgetMs - no further work is begun after this time
 */
export function maintain(engine: Engine, budgetMs: number): Promise<MaintenanceCounts> {
  const round = engine.telemetry.measure('maintain', {}, () => doRound(engine, budgetMs))
  engine.background(round)
  return round
}

async function doRound(engine: Engine, budgetMs: number): Promise<MaintenanceCounts> {
  const endsAt = performance.now() + budgetMs
  const isOver = (): boolean => engine.stopping.aborted || performance.now() >= endsAt
  await engine.followClock()
  const pass: Pass = { isOver, lateChecks, refreshed: 0, failed: 0, warned: 0, checked: 0 }
  // Neither waits for the other: a provider that is slow delays no delivery.
  const chores = doChores(engine, isOver, budgetMs)
  await Promise.allSettled([workDue(engine, shardsFromAnywhere(), pass), chores]).then(([due]) => {
    if (due.status === 'rejected') throw due.reason
  })
  await deliverEvents(engine)
  const { refreshed, failed, checked, warned } = pass
  return { refreshed, failed, checked, warned, ...(await chores) }
}

/** What is due beside connections. */
export async function doChores(engine: Engine, isOver: () => boolean, budgetMs: number): Promise<Pick<MaintenanceCounts, 'revoked' | 'webhooks' | 'forgotten'>> {
  const chores = [
    sendDueRevocations(engine),
    deliverWebhooks(engine, engine.now() + budgetMs),
    forgetOld(engine, isOver),
    deliverEvents(engine),
    storeReads(engine),
  ] as const
  // One that takes long or fails keeps none of the others from its end.
  await Promise.allSettled(chores)
  const [revoked, webhooks, forgotten] = await Promise.all(chores)
  return { revoked, webhooks, forgotten }
}

/** Each process begins at another end, so that they seldom meet. */
export function shardsFromAnywhere(): number[] {
  const first = Math.floor(Math.random() * shardCount)
  return Array.from({ length: shardCount }, (_, index) => (first + index) % shardCount)
}
