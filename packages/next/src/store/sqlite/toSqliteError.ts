import { AuthpipeError, createError } from '@authpipe/core'

const busy = { sentence: 'is busy: another process has held its write lock for too long. Look for one that hangs, or for a backup that locks the file' }

/** Primary result codes of SQLite that people can act on. @see https://www.sqlite.org/rescode.html */
const sqliteFailures: Readonly<Record<number, { readonly sentence: string; readonly whenOpening?: true }>> = {
  5: busy,
  6: busy,
  8: { sentence: 'cannot be written to. Check the permissions of the file and its directory, and that the disk is not mounted read-only', whenOpening: true },
  10: { sentence: 'cannot be read or written: the disk reports an error. Check the disk' },
  11: { sentence: 'is damaged. Restore it from a backup; nothing was changed', whenOpening: true },
  13: { sentence: 'cannot grow: the disk is full. Free some space' },
  14: { sentence: 'cannot be opened. Check that the directory exists and that this process may write to it', whenOpening: true },
  26: { sentence: 'is not a SQLite database, or its first page is damaged. Restore it from a backup, or choose another path; nothing was changed', whenOpening: true },
}

/** What the file system says when it cannot just now; everything else is about the path. */
const passing = new Set(['EAGAIN', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC'])

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** The extended result code of an error that SQLite raised. @see https://www.sqlite.org/rescode.html */
export function sqliteCode(error: unknown): number | undefined {
  if (codeOf(error) !== 'ERR_SQLITE_ERROR' || !(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}

/**
 * Says in one sentence what is wrong with the database file and what to do. An error that has nothing to do with it comes
 * back as it is.
 *
 * @param phase while opening, what a person has to mend is `invalid_configuration`; later everything is `store_unavailable`
 */
export function toSqliteError(error: unknown, path: string, phase: 'opening' | 'running'): unknown {
  if (error instanceof AuthpipeError) return error
  const extended = sqliteCode(error)
  if (extended !== undefined) {
    const failure = sqliteFailures[extended & 0xff]
    const code = phase === 'opening' && failure?.whenOpening ? 'invalid_configuration' : 'store_unavailable'
    return createError(code, `The database ${path} ${failure?.sentence ?? `refused a statement (SQLite result code ${extended})`}.`, { cause: error })
  }
  const systemCode = codeOf(error)
  if (systemCode === 'ERR_INVALID_STATE') return createError('store_unavailable', `The database ${path} is closed.`, { cause: error })
  if (typeof systemCode !== 'string' || !(error instanceof Error) || !('syscall' in error)) return error
  const code = passing.has(systemCode) ? 'store_unavailable' : 'invalid_configuration'
  return createError(
    code,
    `The database ${path} cannot be opened for writing (${systemCode}). Check the directory and the disk, or choose another path.`,
    { cause: error },
  )
}
