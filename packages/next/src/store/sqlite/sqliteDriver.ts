// One SQLite file: how it is opened, brought up to date, asked and changed.
import { createError } from '@authpipe/core'
import { SqliteQueryCompiler } from 'kysely'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { createQueryWriter, textOf } from '../query.ts'
import { integer, text } from '../rows/columns.ts'
import { checkSchemaVersion } from '../schemaVersion.ts'
import type { Answer, CredentialRead, Driver, Step, TransactionOptions, Work, WriteOptions } from '../work.ts'
import { Checkpointer } from './checkpointer.ts'
import { migrations } from './migrations/index.ts'
import { prepareSqliteFile, sqliteFileIdentity } from './sqliteFile.ts'
import { applicationId, isUpToDate, readSchemaVersion } from './sqliteSchema.ts'
import { selectChosenCredential, selectNamedCredential } from './sqliteStatements.ts'
import { sqliteCode, toSqliteError } from './toSqliteError.ts'

/** @returns the values of the row's columns, or `undefined` where there is no row */
type PreparedRead = (...values: SQLInputValue[]) => readonly unknown[] | undefined

const writeQuery = createQueryWriter(new SqliteQueryCompiler())

/** How often it is asked whether another process has written: 0.004 ms each time. */
const watchEveryMs = 100
/** Of more tenants than these all are taken to have changed. */
const mostTenants = 1_000

const busy = 5

/**
 * An open SQLite file. Everything it does is synchronous and one connection serves all callers, so no reader can come
 * between the statements of a transaction.
 */
export class SqliteDriver implements Driver {
  readonly #db: DatabaseSync
  readonly #path: string
  readonly #identity: string | undefined
  readonly #checkpointer: Checkpointer
  readonly #statements = new Map<string, StatementSync>()
  #chosenCredential: PreparedRead | undefined
  #namedCredential: PreparedRead | undefined
  #phase: 'opening' | 'running' = 'opening'
  #inTransaction = false

  private constructor(db: DatabaseSync, path: string) {
    this.#db = db
    this.#path = path
    this.#identity = sqliteFileIdentity(path)
    this.#checkpointer = new Checkpointer(path, () => {
      try {
        db.exec('PRAGMA wal_checkpoint(PASSIVE)')
      } catch {
        // The database is closed or its disk is full: the log stays as it is.
      }
    })
  }

  /**
   * Opens a file, making it where it is missing, and brings its schema up to date.
   *
   * @throws {AuthpipeError} `invalid_configuration` when the path cannot be used, the file is damaged, foreign or of a newer
   * schema, or Node.js has no SQLite; `store_unavailable` when the disk is full or another process holds the file
   */
  static async open(path: string, busyTimeoutMs: number): Promise<SqliteDriver> {
    const { DatabaseSync: Driver } = await loadSqlite()
    let db: DatabaseSync | undefined
    try {
      prepareSqliteFile(path)
      db = new Driver(path)
      db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}; PRAGMA page_size = 8192`)
      await writeAhead(db, path, busyTimeoutMs)
      // Up to 128 MiB of pages, taken as they are read: a page that is not there costs a read a quarter of its time.
      db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -131072')
      // A thread copies the log into the file long before a write would have to.
      db.exec('PRAGMA wal_autocheckpoint = 32000')
      const driver = new SqliteDriver(db, path)
      driver.#migrate()
      driver.#phase = 'running'
      return driver
    } catch (error) {
      db?.close()
      throw toSqliteError(error, path, 'opening')
    }
  }

  async run<T>(work: Work<T>, { mayBeLost = false }: WriteOptions = {}): Promise<T> {
    return this.#waiting(mayBeLost, () => this.#do(work))
  }

  async transact(work: () => Work<boolean>, { mayBeLost = false }: TransactionOptions = {}): Promise<boolean> {
    return this.#waiting(mayBeLost, () => this.#transact(work))
  }

  /** Waits for the disk or not. All in one turn, so that nobody else's commit is let off. */
  #waiting<T>(mayBeLost: boolean, work: () => T): T {
    if (!mayBeLost) return work()
    this.#db.exec('PRAGMA synchronous = NORMAL')
    try {
      return work()
    } finally {
      this.#db.exec('PRAGMA synchronous = FULL')
    }
  }

  #transact(work: () => Work<boolean>): boolean {
    this.#checkInPlace()
    this.#inTransaction = true
    try {
      // IMMEDIATE takes the write lock now: a transaction that reads first could not wait for it later.
      this.#db.exec('BEGIN IMMEDIATE')
      const lands = this.#do(work())
      this.#db.exec(lands ? 'COMMIT' : 'ROLLBACK')
      this.#checkpointer.noteWrite()
      return lands
    } catch (error) {
      this.#rollBack()
      throw this.#explain(error)
    } finally {
      this.#inTransaction = false
    }
  }

  async readCredential({ tenantId, provider, ownerId, kind, credentialType, connectionId }: CredentialRead): Promise<readonly unknown[] | undefined> {
    if (connectionId === null) {
      this.#chosenCredential ??= this.#prepareRead(selectChosenCredential)
      return this.#chosenCredential(tenantId, provider, ownerId, kind, kind, credentialType, credentialType)
    }
    this.#namedCredential ??= this.#prepareRead(selectNamedCredential)
    return this.#namedCredential(tenantId, provider, ownerId, kind, kind, credentialType, credentialType, connectionId)
  }

  async readClock(): Promise<undefined> {
    return undefined
  }

  watch(onChange: (tenantId: string | undefined) => void): () => void {
    const version = this.#db.prepare('PRAGMA data_version')
    const newest = this.#db.prepare('SELECT IFNULL(MAX(seq), 0) AS seq FROM event')
    const changed = this.#db.prepare(`SELECT DISTINCT tenant_id FROM event WHERE seq > ? LIMIT ${mostTenants + 1}`)
    let seenVersion = integer(version.get() ?? {}, 'data_version')
    let seenSeq = integer(newest.get() ?? {}, 'seq')
    const look = (): void => {
      const now = integer(version.get() ?? {}, 'data_version')
      if (now === seenVersion) return
      seenVersion = now
      const tenants = changed.all(seenSeq)
      seenSeq = integer(newest.get() ?? {}, 'seq')
      if (tenants.length > mostTenants) onChange(undefined)
      else for (const row of tenants) onChange(text(row, 'tenant_id'))
    }
    const timer = setInterval(() => {
      try {
        look()
      } catch {
        // Busy or broken: what is remembered of it runs out by itself.
      }
    }, watchEveryMs).unref()
    return () => clearInterval(timer)
  }

  async close(): Promise<void> {
    await this.#checkpointer.close()
    this.#db.close()
  }

  #do<T>(work: Work<T>): T {
    let turn = work.next()
    while (!turn.done) turn = work.next(this.#answer(turn.value))
    return turn.value
  }

  #answer({ query, kind }: Step): Answer {
    const isAlone = kind !== 'read' && !this.#inTransaction
    if (isAlone) this.#checkInPlace()
    const { sql, parameters } = textOf(query, writeQuery)
    try {
      let statement = this.#statements.get(sql)
      if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)))
      const values = parameters.map(toInput)
      const givesRows = kind === 'read' || kind === 'write returning'
      const rows = givesRows ? statement.all(...values) : []
      const count = givesRows ? rows.length : Number(statement.run(...values).changes)
      if (isAlone) this.#checkpointer.noteWrite()
      return { rows, count, isTaken: false }
    } catch (error) {
      const code = sqliteCode(error)
      if (kind !== 'blind write' && (code === 2067 || code === 1555)) return { rows: [], count: 0, isTaken: true } // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY
      throw this.#explain(error)
    }
  }

  /** Prepares a hot read of one row, which answers with the values of its columns in order. */
  #prepareRead(sql: string): PreparedRead {
    const statement = this.#db.prepare(sql)
    // A row as a list costs a third less than as an object. Node.js has it since 22.16.
    if ('setReturnArrays' in statement) statement.setReturnArrays(true)
    return (...values) => {
      try {
        const row: unknown = statement.get(...values)
        if (typeof row !== 'object' || row === null) return undefined
        return Array.isArray(row) ? row : Object.values(row)
      } catch (error) {
        throw this.#explain(error)
      }
    }
  }

  /** What is written to a file without a name is gone with the process, and nothing else would tell. */
  #checkInPlace(): void {
    if (sqliteFileIdentity(this.#path) === this.#identity) return
    throw createError('store_unavailable', `The database ${this.#path} was removed or replaced while it was open. Bring it back and restart this process.`)
  }

  #explain(error: unknown): unknown {
    return toSqliteError(error, this.#path, this.#phase)
  }

  #rollBack(): void {
    try {
      this.#db.exec('ROLLBACK')
    } catch {
      // There is nothing left to undo: SQLite rolls back by itself when, say, the disk is full.
    }
  }

  #migrate(): void {
    if (isUpToDate(this.#db)) return
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const version = readSchemaVersion(this.#db, this.#path)
      checkSchemaVersion(this.#path, version, migrations.length)
      for (const migration of migrations.slice(version)) this.#db.exec(migration)
      this.#db.exec(`PRAGMA user_version = ${migrations.length}; PRAGMA application_id = ${applicationId}; COMMIT`)
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }
}

/** @throws {AuthpipeError} `invalid_configuration` where this Node.js has no SQLite */
export async function loadSqlite(): Promise<typeof import('node:sqlite')> {
  return import('node:sqlite').catch((cause: unknown) => {
    throw createError(
      'invalid_configuration',
      `The embedded database needs Node.js 22.13 or newer with SQLite; this is ${process.version}. Update Node.js, or give another "database".`,
      { cause },
    )
  })
}

/** Switches to write-ahead logging, which lets other processes read while one writes. */
async function writeAhead(db: DatabaseSync, path: string, busyTimeoutMs: number): Promise<void> {
  const deadline = performance.now() + busyTimeoutMs
  for (;;) {
    try {
      const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode']
      if (mode === 'wal') return
      throw createError(
        'invalid_configuration',
        `The database ${path} cannot use write-ahead logging (it stays in mode "${String(mode)}"). Put it on a local disk, not on a network share.`,
      )
    } catch (error) {
      // SQLite does not wait for this lock by itself when several processes start on a new file.
      if (((sqliteCode(error) ?? 0) & 0xff) !== busy || performance.now() > deadline) throw error
      await delay(10)
    }
  }
}

export function toInput(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array) return value
  throw new TypeError(`A value of type ${typeof value} cannot be stored.`)
}
