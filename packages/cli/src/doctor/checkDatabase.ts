// Keys, database, schema, maintenance and clock: what the app keeps, looked at and left as it is.
import { AuthpipeError } from '@authpipe/core'
import type { InspectedDatabase, Inspection } from '@authpipe/next/inspect'
import type { Mode } from '../app/loadEnvironment.ts'
import { clockFinding } from './clockFinding.ts'
import { notChecked, ok, problem, type Finding } from './Finding.ts'

/** Maintenance comes round every 15 seconds, or as often as a cron calls it. */
const overdueAfterMs = 15 * 60_000

export async function checkDatabase(inspection: Inspection, mode: Mode): Promise<readonly Finding[]> {
  const keys = await checkKeys(inspection, mode)
  let database: Awaited<ReturnType<Inspection['readDatabase']>>
  try {
    database = await inspection.readDatabase(Date.now, overdueAfterMs)
  } catch (error) {
    if (!(error instanceof AuthpipeError)) throw error
    return [keys, problem('database', error.message, 'Correct AUTHPIPE_DATABASE_URL (or "database"), or bring the database back.'), unread('migrations'), unread('maintenance')]
  }
  if (database === 'own_store') return [keys, notChecked('database', 'The app has a Store of its own, which only it can look into.'), unread('migrations'), unread('maintenance')]
  if (database === 'none_yet') return [keys, ok('database', 'There is no database yet: the first start makes it.')]
  return [
    keys.status === 'ok' && database.keyProblem !== undefined ? foreignKeys(database.keyProblem) : keys,
    ok('database', 'The database can be reached.'),
    ...checkSchema(database),
    ...(database.clockAheadMs === undefined ? [] : [clockFinding('database', database.clockAheadMs)]),
    checkMaintenance(database, mode),
  ]
}

const unread = (id: 'migrations' | 'maintenance'): Finding => notChecked(id, 'The database could not be read.')

async function checkKeys(inspection: Inspection, mode: Mode): Promise<Finding> {
  try {
    const source = await inspection.findKeys()
    if (source === 'given') return ok('keys', 'The encryption keys can be used.')
    return ok('keys', source === 'kept' ? 'A key for development is kept beside the database.' : 'The first start makes a key for development and keeps it beside the database.')
  } catch (error) {
    if (!(error instanceof AuthpipeError)) throw error
    // The server's message goes on to say how to make one without this command.
    const [message = ''] = error.message.split(' Make one with:')
    const where = mode === 'production' ? 'the environment of production' : '.env.local'
    return problem('keys', message, `Run "npx authpipe keygen" and put what it prints into AUTHPIPE_KEYS of ${where}; keys that stored data needs stay behind it, after a comma.`)
  }
}

function foreignKeys(error: unknown): Finding {
  if (!(error instanceof AuthpipeError)) throw error
  return problem('keys', error.message, 'Put the key that the database was encrypted with into AUTHPIPE_KEYS; a new one goes in front of it, after an id of its own.')
}

function checkSchema({ schemaVersion, newestVersion }: InspectedDatabase): readonly Finding[] {
  if (schemaVersion === newestVersion) return [ok('migrations', `The schema is up to date (version ${schemaVersion}).`)]
  if (schemaVersion > newestVersion) {
    return [problem('migrations', `The database has schema version ${schemaVersion}, and this @authpipe/next knows ${newestVersion}: it refuses to start.`, 'Update @authpipe/next to the version that the other servers run.')]
  }
  return [problem('migrations', `The database has schema version ${schemaVersion}, and ${newestVersion} is the newest.`, 'Run "npx authpipe migrate", or start the new version of the app, which does the same.')]
}

function checkMaintenance({ schemaVersion, newestVersion, overdueMs }: InspectedDatabase, mode: Mode): Finding {
  if (schemaVersion !== newestVersion) return notChecked('maintenance', 'The schema has to be brought up to date first.')
  if (overdueMs === undefined) return ok('maintenance', 'No refresh, check or revocation is overdue.')
  const fix = 'Start maintenance with the server, by authpipe.start() in instrumentation.ts; where no process lives long, call the route /maintenance by a cron.'
  // In development an app may just have been off.
  return problem('maintenance', `Work of maintenance has been waiting for ${duration(overdueMs)}: nobody refreshes tokens ahead of their end.`, fix, { severity: mode === 'production' ? 'error' : 'warning' })
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  return minutes < 120 ? `${minutes} minutes` : minutes < 2 * 1_440 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1_440)} days`
}
