import { sql as raw } from 'kysely'
import { defineQuery } from '../defineQuery.ts'
import type { CredentialReads } from '../records.ts'
import { integer, text } from '../rows/columns.ts'
import { sql } from '../tables.ts'
import { all, write, type Work } from '../work.ts'

// Of a connection that is there: a count that comes late brings no erased tenant back.
const addition = defineQuery<CredentialReads>(({ tenantId, connectionId, day, reads, lastReadAt }) =>
  sql
    .insertInto('credential_read')
    .columns(['tenant_id', 'connection_id', 'day', 'reads', 'last_read_at'])
    .expression(
      sql
        .selectFrom('connection')
        .select(['tenant_id', 'id', raw<string>`CAST(${day} AS text)`.as('day'), raw<number>`CAST(${reads} AS bigint)`.as('reads'), raw<number>`CAST(${lastReadAt} AS bigint)`.as('at')])
        .where('tenant_id', '=', tenantId)
        .where('id', '=', connectionId),
    )
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'connection_id', 'day']).doUpdateSet(({ eb, ref }) => ({
        reads: eb('credential_read.reads', '+', ref('excluded.reads')),
        last_read_at: ref('excluded.last_read_at'),
      })),
    ),
)

export function* addReads(counts: readonly CredentialReads[]): Work<boolean> {
  for (const { tenantId, connectionId, day, reads, lastReadAt } of counts) yield* write(addition({ tenantId, connectionId, day, reads, lastReadAt }))
  return true
}

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
