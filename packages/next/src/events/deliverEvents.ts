import type { Engine } from '../engine.ts'
import { waitAtMost } from '../waitAtMost.ts'

/**
 * Tells of events that are due. Whoever asks at the same time in a process waits for the same delivery.
 *
 * @param patienceMs - how long to wait for it; it goes on then
 * @throws {AuthpipeError} `store_unavailable` (retryable)
 */
export async function deliverEvents(engine: Engine, patienceMs = 10_000): Promise<void> {
  await waitAtMost(engine.deliveries.run(), patienceMs)
}
