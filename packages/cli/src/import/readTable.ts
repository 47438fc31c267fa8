import type { DatabaseSync as SqliteDatabase } from 'node:sqlite'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import { Failure } from '../Failure.ts'
import type { SourceRow } from './SourceRow.ts'

/** Which table of which database. */
export interface TableSource {
  /** `file:…` or `postgres://…` */
  readonly url: string
  /** As it was named, perhaps with its schema; else one of `tables`. */
  readonly table: string | undefined
  readonly tables: readonly string[]
  /** The app's folder, whose `pg` is used, and where a relative path begins. */
  readonly directory: string
}

/** Reads every row of a table, and writes nothing. @throws {Failure} */
export async function readTable(source: TableSource): Promise<readonly SourceRow[]> {
  const rows = source.url.startsWith('file:') ? await readSqlite(source) : await readPostgres(source)
  return rows.map((value, index) => ({ name: `row ${index + 1}${idOf(value)}`, value }))
}

/** By which somebody finds the row, where that is plain text. */
function idOf(row: Readonly<Record<string, unknown>>): string {
  const { id } = row
  return (typeof id === 'string' || typeof id === 'number') && /^[\w:.@-]{1,64}$/.test(String(id)) ? ` (${id})` : ''
}

type Rows = readonly Readonly<Record<string, unknown>>[]

async function readSqlite({ url, table, tables, directory }: TableSource): Promise<Rows> {
  const path = resolve(directory, url.replace(/^file:(?:\/\/(?=\/))?/, ''))
  if (!existsSync(path)) throw new Failure('There is no such SQLite file: name it as file:path, relative to the app.', 2)
  const { DatabaseSync } = await import('node:sqlite')
  let database: SqliteDatabase | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true })
    const known = database.prepare(`SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')`).all().map(({ name }) => String(name))
    return database.prepare(`SELECT * FROM ${quote(chooseTable(known, table, tables))}`).all()
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('The SQLite file cannot be read: it is no database, or another process has locked it.')
  } finally {
    database?.close()
  }
}

async function readPostgres({ url, table, tables, directory }: TableSource): Promise<Rows> {
  const { Client } = await importPg(directory)
  // Values as PostgreSQL writes them: a date without a zone would be taken for one of this machine's.
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, types: { getTypeParser: () => (value: unknown) => value } })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(`BEGIN READ ONLY; SET LOCAL TIME ZONE 'UTC'; SET LOCAL DateStyle TO 'ISO'`)
    const known = await client.query<{ name: string }>(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ANY (current_schemas(false))`)
    const name = table?.includes('.') ? table : chooseTable(known.rows.map((row) => row.name), table, tables)
    return (await client.query<Record<string, unknown>>(`SELECT * FROM ${name.split('.').map(quote).join('.')}`)).rows
  } catch (error) {
    if (error instanceof Failure) throw error
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new Failure(`The database to import from cannot be read${code}. Try its URL and table with psql.`)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** The app has it where it keeps its accounts in PostgreSQL. */
async function importPg(directory: string): Promise<typeof pg> {
  try {
    const loaded: { default: typeof pg } = await import(pathToFileURL(createRequire(join(directory, 'package.json')).resolve('pg')).href)
    return loaded.default
  } catch {
    throw new Failure('To read PostgreSQL the package pg has to be installed in the app: npm install pg')
  }
}

function chooseTable(known: readonly string[], table: string | undefined, tables: readonly string[]): string {
  const chosen = table === undefined ? tables.find((name) => known.includes(name)) : known.find((name) => name === table)
  if (chosen === undefined) throw new Failure(`There is no table ${table === undefined ? tables.join(' or ') : 'of this name'} in the database: name the one that holds the accounts with --table.`, 2)
  return chosen
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
