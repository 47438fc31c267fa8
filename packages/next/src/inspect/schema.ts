import { createError } from '@authpipe/core'
import { resolve } from 'node:path'
import { resolveDatabase, type Database, type Environment } from '../config.ts'
import { createStore } from '../openEngine.ts'
import { migrations as postgresMigrations } from '../store/postgres/migrations/index.ts'
import { describePostgres } from '../store/postgres/toPostgresError.ts'
import { checkSchemaVersion } from '../store/schemaVersion.ts'
import { migrations as sqliteMigrations } from '../store/sqlite/migrations/index.ts'
import { openReader } from './openReader.ts'

/** Which schema a database has, and which one this package brings it to. */
export interface SchemaState {
  /** Its path, or its host and name: never a user or password. */
  readonly database: string
  /** `0` where there is nothing yet. */
  readonly version: number
  readonly newestVersion: number
}

/**
 * Reads the schema version of a database and changes nothing.
 *
 * @param url - `file:` or `postgres://`; else the one that the environment names, or the default
 * @throws {AuthpipeError} `invalid_configuration` or `store_unavailable`
 */
export async function readSchema(url: string | undefined, env: Environment): Promise<SchemaState> {
  const database = named(url, env)
  const reader = await openReader(database)
  await reader?.close()
  const state = { ...describe(database), version: reader?.schemaVersion ?? 0 }
  checkSchemaVersion(state.database, state.version, state.newestVersion)
  return state
}

/**
 * Brings the schema of a database up to date, making the database file where it is missing; safe beside running servers.
 *
 * @throws {AuthpipeError} `invalid_configuration` or `store_unavailable`, having changed nothing
 */
export async function migrateSchema(url: string | undefined, env: Environment): Promise<SchemaState> {
  const database = named(url, env)
  const store = createStore(database)
  await store.open()
  await store.close()
  return readSchema(url, env)
}

type NamedDatabase = Exclude<Database, { kind: 'store' }>

function named(url: string | undefined, env: Environment): NamedDatabase {
  const database = resolveDatabase(url === undefined ? {} : { database: url }, env)
  if (database.kind === 'store') throw createError('internal_error', 'A URL never names a store of the app.')
  return database
}

function describe(database: NamedDatabase): Pick<SchemaState, 'database' | 'newestVersion'> {
  return database.kind === 'sqlite'
    ? { database: resolve(database.path), newestVersion: sqliteMigrations.length }
    : { database: describePostgres(database.url), newestVersion: postgresMigrations.length }
}
