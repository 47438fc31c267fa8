import type { Database } from '../config.ts'
import { PostgresReader } from '../store/postgres/postgresReader.ts'
import type { Reader } from '../store/reader.ts'
import { SqliteReader } from '../store/sqlite/sqliteReader.ts'

/**
 * Opens a database to look at it.
 *
 * @returns `undefined` where there is none yet
 * @throws {AuthpipeError} `invalid_configuration` or `store_unavailable`
 */
export async function openReader(database: Exclude<Database, { kind: 'store' }>): Promise<Reader | undefined> {
  return database.kind === 'sqlite' ? SqliteReader.open(database.path) : PostgresReader.open(database.url)
}
