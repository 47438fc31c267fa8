import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { toAuthpipeEvent } from './authpipeEvent.ts'

const delivering = new WeakMap<Engine, Promise<void>>()
const batch = 100
/** How long a process may be at a batch before another one tells of it. */
const claimMs = 60_000

/**
 * Tells the host app of the events that it has not been told of, oldest first. What fails stays for the next time, so each
 * event arrives at least once; one delivery runs at a time.
 */
export function deliverEvents(engine: Engine): Promise<void> {
  const before = delivering.get(engine) ?? Promise.resolve()
  const delivery = before.then(() => deliverBatch(engine))
  delivering.set(
    engine,
    delivery.catch(() => undefined),
  )
  return delivery
}

async function deliverBatch(engine: Engine): Promise<void> {
  const { onEvent } = engine.config
  if (!onEvent) return
  const now = engine.now()
  const delivered: string[] = []
  for (const { event } of await engine.store.claimEvents('app', now, now + claimMs, batch)) {
    try {
      await onEvent(toAuthpipeEvent(event))
      delivered.push(event.id)
    } catch {
      log('onEvent threw; the event stays and is told again', { event: event.id, type: event.type })
      await engine.store.postponeEvent('app', event.id, now)
    }
  }
  await engine.store.settleEvents('app', delivered)
}
