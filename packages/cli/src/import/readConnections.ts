import { parseJson } from '@authpipe/core/server'
import { readFileSync } from 'node:fs'
import { Failure } from '../Failure.ts'
import { findConnections, type FoundConnections, type TenantChoice } from './findConnections.ts'
import { layouts, type Layout, type LayoutName } from './Layout.ts'
import { readJsonRows, type ReadRows } from './readJsonRows.ts'
import { readTable } from './readTable.ts'

/** What is to be read, and how. */
export interface ReadingOptions {
  readonly from: LayoutName
  /** Our ids by theirs. @defaultValue every provider, by the ids that the rows have */
  readonly provider?: ReadonlyMap<string, string>
  readonly tenant?: string
  readonly tenantFrom?: 'user' | 'organization'
  readonly tenants?: string
  readonly table?: string
  /** The app's folder. */
  readonly directory: string
}

/** Reads what a source holds into connections to import. @throws {Failure} where it cannot be read at all */
export async function readConnections(source: string, options: ReadingOptions): Promise<FoundConnections> {
  const layout: Layout = layouts[options.from]
  const tenant = chooseTenant(options, layout)
  const { rows, problems } = await readRows(source, options, layout)
  const found = findConnections(rows, layout, options.provider ?? new Map(), tenant)
  return { ...found, problems: [...problems, ...found.problems] }
}

async function readRows(source: string, { from, table, directory }: ReadingOptions, { tables }: Layout): Promise<ReadRows> {
  const isTable = /^(file|postgres|postgresql):/.test(source)
  if (!isTable && table !== undefined) throw new Failure('--table belongs to a database, and the source is a file.', 2)
  if (!isTable) return readJsonRows(source)
  if (tables.length === 0) throw new Failure(`--from ${from} reads a JSON file, and the source is a database.`, 2)
  return { rows: await readTable({ url: source, table, tables, directory }), problems: [] }
}

function chooseTenant({ tenant, tenantFrom, tenants }: ReadingOptions, { namesTenant }: Layout): TenantChoice {
  if (tenant !== undefined) return { kind: 'one', tenantId: tenant }
  if (tenantFrom !== undefined) return { kind: tenantFrom }
  if (tenants !== undefined) return { kind: 'listed', byUser: readTenants(tenants) }
  if (namesTenant) return { kind: 'named' }
  throw new Failure('The rows do not say which tenant they are for: add --tenant <id>, --tenant-from user or organization, or --tenants <file>.', 2)
}

function readTenants(path: string): ReadonlyMap<string, string> {
  let value: unknown
  try {
    value = parseJson(readFileSync(path, 'utf8'))
  } catch {
    throw new Failure('The file of --tenants cannot be read: it is a JSON object of tenant ids by user ids.', 2)
  }
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
  if (entries.length === 0 || !entries.every((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')) {
    throw new Failure('The file of --tenants is no JSON object of tenant ids by user ids.', 2)
  }
  return new Map(entries)
}
