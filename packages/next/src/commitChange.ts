import type { Engine } from './engine.ts'
import { addressEvents } from './events/addressEvents.ts'
import { deliverEvents } from './events/deliverEvents.ts'
import type { Change, EventRecord } from './store/store.ts'

/**
 * Writes a change with its events, makes this process forget what it remembers of the tenant, and tells of the events, which nobody
 * waits for.
 *
 * @returns `false` when the change was overtaken; nothing was written then
 * @throws {AuthpipeError} `store_unavailable`
 */
export async function commitChange(engine: Engine, change: Change, events: readonly EventRecord[]): Promise<boolean> {
  const landed = await engine.store.commit(change, addressEvents(engine.config, events))
  engine.cache.forgetTenant(change.tenantId)
  if (landed && events.length > 0) engine.background(deliverEvents(engine))
  return landed
}
