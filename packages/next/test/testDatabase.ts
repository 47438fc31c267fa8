// The database of a test's world: a SQLite file, or one of a PostgreSQL server, as the project of the test says.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import type {} from './postgresServer.ts'
import { PostgresStore } from '../src/store/postgres/postgresStore.ts'
import { SqliteStore } from '../src/store/sqlite/sqliteStore.ts'
import type { Store } from '../src/store/store.ts'
import { createDatabase } from './createDatabase.ts'

export interface TestDatabase {
  readonly url: string
  /** Makes a store of its own over it. */
  openStore(): Store
  /** Everything that is stored, by file or table. */
  bytes(): Promise<[name: string, bytes: Buffer][]>
  /** Every row by table, as JSON. */
  rows(): Promise<Record<string, string[]>>
  /** How many rows of a table have a value. */
  count(table: 'session', column: 'id', value: string): Promise<number>
  close(): Promise<void>
}

/** Whether the tests of this project run on PostgreSQL. */
export const isOnPostgres = process.env.AUTHPIPE_TEST_DATABASE === 'postgres'

/** Opens an empty database. */
export async function openTestDatabase(): Promise<TestDatabase> {
  return isOnPostgres ? openPostgres() : openSqlite()
}

/** Opens an empty database of the kind that this project does not run on. */
export async function openOtherKindOfDatabase(): Promise<TestDatabase> {
  return isOnPostgres ? openSqlite() : openPostgres()
}

async function openSqlite(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'authpipe-test-'))
  const path = join(directory, 'authpipe.db')
  return {
    url: `file:${path}`,
    openStore: () => new SqliteStore({ path }),
    async bytes() {
      const files = (await readdir(directory)).sort()
      return Promise.all(files.map(async (file): Promise<[string, Buffer]> => [file, await readFile(join(directory, file))]))
    },
    async rows() {
      const { DatabaseSync } = await import('node:sqlite')
      const database = new DatabaseSync(path)
      try {
        const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
        return Object.fromEntries(tables.map(({ name }) => [String(name), database.prepare(`SELECT * FROM "${String(name)}"`).all().map((row) => JSON.stringify(row)).toSorted()]))
      } finally {
        database.close()
      }
    },
    async count(table, column, value) {
      const { DatabaseSync } = await import('node:sqlite')
      const database = new DatabaseSync(path)
      try {
        return Number(database.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${column} = ?`).get(value)?.['count'])
      } finally {
        database.close()
      }
    },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

/** Making one takes longer than emptying one. */
const unused: string[] = []

async function openPostgres(): Promise<TestDatabase> {
  const url = unused.pop() ?? (await createDatabase(inject('postgresUrl')))
  const withClient = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  return {
    url,
    openStore: () => new PostgresStore({ url }),
    bytes: () =>
      withClient(async (client) => {
        const tables = await client.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'authpipe' ORDER BY tablename`)
        const dumps: [string, Buffer][] = []
        for (const { name } of tables.rows) {
          const { rows } = await client.query<unknown[]>({ text: `SELECT * FROM authpipe.${name}`, rowMode: 'array' })
          dumps.push([name, Buffer.concat(rows.flat().flatMap((value) => [Buffer.isBuffer(value) ? value : Buffer.from(String(value)), Buffer.from('\n')]))])
        }
        return dumps
      }),
    rows: () =>
      withClient(async (client) => {
        const tables = await client.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'authpipe'`)
        const all: Record<string, string[]> = {}
        for (const { name } of tables.rows) {
          const { rows } = await client.query<object>(`SELECT * FROM authpipe.${name}`)
          all[name] = rows.map((row) => JSON.stringify(row)).toSorted()
        }
        return all
      }),
    count: (table, column, value) =>
      withClient(async (client) => {
        const { rows } = await client.query<{ count: string }>(`SELECT count(*) AS count FROM authpipe.${table} WHERE ${column} = $1`, [value])
        return Number(rows[0]?.count)
      }),
    async close() {
      await withClient((client) => client.query('DROP SCHEMA IF EXISTS authpipe CASCADE'))
      unused.push(url)
    },
  }
}
