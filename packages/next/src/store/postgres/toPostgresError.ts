import { AuthpipeError, createError } from '@authpipe/core'

/** SQLSTATE codes that people can act on. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const postgresFailures: Readonly<Record<string, { readonly sentence: string; readonly whenOpening?: true }>> = {
  '28000': { sentence: 'refuses this user. Check the user of the URL and pg_hba.conf', whenOpening: true },
  '28P01': { sentence: 'refuses the password. Check the URL', whenOpening: true },
  '3D000': { sentence: 'does not exist. Create it, or check the name in the URL', whenOpening: true },
  '42501': { sentence: 'does not let this user do that. It needs CREATE on the database, or a schema "authpipe" of its own', whenOpening: true },
  '53100': { sentence: 'cannot grow: the disk is full. Free some space' },
  '53300': { sentence: 'has no connection left. Lower "poolSize", or let a pooler share connections' },
  '25006': { sentence: 'is read-only. Check that the URL leads to the primary' },
}

/** Names a database in messages: host, port and name, never user or password. */
export function describePostgres(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `postgres://${hostname}${port && `:${port}`}${pathname}`
}

/** The SQLSTATE of an error that PostgreSQL raised. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}

/**
 * Says in one sentence what is wrong with the database and what to do. An error that has nothing to do with it comes back as it is.
 *
 * @param phase while opening, what a person has to mend is `invalid_configuration`; later everything is `store_unavailable`
 */
export function toPostgresError(error: unknown, name: string, phase: 'opening' | 'running'): unknown {
  if (error instanceof AuthpipeError || error instanceof TypeError || error instanceof RangeError) return error
  const state = sqlState(error)
  const failure = state === undefined ? undefined : postgresFailures[state]
  const code = phase === 'opening' && failure?.whenOpening ? 'invalid_configuration' : 'store_unavailable'
  const sentence = failure?.sentence ?? (state === undefined ? 'cannot be reached. Check that it runs and that this machine may connect' : `refused a statement (SQLSTATE ${state})`)
  return createError(code, `The database ${name} ${sentence}.`, { cause: withoutValues(error) })
}

/** The driver's error repeats values of the row that it speaks of; only its name and code go further. */
function withoutValues(error: unknown): Error {
  return new Error(sqlState(error) ?? (error instanceof Error ? error.name : typeof error))
}
