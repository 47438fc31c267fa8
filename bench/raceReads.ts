import { compare, type Comparison } from './compare.ts'
import type { Filled, Ref } from './fillDatabase.ts'

/** What is read from memory. */
export interface Reader {
  getCredential(ref: Ref): Promise<{ readonly credential: string }>
}

/** Reads from memory against the least that an asynchronous cache can be: build a key, hit a Map. All refs are read once before. */
export async function raceReads(name: string, filled: Filled, reader: Reader): Promise<Comparison[]> {
  const map = new Map<string, { readonly credential: string }>()
  for (const ref of filled.refs) {
    const { credential } = await reader.getCredential(ref)
    map.set(keyOf(ref), { credential })
  }
  const readMap = async (ref: Ref) => map.get(keyOf(ref)) ?? { credential: '' }

  const comparisons: Comparison[] = []
  for (const hot of [1_024, 1]) {
    const spread = filled.refs.filter((_, index) => index % Math.floor(filled.refs.length / hot) === 0).slice(0, hot)
    // A caller's ids come out of a request: the same text as in the cache, not the same strings.
    const refs = spread.map(({ provider, ...ids }): Ref => ({ provider, ...structuredClone(ids) }))
    const mask = hot - 1
    let characters = 0
    comparisons.push(
      await compare({
        name: `${name}, ${hot === 1 ? 'one hot ref' : `${hot} hot refs`} of 100 000`,
        floorName: 'async function: build key, Map.get',
        goal: 1.1,
        calls: 4_096,
        batches: 50,
        async floor(calls) {
          for (let call = 0; call < calls; call += 1) characters += (await readMap(refs[call & mask] ?? absent)).credential.length
        },
        async subject(calls) {
          for (let call = 0; call < calls; call += 1) characters += (await reader.getCredential(refs[call & mask] ?? absent)).credential.length
        },
      }),
    )
    if (characters === 0) throw new Error('Nothing was read.')
  }
  return comparisons
}

const absent: Ref = { provider: '', tenantId: '', userId: '' }

const keyOf = ({ tenantId, provider, userId }: Ref): string => `${tenantId}\0${provider}\0${userId}`
