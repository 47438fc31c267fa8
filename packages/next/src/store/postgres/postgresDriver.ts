// A pool of connections to PostgreSQL: how it is opened, brought up to date, asked and changed.
import { createError } from '@authpipe/core'
import { PostgresQueryCompiler } from 'kysely'
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, ClientBase, ClientConfig, CustomTypesConfig, Pool, PoolClient, QueryResult } from 'pg'
import { createQueryWriter, textOf } from '../query.ts'
import { integer } from '../rows/columns.ts'
import { checkSchemaVersion } from '../schemaVersion.ts'
import type { Answer, CredentialRead, Driver, Step, TransactionOptions, Work } from '../work.ts'
import { ChangeListener, changeChannel } from './changeListener.ts'
import { migrations } from './migrations/index.ts'
import type { PostgresStoreOptions } from './postgresStore.ts'
import { selectChosenCredential, selectNamedCredential } from './postgresStatements.ts'
import { SentQueries } from './sentQueries.ts'
import { describePostgres, sqlState, toPostgresError } from './toPostgresError.ts'

/** How long a connection may take to be there. */
const connectTimeoutMs = 5_000
const defaultTimeoutMs = 10_000
/** Tries of a transaction that the database could not order among others. */
const mostTries = 8
/** SQLSTATE of a conflict between transactions, and of a deadlock: nothing of it happened. */
const notOrdered: ReadonlySet<string | undefined> = new Set(['40001', '40P01'])
const uniqueViolation = '23505'
/** Names our migrations among the advisory locks of the database: "AuPi". */
const migrationLock = 0x41_75_50_69

const writeQuery = createQueryWriter(new PostgresQueryCompiler(), 'authpipe')

/** A statement as the driver takes it. */
interface Statement {
  readonly text: string
  readonly values: unknown[]
  readonly name?: string
  readonly rowMode?: 'array'
}

export class PostgresDriver implements Driver {
  readonly #pool: Pool
  readonly #name: string
  readonly #prepares: boolean
  readonly #listener: ChangeListener | undefined
  /** Begins a transaction that is on the disk when it is over, whatever the database's own setting is, and holds nothing for long. */
  readonly #begin: string
  readonly #quote: (text: string) => string
  readonly #names = new Map<string, string>()
  /** Whether a single statement is durable when it is answered, without asking for it. */
  #isDurable = true

  private constructor(pool: Pool, options: PostgresStoreOptions, quote: (text: string) => string, listener: ChangeListener | undefined) {
    this.#pool = pool
    this.#name = describePostgres(options.url)
    this.#prepares = options.preparedStatements ?? true
    this.#listener = listener
    const wait = `'${options.timeoutMs ?? defaultTimeoutMs}ms'`
    this.#begin = `BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = ${wait}; SET LOCAL idle_in_transaction_session_timeout = ${wait}`
    this.#quote = quote
  }

  /**
   * Opens a pool and brings the schema up to date.
   *
   * @throws {AuthpipeError} `invalid_configuration` when a person has to mend something; `store_unavailable` (retryable)
   */
  static async open(options: PostgresStoreOptions): Promise<PostgresDriver> {
    const { Client: PgClient, Pool: PgPool, types, escapeLiteral } = await loadPg()
    const config = connectionConfig(options.url, types, options.timeoutMs)
    const pool = new PgPool({ ...config, max: options.poolSize ?? 8, idleTimeoutMillis: 30_000, allowExitOnIdle: true, pipeline: true })
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    pool.on('error', () => undefined)
    const { listenUrl } = options
    const listener = listenUrl === undefined ? undefined : new ChangeListener((): Client => new PgClient({ ...config, connectionString: listenUrl, query_timeout: 0 }))
    const driver = new PostgresDriver(pool, options, escapeLiteral, listener)
    try {
      await driver.#migrate()
      return driver
    } catch (error) {
      await driver.close()
      throw toPostgresError(error, driver.#name, 'opening')
    }
  }

  async run<T>(work: Work<T>): Promise<T> {
    let turn = work.next()
    while (!turn.done) turn = work.next(await this.#answerAlone(turn.value))
    return turn.value
  }

  async transact(work: () => Work<boolean>, { tenantId, mayBeLost = false }: TransactionOptions = {}): Promise<boolean> {
    const notice = tenantId !== undefined && this.#listener ? `NOTIFY ${changeChannel}, ${this.#quote(tenantId)}; ` : ''
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#withClient(async (client) => {
          const sent = new SentQueries(client)
          sent.add(mayBeLost ? `${this.#begin}; SET LOCAL synchronous_commit = off` : this.#begin)
          try {
            const lands = await this.#do(client, work(), sent)
            sent.add(lands ? `${notice}COMMIT` : 'ROLLBACK')
            return lands
          } finally {
            await sent.settle()
          }
        })
      } catch (error) {
        if (!notOrdered.has(sqlState(error)) || tries === mostTries) throw this.#explain(error)
        await sleep(Math.random() * 10 * 2 ** tries)
      }
    }
  }

  async readCredential({ tenantId, provider, ownerId, kind, credentialType, connectionId }: CredentialRead): Promise<readonly unknown[] | undefined> {
    const values = [tenantId, provider, ownerId, kind, credentialType]
    const statement: Statement =
      connectionId === null
        ? { ...this.#named('authpipe_chosen', selectChosenCredential), values, rowMode: 'array' }
        : { ...this.#named('authpipe_named', selectNamedCredential), values: [...values, connectionId], rowMode: 'array' }
    try {
      const { rows } = await this.#pool.query<unknown[]>(statement)
      return rows[0]
    } catch (error) {
      throw this.#explain(error)
    }
  }

  async readClock(): Promise<number> {
    try {
      return await readDatabaseClock(this.#pool)
    } catch (error) {
      throw this.#explain(error)
    }
  }

  watch(onChange: (tenantId: string | undefined) => void): () => void {
    return this.#listener?.watch(onChange) ?? (() => undefined)
  }

  async close(): Promise<void> {
    await this.#listener?.close()
    await this.#pool.end()
  }

  /** A statement outside a transaction is one of its own. */
  async #answerAlone(step: Step): Promise<Answer> {
    if (step.kind === 'read' || this.#isDurable) {
      try {
        return toAnswer(await this.#pool.query<Record<string, unknown>>(this.#statement(step)))
      } catch (error) {
        if (sqlState(error) === uniqueViolation) return taken
        throw this.#explain(error)
      }
    }
    let answer = taken
    await this.transact(function* () {
      answer = yield step
      return !answer.isTaken
    })
    return answer
  }

  async #do<T>(client: PoolClient, work: Work<T>, sent: SentQueries): Promise<T> {
    let turn = work.next()
    while (!turn.done) {
      const step = turn.value
      if (step.kind === 'blind write') sent.add(this.#statement(step))
      turn = work.next(step.kind === 'blind write' ? unseen : await this.#answer(client, step))
    }
    return turn.value
  }

  async #answer(client: PoolClient, step: Step): Promise<Answer> {
    try {
      return toAnswer(await client.query<Record<string, unknown>>(this.#statement(step)))
    } catch (error) {
      // The transaction is over with it, and is rolled back where work returns false.
      if (sqlState(error) === uniqueViolation) return taken
      throw error
    }
  }

  /** A connection on which something went wrong is not used again: nobody knows what stands in it. */
  async #withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    // The pool listens to idle connections only. One that is cut in the middle of work fails the work, and must not end the process too.
    client.on('error', ignore)
    let failed = true
    try {
      const result = await work(client)
      failed = false
      client.off('error', ignore)
      return result
    } finally {
      client.release(failed)
    }
  }

  #statement({ query }: Step): Statement {
    const { sql, parameters } = textOf(query, writeQuery)
    if (!this.#prepares) return { text: sql, values: [...parameters] }
    let name = this.#names.get(sql)
    // By its text, so that a connection which a pooler hands on cannot know another statement under the name.
    if (name === undefined) this.#names.set(sql, (name = `authpipe_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`))
    return { text: sql, values: [...parameters], name }
  }

  #named(name: string, text: string): { readonly text: string; readonly name?: string } {
    return this.#prepares ? { text, name } : { text }
  }

  #explain(error: unknown): unknown {
    return toPostgresError(error, this.#name, 'running')
  }

  async #migrate(): Promise<void> {
    await this.#withClient(async (client) => {
      const { rows: settings } = await client.query<Record<string, unknown>>('SHOW synchronous_commit')
      this.#isDurable = settings[0]?.['synchronous_commit'] !== 'off'
      await client.query(`${this.#begin}; SELECT pg_advisory_xact_lock(${migrationLock})`)
      const { rows } = await client.query<Record<string, unknown>>(`SELECT to_regnamespace('authpipe') IS NOT NULL AS has_schema`)
      const version = await readSchemaVersion(client)
      checkSchemaVersion(this.#name, version, migrations.length)
      // A schema of its own that is there already needs no right to make one.
      if (rows[0]?.['has_schema'] !== true) await client.query('CREATE SCHEMA authpipe')
      if (version === 0) await client.query('CREATE TABLE authpipe.schema_version (version integer NOT NULL); INSERT INTO authpipe.schema_version VALUES (0)')
      for (const migration of migrations.slice(version)) await client.query(migration)
      if (version < migrations.length) await client.query('UPDATE authpipe.schema_version SET version = $1', [migrations.length])
      await client.query('COMMIT')
    })
  }
}

const ignore = (): void => undefined

/** OID of bigint. */
const int8 = 20

/** How a connection is made and what it may take. */
export function connectionConfig(url: string, types: CustomTypesConfig, timeoutMs = defaultTimeoutMs): ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: 1.5 * timeoutMs,
    keepAlive: true,
    // Instants and counts are below 2^53, and are read as the numbers that they are.
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === int8 ? Number : types.getTypeParser(oid, format)) },
  }
}

/** What is not looked at. */
const unseen: Answer = { rows: [], count: 0, isTaken: false }
const taken: Answer = { rows: [], count: 0, isTaken: true }

function toAnswer({ rows, rowCount }: QueryResult<Record<string, unknown>>): Answer {
  return { rows, count: rowCount ?? 0, isTaken: false }
}

/** Epoch milliseconds. */
export async function readDatabaseClock(database: Pick<ClientBase, 'query'> | Pool): Promise<number> {
  const { rows } = await database.query<Record<string, unknown>>('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now')
  return integer(rows[0] ?? {}, 'now')
}

/** Reads which schema version a database has; `0` where we have nothing in it. */
export async function readSchemaVersion(client: ClientBase): Promise<number> {
  const { rows: found } = await client.query<Record<string, unknown>>(`SELECT to_regclass('authpipe.schema_version') IS NOT NULL AS is_there`)
  if (found[0]?.['is_there'] !== true) return 0
  const { rows } = await client.query<Record<string, unknown>>('SELECT version FROM authpipe.schema_version')
  return integer(rows[0] ?? {}, 'version')
}

/** @throws {AuthpipeError} `invalid_configuration` where the app has no such package */
export async function loadPg(): Promise<typeof import('pg').default> {
  try {
    return (await import('pg')).default
  } catch (cause) {
    throw createError('invalid_configuration', 'A postgres:// database needs the package "pg": npm install pg.', { cause })
  }
}
