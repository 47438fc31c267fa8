import { sql } from '../tables.ts'
import { defineQuery } from '../defineQuery.ts'
import { connectionColumns, parseConnectionRow } from '../rows/connectionRow.ts'
import type { ConnectionRecord } from '../records.ts'
import type { AccountKey, ConnectionFilter } from '../store.ts'
import { all, first, type Work } from '../work.ts'
import type { ConnectionRef } from './statements.ts'

const columns = [...connectionColumns.map((column) => `c.${column}` as const), 's.checked_at'] as const

/** Connections with the time of their last check. */
const selectConnections = () =>
  sql
    .selectFrom('connection as c')
    .leftJoin('schedule as s', (join) => join.onRef('s.tenant_id', '=', 'c.tenant_id').onRef('s.connection_id', '=', 'c.id'))
    .select(columns)

const byId = defineQuery<ConnectionRef>(({ tenantId, connectionId }) =>
  selectConnections().where('c.tenant_id', '=', tenantId).where('c.id', '=', connectionId),
)

export function* findConnection(tenantId: string, connectionId: string): Work<ConnectionRecord | undefined> {
  const row = yield* first(byId({ tenantId, connectionId }))
  return row && parseConnectionRow(row)
}

export function* listConnections({ tenantId, ownerIds, provider, credentialType }: ConnectionFilter): Work<ConnectionRecord[]> {
  if (ownerIds?.length === 0) return []
  const rows = yield* all(
    selectConnections()
      .where('c.tenant_id', '=', tenantId)
      .where('c.status', '<>', 'revoked')
      .where('c.credential_type', credentialType === undefined ? '<>' : '=', credentialType ?? 'webhook_secret')
      .$if(ownerIds !== undefined, (query) => query.where('c.owner_id', 'in', ownerIds ?? []))
      .$if(provider !== undefined, (query) => query.where('c.provider', '=', provider ?? ''))
      .orderBy('c.connected_at', 'desc')
      .orderBy('c.id', 'desc'),
  )
  return rows.map(parseConnectionRow)
}

const ofAccount = defineQuery<{ readonly provider: string; readonly accountId: string }>(({ provider, accountId }) =>
  selectConnections().where('c.provider', '=', provider).where('c.account_id', '=', accountId).where('c.status', '=', 'active'),
)

export function* listConnectionsOfAccount(provider: string, accountId: string): Work<ConnectionRecord[]> {
  return (yield* all(ofAccount({ provider, accountId }))).map(parseConnectionRow)
}

const byAccount = defineQuery<AccountKey>(({ tenantId, provider, ownerId, kind, credentialType, accountId }) =>
  selectConnections()
    .where('c.tenant_id', '=', tenantId)
    .where('c.provider', '=', provider)
    .where('c.owner_id', '=', ownerId)
    .where('c.kind', '=', kind)
    .where('c.credential_type', '=', credentialType)
    .where('c.account_id', '=', accountId),
)

export function* findConnectionByAccount({ tenantId, provider, ownerId, kind, credentialType, accountId }: AccountKey): Work<ConnectionRecord | undefined> {
  const row = yield* first(byAccount({ tenantId, provider, ownerId, kind, credentialType, accountId }))
  return row && parseConnectionRow(row)
}
