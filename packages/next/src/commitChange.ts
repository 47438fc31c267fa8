import type { ConnectionStatus } from '@authpipe/core'
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
  if (landed) noteStatuses(engine, events)
  if (landed && events.length > 0) engine.background(deliverEvents(engine))
  return landed
}

/** What a connection is after what was told of it. */
const statusAfter: Readonly<Partial<Record<string, ConnectionStatus>>> = {
  'connection.created': 'active',
  'connection.reconnected': 'active',
  'connection.recovered': 'active',
  'connection.needs_reauth': 'needs_reauth',
  'connection.failed': 'failed',
  'connection.revoked': 'revoked',
}

function noteStatuses({ telemetry }: Engine, events: readonly EventRecord[]): void {
  for (const { type, provider } of events) {
    const status = statusAfter[type]
    if (status) telemetry.noteStatus(provider, status)
  }
}
