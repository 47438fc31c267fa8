// What the header of a SQLite file says of us.
import { createError } from '@authpipe/core'
import type { DatabaseSync } from 'node:sqlite'
import { integer } from '../rows/columns.ts'
import { migrations } from './migrations/index.ts'

/** Marks a file as ours: "AuPi". */
export const applicationId = 0x41_75_50_69

/**
 * Reads which schema version a file has; `0` for an empty one.
 *
 * @throws {AuthpipeError} `invalid_configuration` where the file is somebody else's
 */
export function readSchemaVersion(db: DatabaseSync, path: string): number {
  const version = readPragma(db, 'user_version')
  const isOurs = readPragma(db, 'application_id') === applicationId
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
  if (!isOurs && !(isEmpty && version === 0)) {
    throw createError('invalid_configuration', `The database ${path} belongs to another application. Give Authpipe a file of its own with "database".`)
  }
  return version
}

/** Whether a file needs nothing done. */
export function isUpToDate(db: DatabaseSync): boolean {
  return readPragma(db, 'user_version') === migrations.length && readPragma(db, 'application_id') === applicationId
}

function readPragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return integer(db.prepare(`PRAGMA ${name}`).get() ?? {}, name)
}
