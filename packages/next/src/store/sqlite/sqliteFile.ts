import { createError } from '@authpipe/core'
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** SQLite gives its write-ahead log and its index the mode of the database file, but only when it makes them. */
const companions = ['', '-wal', '-shm']

/**
 * Makes the database file and its directory where they are missing, for this user alone whatever the umask is, and takes
 * other users' permissions from files that are there. A directory that is there keeps its mode: it may hold other things.
 */
export function prepareSqliteFile(path: string): void {
  if (!existsSync(path) && existsSync(`${path}-wal`)) {
    // SQLite would throw the log away and start an empty database.
    throw createError(
      'invalid_configuration',
      `The database ${path} is missing although its write-ahead log is there. Bring the file back, or remove the log too if the data is to be given up.`,
    )
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  for (const suffix of companions) {
    const file = path + suffix
    const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0
    if ((mode & 0o077) !== 0) chmodSync(file, 0o600)
  }
}

/** What tells a file from another one that was put in its place. */
export function sqliteFileIdentity(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats && `${stats.dev}:${stats.ino}`
}
