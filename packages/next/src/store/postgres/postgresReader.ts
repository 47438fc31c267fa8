import { PostgresQueryCompiler } from 'kysely'
import type { Client } from 'pg'
import { createQueryWriter, textOf } from '../query.ts'
import type { Reader } from '../reader.ts'
import type { Work } from '../work.ts'
import { migrations } from './migrations/index.ts'
import { connectionConfig, loadPg, readDatabaseClock, readSchemaVersion } from './postgresDriver.ts'
import { describePostgres, toPostgresError } from './toPostgresError.ts'

const writeQuery = createQueryWriter(new PostgresQueryCompiler(), 'authpipe')

/** A PostgreSQL database that is only looked at, over one connection in one transaction that cannot write. */
export class PostgresReader implements Reader {
  readonly schemaVersion: number
  readonly newestVersion = migrations.length
  readonly #client: Client
  readonly #name: string

  private constructor(client: Client, name: string, schemaVersion: number) {
    this.#client = client
    this.#name = name
    this.schemaVersion = schemaVersion
  }

  /** @throws {AuthpipeError} as {@link PostgresDriver.open} */
  static async open(url: string): Promise<PostgresReader> {
    const { Client: PgClient, types } = await loadPg()
    const name = describePostgres(url)
    const client = new PgClient(connectionConfig(url, types))
    // What breaks while nothing is asked shows at the next question.
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.query('BEGIN TRANSACTION READ ONLY')
      return new PostgresReader(client, name, await readSchemaVersion(client))
    } catch (error) {
      await client.end().catch(() => undefined)
      throw toPostgresError(error, name, 'opening')
    }
  }

  async read<T>(work: Work<T>): Promise<T> {
    try {
      let turn = work.next()
      while (!turn.done) {
        const { sql, parameters } = textOf(turn.value.query, writeQuery)
        const { rows } = await this.#client.query<Record<string, unknown>>({ text: sql, values: [...parameters] })
        turn = work.next({ rows, count: rows.length, isTaken: false })
      }
      return turn.value
    } catch (error) {
      throw toPostgresError(error, this.#name, 'running')
    }
  }

  async readClock(): Promise<number> {
    try {
      return await readDatabaseClock(this.#client)
    } catch (error) {
      throw toPostgresError(error, this.#name, 'running')
    }
  }

  async close(): Promise<void> {
    await this.#client.end()
  }
}
