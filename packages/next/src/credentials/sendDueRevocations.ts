import type { Engine } from '../engine.ts'
import { waitAtMost } from '../waitAtMost.ts'

/**
 * Revokes at the providers what was disconnected here. Whoever asks at the same time in a process waits for the same work.
 *
 * @param patienceMs - how long to wait for it; it goes on then
 * @returns how many tokens were done with in this time
 * @throws {AuthpipeError} `store_unavailable` (retryable)
 */
export async function sendDueRevocations(engine: Engine, patienceMs = 10_000): Promise<number> {
  const before = engine.revocations.ended
  await waitAtMost(engine.revocations.run(), patienceMs)
  return engine.revocations.ended - before
}
