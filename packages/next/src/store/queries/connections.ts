import { sql } from '../tables.ts'
import { defineQuery } from '../defineQuery.ts'
import { connectionColumns, parseConnectionRow } from '../rows/connectionRow.ts'
import type { ConnectionRecord } from '../records.ts'
import type { AccountKey, ConnectionFilter, ProviderPage } from '../store.ts'
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

const ofTenant = defineQuery<{ readonly tenantId: string }>(({ tenantId }) => selectConnections().where('c.tenant_id', '=', tenantId).orderBy('c.id'))

export function* listConnectionsOfTenant(tenantId: string): Work<ConnectionRecord[]> {
  return (yield* all(ofTenant({ tenantId }))).map(parseConnectionRow)
}

const ofAccount = defineQuery<{ readonly provider: string; readonly accountId: string }>(({ provider, accountId }) =>
  selectConnections().where('c.provider', '=', provider).where('c.account_id', '=', accountId).where('c.status', '<>', 'revoked'),
)

export function* listConnectionsOfAccount(provider: string, accountId: string): Work<ConnectionRecord[]> {
  return (yield* all(ofAccount({ provider, accountId }))).map(parseConnectionRow)
}

interface PageQuery {
  readonly provider: string
  readonly limit: number
  readonly tenantId?: string
  readonly afterAccount?: string
  readonly afterTenant?: string
  readonly afterId?: string
}

/** In the order of the index by provider and account. */
const ofProvider = defineQuery<PageQuery>(({ provider, limit, tenantId, afterAccount, afterTenant, afterId }) =>
  selectConnections()
    .where('c.provider', '=', provider)
    .where('c.status', '<>', 'revoked')
    .where('c.credential_type', '<>', 'webhook_secret')
    .$if(tenantId !== undefined, (query) => (tenantId ? query.where('c.tenant_id', '=', tenantId) : query))
    .$if(afterAccount !== undefined, (query) =>
      afterAccount && afterTenant && afterId
        ? query.where((eb) => eb(eb.refTuple('c.account_id', 'c.tenant_id', 'c.id'), '>', eb.tuple(afterAccount, afterTenant, afterId)))
        : query,
    )
    .orderBy('c.account_id')
    .orderBy('c.tenant_id')
    .orderBy('c.id')
    .limit(limit),
)

export function* listConnectionsOfProvider({ provider, tenantId, after, limit }: ProviderPage): Work<ConnectionRecord[]> {
  const values = {
    provider,
    limit,
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(after ? { afterAccount: after.account.id, afterTenant: after.tenantId, afterId: after.id } : {}),
  }
  return (yield* all(ofProvider(values))).map(parseConnectionRow)
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
