import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { accessToken } from '../accessToken.ts'
import type { BenchDatabase } from '../database/BenchDatabase.ts'

export interface CommitFloor {
  /** Changes the secret with a number, durably. */
  readonly commit: (id: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** A table of secrets, changed as durably as the server's, on the same kind of database. */
export function openCommitFloor(database: BenchDatabase, rows: number): Promise<CommitFloor> {
  return database.kind === 'SQLite' ? openSqliteFloor(rows) : openPostgresFloor(database.option, rows)
}

/** Other bytes each time: a database writes nothing where nothing changes. */
function changingBytes(): () => Buffer {
  let count = 0
  return () => {
    const sealed = Buffer.from(accessToken)
    sealed.writeUInt32BE((count += 1))
    return sealed
  }
}

async function openSqliteFloor(rows: number): Promise<CommitFloor> {
  const directory = mkdtempSync(join(tmpdir(), 'authpipe-floor-'))
  const database = new DatabaseSync(join(directory, 'commits.db'))
  database.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE secret (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL)')
  const next = changingBytes()
  for (let id = 0; id < rows; id += 1) database.prepare('INSERT INTO secret VALUES (?, ?)').run(id, next())
  const update = database.prepare('UPDATE secret SET sealed = ? WHERE id = ?')
  return {
    async commit(id) {
      update.run(next(), id)
    },
    async close() {
      database.close()
      rmSync(directory, { recursive: true })
    },
  }
}

async function openPostgresFloor(url: string, rows: number): Promise<CommitFloor> {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  const next = changingBytes()
  await pool.query('CREATE TABLE public.floor_secret (id bigint PRIMARY KEY, sealed bytea NOT NULL)')
  for (let id = 0; id < rows; id += 1) await pool.query('INSERT INTO public.floor_secret VALUES ($1, $2)', [id, next()])
  return {
    async commit(id) {
      await pool.query({ name: 'floor', text: 'UPDATE public.floor_secret SET sealed = $2 WHERE id = $1', values: [id, next()] })
    },
    close: () => pool.end(),
  }
}
