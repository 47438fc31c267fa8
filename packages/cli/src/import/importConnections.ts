import { AuthpipeError, type AuthpipeErrorCode } from '@authpipe/core'
import type { ImportOutcome } from '@authpipe/next'
import type { AskAuthpipe } from '../app/withAuthpipe.ts'
import type { NamedConnection } from './findConnections.ts'
import type { RowProblem } from './SourceRow.ts'

/** What came of a row. */
export interface ImportedRow {
  readonly row: string
  readonly tenantId: string
  readonly userId?: string
  readonly provider: string
  /** `refused`: nothing is stored, for `reason`. */
  readonly outcome: ImportOutcome | 'refused'
  readonly reason?: AuthpipeErrorCode
  /** Of the connection that stands for it now. */
  readonly connectionId?: string
}

/** What the app's server side thinks of connections before anything is written. */
export interface CheckedConnections {
  readonly rows: readonly ImportedRow[]
  readonly fit: readonly NamedConnection[]
  readonly problems: readonly RowProblem[]
}

/** What says that this very row cannot be imported; anything else says it of all. */
const ofTheRow: ReadonlySet<AuthpipeErrorCode> = new Set<AuthpipeErrorCode>([
  'invalid_request',
  'unknown_provider',
  'credential_rejected',
  'insufficient_scope',
  'provider_unreachable',
  'provider_rate_limited',
  'provider_response_invalid',
  'provider_misconfigured',
])

/** Checks connections without writing anything or asking a provider. */
export async function checkConnections(ask: AskAuthpipe, connections: readonly NamedConnection[]): Promise<CheckedConnections> {
  const rows: ImportedRow[] = []
  const fit: NamedConnection[] = []
  const problems: RowProblem[] = []
  for (const named of connections) {
    try {
      rows.push(await importOne(ask, named, true))
      fit.push(named)
    } catch (error) {
      problems.push({ row: named.row, problem: rowError(error).message })
    }
  }
  return { rows, fit, problems }
}

/** Imports connections one after the other, so that no provider is asked for many at once. */
export async function importConnections(ask: AskAuthpipe, connections: readonly NamedConnection[], onProgress: (done: number) => void): Promise<readonly ImportedRow[]> {
  const rows: ImportedRow[] = []
  for (const named of connections) {
    try {
      rows.push(await importOne(ask, named, false))
    } catch (error) {
      rows.push({ ...place(named), outcome: 'refused', reason: rowError(error).code })
    }
    onProgress(rows.length)
  }
  return rows
}

async function importOne(ask: AskAuthpipe, named: NamedConnection, dryRun: boolean): Promise<ImportedRow> {
  const { outcome, reason, connection } = await ask('importConnection', named.connection, { dryRun })
  return { ...place(named), outcome, ...(reason === undefined ? {} : { reason }), ...(connection ? { connectionId: connection.id } : {}) }
}

function place({ row, connection: { tenantId, userId, provider } }: NamedConnection): Pick<ImportedRow, 'row' | 'tenantId' | 'userId' | 'provider'> {
  return { row, tenantId, ...(userId === undefined ? {} : { userId }), provider }
}

function rowError(error: unknown): AuthpipeError {
  if (error instanceof AuthpipeError && ofTheRow.has(error.code)) return error
  throw error
}
