import type { Engine } from './engine.ts'
import { addressEvents } from './events/addressEvents.ts'
import { deliverEvents } from './events/deliverEvents.ts'
import type { Change, EventRecord } from './store/store.ts'
import { readKeyId } from './vault/envelope.ts'

/**
 * Writes a change with its events, makes this process forget what it remembers of the tenant, and tells of the events, which nobody
 * waits for.
 *
 * @returns `false` when the change was overtaken; nothing was written then
 * @throws {AuthpipeError} `store_unavailable`
 */
export async function commitChange(engine: Engine, change: Change, events: readonly EventRecord[]): Promise<boolean> {
  const sealed = [...(change.secrets ?? []), ...(change.revocations ?? [])]
  const sealedWith = [...new Set(sealed.map((record) => readKeyId(record.sealed)))]
  const landed = await engine.store.commit(sealed.length > 0 ? { ...change, sealedWith } : change, addressEvents(engine.config, events))
  // Perhaps the tenant's key was replaced: what is sealed for the next try is sealed with the new one.
  if (!landed && sealed.length > 0) engine.vault.forget(change.tenantId)
  engine.cache.forgetTenant(change.tenantId)
  if (landed && events.length > 0) engine.background(deliverEvents(engine))
  return landed
}
