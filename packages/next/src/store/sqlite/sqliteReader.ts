import { SqliteQueryCompiler } from 'kysely'
import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { createQueryWriter, textOf } from '../query.ts'
import type { Reader } from '../reader.ts'
import type { Answer, Step, Work } from '../work.ts'
import { migrations } from './migrations/index.ts'
import { loadSqlite, toInput } from './sqliteDriver.ts'
import { readSchemaVersion } from './sqliteSchema.ts'
import { toSqliteError } from './toSqliteError.ts'

const writeQuery = createQueryWriter(new SqliteQueryCompiler())

/** A SQLite file that is only looked at. */
export class SqliteReader implements Reader {
  readonly schemaVersion: number
  readonly newestVersion = migrations.length
  readonly #db: DatabaseSync
  readonly #path: string

  private constructor(db: DatabaseSync, path: string) {
    this.schemaVersion = readSchemaVersion(db, path)
    this.#db = db
    this.#path = path
  }

  /**
   * @returns `undefined` where there is no file yet
   * @throws {AuthpipeError} as {@link SqliteDriver.open}
   */
  static async open(path: string): Promise<SqliteReader | undefined> {
    const { DatabaseSync: Database } = await loadSqlite()
    if (!existsSync(path)) return undefined
    let db: DatabaseSync | undefined
    try {
      db = new Database(path, { readOnly: true })
      db.exec('PRAGMA busy_timeout = 5000')
      return new SqliteReader(db, path)
    } catch (error) {
      db?.close()
      throw toSqliteError(error, path, 'opening')
    }
  }

  async read<T>(work: Work<T>): Promise<T> {
    try {
      let turn = work.next()
      while (!turn.done) turn = work.next(this.#answer(turn.value))
      return turn.value
    } catch (error) {
      throw toSqliteError(error, this.#path, 'running')
    }
  }

  async readClock(): Promise<undefined> {
    return undefined
  }

  async close(): Promise<void> {
    this.#db.close()
  }

  #answer({ query }: Step): Answer {
    const { sql, parameters } = textOf(query, writeQuery)
    const rows = this.#db.prepare(sql).all(...parameters.map(toInput))
    return { rows, count: rows.length, isTaken: false }
  }
}
