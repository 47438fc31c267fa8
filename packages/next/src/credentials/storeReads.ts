import type { Engine } from '../engine.ts'

/**
 * Writes down how often credentials were read since the last time; what cannot be written waits for the next one.
 *
 * @throws {AuthpipeError} `store_unavailable` (retryable)
 */
export async function storeReads({ cache, reads, store }: Engine): Promise<void> {
  cache.settleReads()
  await reads.store(store)
}
