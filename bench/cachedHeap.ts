import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Filled } from './fillDatabase.ts'
import { openServer } from './openServer.ts'

/** Bytes of the heap that one remembered credential takes, and of them its token. */
export interface CachedHeap {
  readonly entry: number
  readonly token: number
}

/** Fills the server's cache with the credentials of a database and weighs it; the questions are thrown away, as those of requests are. */
export async function cachedHeap(filled: Filled): Promise<CachedHeap> {
  const authpipe = await openServer(filled, { cache: { maxEntries: 2 * filled.refs.length, maxStaleMs: 3_600_000 } })
  // What a first read makes for good is not counted.
  await authpipe.getCredential(filled.refs[0] ?? { provider: '', tenantId: '' })
  const before = usedHeap()
  let characters = 0
  for (const ref of filled.refs) characters += (await authpipe.getCredential(structuredClone(ref))).credential.length
  const entry = (usedHeap() - before) / filled.refs.length
  await authpipe.close()
  return { entry, token: characters / filled.refs.length }
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('This runtime cannot be told to collect garbage.')
  for (let times = 0; times < 4; times += 1) collect()
  return process.memoryUsage().heapUsed
}
