import { defineQuery } from '../defineQuery.ts'
import type { CredentialReads } from '../records.ts'
import { integer, text } from '../rows/columns.ts'
import { sql } from '../tables.ts'
import { all, write, type Work } from '../work.ts'

const listing = defineQuery<{ readonly tenantId: string; readonly connectionId?: string }>(({ tenantId, connectionId }) =>
  sql
    .selectFrom('credential_read')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .$if(connectionId !== undefined, (query) => (connectionId ? query.where('connection_id', '=', connectionId) : query))
    .orderBy('day', 'desc')
    .orderBy('connection_id'),
)

export function* listReads(tenantId: string, connectionId?: string): Work<CredentialReads[]> {
  const rows = yield* all(listing({ tenantId, ...(connectionId === undefined ? {} : { connectionId }) }))
  return rows.map((row) => ({
    tenantId,
    connectionId: text(row, 'connection_id'),
    day: text(row, 'day'),
    reads: integer(row, 'reads'),
    lastReadAt: integer(row, 'last_read_at'),
  }))
}

const deletion = defineQuery<{ readonly before: string }>(({ before }) => sql.deleteFrom('credential_read').where('day', '<', before))

export function* deleteReads(dayBefore: string): Work<number> {
  return yield* write(deletion({ before: dayBefore }))
}
