import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { vi } from 'vitest'
import type { RigDatabase } from './RigDatabase.ts'

/** A file in a directory of its own. This process is to the workers what a backup is that locks the file. */
export async function openSqliteDatabase(): Promise<RigDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'authpipe-rig-'))
  const path = join(directory, 'authpipe.db')
  const open = (): DatabaseSync => new DatabaseSync(path)
  const lockWrites = async (): Promise<() => Promise<void>> => {
    const db = open()
    // SQLite's own waiting would stop this process, which perhaps has to wake the one that holds the lock.
    await vi.waitFor(() => db.exec('BEGIN IMMEDIATE'), { timeout: 20_000, interval: 5 })
    return async () => db.close()
  }
  return {
    url: `file:${path}`,
    option: `file:${path}`,
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
        await vi.waitFor(() => db.exec(sql), { timeout: 20_000, interval: 5 })
      } finally {
        db.close()
      }
    },
    lockWrites,
    stop: lockWrites,
    close: () => rm(directory, { recursive: true, force: true }),
  }
}
