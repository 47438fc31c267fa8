import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { request } from 'undici'
import { accessToken } from './accessToken.ts'
import { compare, type Comparison } from './compare.ts'
import type { Filled, Ref } from './fillDatabase.ts'
import { openServer } from './openServer.ts'

const connections = 64

/** A forced refresh against its token request and as many durable commits as it makes, bare. */
export async function refresh(filled: Filled, floorPath: string): Promise<Comparison> {
  const { tokenEndpoint, close } = await startTokenServer()
  const authpipe = await openServer(filled, { refresh: { minForceIntervalMs: 0 } }, tokenEndpoint)
  const refs = filled.refs.slice(0, connections)
  const refreshOne = (ref: Ref | undefined) => authpipe.getCredential({ ...(ref ?? { provider: '', tenantId: '' }), forceRefresh: true })

  await refreshOne(refs[0])
  const commits = await countCommits(filled.path, () => refreshOne(refs[0]))
  const { database, commit } = openFloor(floorPath, commits)
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'dal:refresh', client_id: 'bench', client_secret: 'bench' }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }

  const comparison = await compare({
    name: 'refresh',
    floorName: `undici POST and JSON, ${commits} durable commits`,
    goal: 1.3,
    calls: 1,
    batches: 60,
    async floor(calls) {
      for (let call = 0; call < calls; call += 1) {
        const answer = await request(tokenEndpoint, { method: 'POST', headers, body })
        await answer.body.json()
        commit(call % connections)
      }
    },
    async subject(calls) {
      for (let call = 0; call < calls; call += 1) {
        const { refreshed } = await refreshOne(refs[call % connections])
        if (!refreshed) throw new Error('The credential was not refreshed.')
      }
    },
  })
  database.close()
  await authpipe.close()
  close()
  return comparison
}

async function startTokenServer(): Promise<{ readonly tokenEndpoint: string; readonly close: () => void }> {
  const server = fork(new URL('tokenServer.ts', import.meta.url))
  const [tokenEndpoint] = await once(server, 'message')
  return { tokenEndpoint: String(tokenEndpoint), close: () => server.disconnect() }
}

/**
 * How many durable commits some work makes: those that it leaves in the write-ahead log.
 *
 * @see https://www.sqlite.org/fileformat2.html#the_write_ahead_log: a frame that ends a transaction names the size of the database
 */
async function countCommits(path: string, work: () => Promise<unknown>): Promise<number> {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  await work()
  const log = readFileSync(`${path}-wal`)
  database.close()
  const [logHeader, frameHeader] = [32, 24]
  const frame = frameHeader + log.readUInt32BE(8)
  let commits = 0
  for (let start = logHeader; start + frame <= log.length; start += frame) if (log.readUInt32BE(start + 4) !== 0) commits += 1
  return commits
}

/** A table of secrets, changed as durably as the server's. */
function openFloor(path: string, commits: number): { readonly database: DatabaseSync; readonly commit: (id: number) => void } {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE secret (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL)')
  const sealed = Buffer.from(accessToken)
  for (let id = 0; id < connections; id += 1) database.prepare('INSERT INTO secret VALUES (?, ?)').run(id, sealed)
  const update = database.prepare('UPDATE secret SET sealed = ? WHERE id = ?')
  let count = 0
  return {
    database,
    commit(id) {
      for (let commit = 0; commit < commits; commit += 1) {
        // Other bytes each time: SQLite writes nothing where nothing changes.
        sealed.writeUInt32BE((count += 1))
        update.run(sealed, id)
      }
    },
  }
}
