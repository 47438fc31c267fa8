import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { toAuthpipeEvent } from './authpipeEvent.ts'

const delivering = new WeakMap<Engine, Promise<void>>()
const batch = 100

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
  const delivered: string[] = []
  for (const event of await engine.store.listUndeliveredEvents(batch)) {
    try {
      await onEvent(toAuthpipeEvent(event))
    } catch {
      log('onEvent threw; the event stays and is told again', { event: event.id, type: event.type })
      break
    }
    delivered.push(event.id)
  }
  if (delivered.length > 0) await engine.store.markEventsDelivered(delivered, engine.now())
}
