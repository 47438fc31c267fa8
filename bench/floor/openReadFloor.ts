import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { accessToken } from '../accessToken.ts'
import type { Filled, Ref } from '../fillDatabase.ts'
import { createFloorCipher } from './floorCipher.ts'

export interface ReadFloor {
  readonly read: (ref: Ref) => Promise<{ readonly accessToken: string }>
  readonly close: () => Promise<void>
}

/** A table of connections and one of secrets with the same payloads, and nothing around them, on the same kind of database. */
export function openReadFloor({ database, refs }: Filled): Promise<ReadFloor> {
  return database.kind === 'SQLite' ? openSqliteFloor(refs) : openPostgresFloor(database.option, refs)
}

async function openSqliteFloor(refs: readonly Ref[]): Promise<ReadFloor> {
  const { seal, open } = createFloorCipher()
  const directory = mkdtempSync(join(tmpdir(), 'authpipe-floor-'))
  const database = new DatabaseSync(join(directory, 'reads.db'))
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
      return parse(open, Array.isArray(row) ? row[0] : undefined)
    },
    async close() {
      database.close()
      rmSync(directory, { recursive: true })
    },
  }
}

async function openPostgresFloor(url: string, refs: readonly Ref[]): Promise<ReadFloor> {
  const { seal, open } = createFloorCipher()
  const pool = new pg.Pool({ connectionString: url, max: 8 })
  await pool.query(`CREATE SCHEMA floor;
    CREATE TABLE floor.connection (seq bigint PRIMARY KEY, tenant_id text COLLATE "C" NOT NULL, provider text COLLATE "C" NOT NULL, user_id text COLLATE "C" NOT NULL);
    CREATE UNIQUE INDEX connection_ref ON floor.connection (tenant_id, provider, user_id);
    CREATE TABLE floor.secret (connection_seq bigint PRIMARY KEY, sealed bytea NOT NULL) WITH (toast_tuple_target = 8160);
    ALTER TABLE floor.secret ALTER COLUMN sealed SET STORAGE EXTERNAL`)
  const batch = 1_000
  for (let start = 0; start < refs.length; start += batch) {
    const part = refs.slice(start, start + batch)
    const seqs = part.map((_, index) => start + index)
    const [tenantIds, providers, userIds] = [part.map(({ tenantId }) => tenantId), part.map(({ provider }) => provider), part.map(({ userId }) => userId)]
    await pool.query('INSERT INTO floor.connection SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])', [seqs, tenantIds, providers, userIds])
    await pool.query('INSERT INTO floor.secret SELECT * FROM unnest($1::bigint[], $2::bytea[])', [seqs, part.map(() => seal(JSON.stringify({ accessToken })))])
  }
  await pool.query('VACUUM ANALYZE floor.connection, floor.secret')

  const text = 'SELECT sealed FROM floor.connection c JOIN floor.secret s ON s.connection_seq = c.seq WHERE tenant_id = $1 AND provider = $2 AND user_id = $3'
  return {
    async read({ tenantId, provider, userId }) {
      const { rows } = await pool.query<unknown[]>({ name: 'floor', text, values: [tenantId, provider, userId], rowMode: 'array' })
      return parse(open, rows[0]?.[0])
    },
    close: () => pool.end(),
  }
}

function parse(open: (sealed: Uint8Array) => string, sealed: unknown): { readonly accessToken: string } {
  if (!(sealed instanceof Uint8Array)) throw new Error('A row is missing.')
  return JSON.parse(open(sealed)) as { accessToken: string } // written above
}
