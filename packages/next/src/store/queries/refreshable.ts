// What a refresh needs to know of a connection, in one statement.
import type { Refreshable } from '../records.ts'
import { parseConnectionRow } from '../rows/connectionRow.ts'
import { parseScheduleRow } from '../rows/scheduleRow.ts'
import { parseSecretRow } from '../rows/secretRow.ts'
import type { Draft } from '../rows/columns.ts'
import { first, type Work } from '../work.ts'
import type { Statements } from './statements.ts'

export function* findRefreshable(statements: Statements, tenantId: string, connectionId: string): Work<Refreshable | undefined> {
  const row = yield* first(statements.selectRefreshable({ tenantId, connectionId }))
  if (!row) return undefined
  const found: Draft<Refreshable> = { connection: parseConnectionRow(row) }
  // Both are joined from tables that may hold nothing of it.
  if (row['connection_id'] !== null) found.schedule = parseScheduleRow(row)
  if (row['sealed'] !== null) {
    const { sealed, secret_grant_generation: grant_generation, secret_token_generation: token_generation } = row
    found.refreshToken = parseSecretRow(tenantId, connectionId, { field: 'refresh_token', sealed, grant_generation, token_generation })
  }
  return found
}
