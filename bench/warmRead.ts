import type { Comparison } from './compare.ts'
import type { Filled } from './fillDatabase.ts'
import { openServer } from './openServer.ts'
import { raceReads } from './raceReads.ts'

/** getCredential of the server from its memory. */
export async function warmRead(filled: Filled): Promise<Comparison[]> {
  // Room for twice the entries keeps all of them in the younger generation, and an hour keeps them fresh.
  const authpipe = await openServer(filled, { cache: { maxEntries: 200_000, maxStaleMs: 3_600_000 } })
  const comparisons = await raceReads('warm getCredential', filled, authpipe)
  await authpipe.close()
  return comparisons
}
