import { compare, type Comparison } from './compare.ts'
import type { Filled, Ref } from './fillDatabase.ts'
import { openReadFloor } from './floor/openReadFloor.ts'
import { openServer } from './openServer.ts'

/** getCredential past its cache against the least that a read from an encrypted table can be. */
export async function coldRead(filled: Filled): Promise<Comparison> {
  const { kind } = filled.database
  // Nothing is fresh for zero milliseconds: every call asks the database, and pays for the cache all the same.
  const authpipe = await openServer(filled, { cache: { maxStaleMs: 0 } })
  const { read, close } = openReadFloor(filled)

  // A stride that is prime to their number visits all refs, each far from the last.
  const next = (() => {
    let at = 0
    return (): Ref => filled.refs[(at = (at + 7_919) % filled.refs.length)] ?? absent
  })
  const [floorRef, subjectRef] = [next(), next()]
  let characters = 0
  const comparison = await compare({
    name: `cold getCredential on ${kind}, 100 000 refs in turn`,
    floorName: `${kind === 'SQLite' ? 'its statement prepared by node:sqlite' : 'its statement, named, by pg'}, AES-GCM open, JSON.parse`,
    goal: kind === 'SQLite' ? 1.3 : 1.2,
    calls: kind === 'SQLite' ? 1_000 : 100,
    batches: 15,
    async floor(calls) {
      for (let call = 0; call < calls; call += 1) characters += (await read(floorRef())).accessToken.length
    },
    async subject(calls) {
      for (let call = 0; call < calls; call += 1) characters += (await authpipe.getCredential(subjectRef())).credential.length
    },
  })
  if (characters === 0) throw new Error('Nothing was read.')
  await close()
  await authpipe.close()
  return comparison
}

const absent: Ref = { provider: '', tenantId: '', userId: '' }
