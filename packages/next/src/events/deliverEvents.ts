import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../engine.ts'

/**
 * Tells of events that are due, in this process by one delivery, whoever asks.
 *
 * @param patienceMs - how long to wait for it; what is under way then goes on
 * @throws {AuthpipeError} `store_unavailable` (retryable)
 */
export async function deliverEvents(engine: Engine, patienceMs = 10_000): Promise<void> {
  const over = new AbortController()
  const patience = sleep(patienceMs, undefined, { signal: over.signal, ref: false }).catch(() => undefined)
  try {
    await Promise.race([engine.deliveries.run(), patience])
  } finally {
    over.abort()
  }
}
