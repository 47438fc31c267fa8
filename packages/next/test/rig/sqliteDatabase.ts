import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { RigDatabase } from './RigDatabase.ts'

export interface SqliteRigDatabase extends RigDatabase {
  readonly directory: string
  readonly path: string
}

/** A file in a directory of its own. This process is to the workers what a backup is that locks the file. */
export async function openSqliteDatabase(): Promise<SqliteRigDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'authpipe-rig-'))
  const path = join(directory, 'authpipe.db')
  const open = (): DatabaseSync => {
    const db = new DatabaseSync(path)
    db.exec('PRAGMA busy_timeout = 10000')
    return db
  }
  const lockWrites = async (): Promise<() => Promise<void>> => {
    const db = open()
    db.exec('BEGIN IMMEDIATE')
    return async () => db.close()
  }
  return {
    option: `file:${path}`,
    directory,
    path,
    async rows(table) {
      const db = open()
      try {
        return db.prepare(`SELECT * FROM ${table}`).all()
      } finally {
        db.close()
      }
    },
    async run(sql) {
      const db = open()
      try {
        db.exec(sql)
      } finally {
        db.close()
      }
    },
    lockWrites,
    stop: lockWrites,
    close: () => rm(directory, { recursive: true, force: true }),
  }
}
