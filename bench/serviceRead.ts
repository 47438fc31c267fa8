import { generateSecretKey } from '@authpipe/next'
import { createAuthpipeClient } from '@authpipe/node'
import type { Comparison } from './compare.ts'
import type { Filled } from './fillDatabase.ts'
import { openServer } from './openServer.ts'
import { raceReads } from './raceReads.ts'

/** getCredential of another service from its memory. The network is left out: it is crossed once for each ref, beforehand. */
export async function serviceRead(filled: Filled): Promise<Comparison[]> {
  const secretKey = generateSecretKey()
  const authpipe = await openServer(filled, { secretKeys: secretKey, cache: { maxEntries: 1, maxStaleMs: 3_600_000 } })
  const client = createAuthpipeClient({
    baseUrl: 'http://localhost/api/authpipe',
    secretKey,
    cache: { maxEntries: 200_000 },
    fetch: (input, init) => authpipe.handler(new Request(input, init)),
  })
  const comparisons = await raceReads('warm getCredential of @authpipe/node', filled, client)
  client.close()
  await authpipe.close()
  return comparisons
}
