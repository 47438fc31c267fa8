import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { accessToken } from './accessToken.ts'
import { compare, type Comparison } from './compare.ts'
import type { Filled, Ref } from './fillDatabase.ts'
import { openServer } from './openServer.ts'

/** getCredential past its cache against the least that a read from an encrypted table can be. */
export async function coldRead(filled: Filled, floorPath: string): Promise<Comparison> {
  // Nothing is fresh for zero milliseconds: every call asks the database, and pays for the cache all the same.
  const authpipe = await openServer(filled, { cache: { maxStaleMs: 0 } })
  const { read, close } = openFloor(floorPath, filled.refs)

  // A stride that is prime to their number visits all refs, each far from the last.
  const next = (() => {
    let at = 0
    return (): Ref => filled.refs[(at = (at + 7_919) % filled.refs.length)] ?? absent
  })
  const [floorRef, subjectRef] = [next(), next()]
  let characters = 0
  const comparison = await compare({
    name: 'cold getCredential, 100 000 refs in turn',
    floorName: 'prepared node:sqlite read, AES-GCM open, JSON.parse',
    goal: 1.3,
    calls: 1_000,
    batches: 15,
    async floor(calls) {
      for (let call = 0; call < calls; call += 1) characters += (await read(floorRef())).accessToken.length
    },
    async subject(calls) {
      for (let call = 0; call < calls; call += 1) characters += (await authpipe.getCredential(subjectRef())).credential.length
    },
  })
  if (characters === 0) throw new Error('Nothing was read.')
  close()
  await authpipe.close()
  return comparison
}

const absent: Ref = { provider: '', tenantId: '', userId: '' }

interface Floor {
  readonly read: (ref: Ref) => Promise<{ readonly accessToken: string }>
  readonly close: () => void
}

/** A table of connections and one of secrets with the same payloads, and nothing around them. */
function openFloor(path: string, refs: readonly Ref[]): Floor {
  const key = createSecretKey(randomBytes(32))
  const seal = (plaintext: string): Uint8Array => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
  }
  const open = (sealed: Uint8Array): string => {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
    decipher.setAuthTag(sealed.subarray(-16))
    const plaintext = decipher.update(sealed.subarray(12, -16), undefined, 'utf8')
    return plaintext + decipher.final('utf8')
  }

  const database = new DatabaseSync(path)
  database.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072;
    CREATE TABLE connection (seq INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, provider TEXT NOT NULL, user_id TEXT NOT NULL);
    CREATE UNIQUE INDEX connection_ref ON connection (tenant_id, provider, user_id);
    CREATE TABLE secret (connection_seq INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
    BEGIN`)
  const insertConnection = database.prepare('INSERT INTO connection (tenant_id, provider, user_id) VALUES (?, ?, ?)')
  const insertSecret = database.prepare('INSERT INTO secret VALUES (?, ?)')
  for (const { tenantId, provider, userId } of refs) {
    const { lastInsertRowid } = insertConnection.run(tenantId, provider, userId)
    insertSecret.run(lastInsertRowid, seal(JSON.stringify({ accessToken })))
  }
  database.exec('COMMIT')

  const select = database.prepare('SELECT sealed FROM connection c JOIN secret s ON s.connection_seq = c.seq WHERE tenant_id = ? AND provider = ? AND user_id = ?')
  select.setReturnArrays(true)
  return {
    async read({ tenantId, provider, userId }) {
      const row: unknown = select.get(tenantId, provider, userId)
      const sealed: unknown = Array.isArray(row) ? row[0] : undefined
      if (!(sealed instanceof Uint8Array)) throw new Error('A row is missing.')
      return JSON.parse(open(sealed)) as { accessToken: string } // written above
    },
    close: () => database.close(),
  }
}
