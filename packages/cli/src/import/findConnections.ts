import type { ConnectionToImport } from '@authpipe/next'
import type { FoundConnection, Layout } from './Layout.ts'
import { InvalidRow, type RowProblem, type SourceRow } from './SourceRow.ts'

/** Which tenant a connection is for. */
export type TenantChoice =
  | { readonly kind: 'one'; readonly tenantId: string }
  | { readonly kind: 'user' }
  | { readonly kind: 'organization' }
  | { readonly kind: 'listed'; readonly byUser: ReadonlyMap<string, string> }
  /** Rows name it themselves. */
  | { readonly kind: 'named' }

/** A connection to import, and the row that it stands in. */
export interface NamedConnection {
  readonly row: string
  readonly connection: ConnectionToImport
}

/** What rows come to. */
export interface FoundConnections {
  readonly connections: readonly NamedConnection[]
  readonly problems: readonly RowProblem[]
  /** Rows that hold no tokens and no key. */
  readonly empty: number
  /** Rows of providers that were not named. */
  readonly others: number
}

/**
 * Reads rows into connections to import.
 *
 * @param providers - our ids by theirs; where there are any, rows of other providers are left out
 */
export function findConnections(rows: readonly SourceRow[], layout: Layout, providers: ReadonlyMap<string, string>, tenant: TenantChoice): FoundConnections {
  const connections: NamedConnection[] = []
  const problems: RowProblem[] = []
  const seen = new Map<string, string>()
  let [empty, others] = [0, 0]
  for (const { name: row, value } of rows) {
    try {
      const found = layout.read(value)
      if (!found) empty += 1
      else if (providers.size > 0 && !providers.has(found.provider)) others += 1
      else {
        const connection = complete(found, providers.get(found.provider) ?? found.provider, tenant)
        checkSingle(connection, row, seen)
        connections.push({ row, connection })
      }
    } catch (error) {
      if (!(error instanceof InvalidRow)) throw error
      problems.push({ row, problem: error.message })
    }
  }
  return { connections, problems, empty, others }
}

function complete({ organizationId, ...found }: FoundConnection, provider: string, tenant: TenantChoice): ConnectionToImport {
  return { ...found, provider, tenantId: found.tenantId ?? tenantOf({ ...found, ...(organizationId === undefined ? {} : { organizationId }) }, tenant) }
}

function tenantOf({ userId, organizationId }: FoundConnection, tenant: TenantChoice): string {
  switch (tenant.kind) {
    case 'one':
      return tenant.tenantId
    case 'user':
      if (userId === undefined) throw new InvalidRow('It names no user who could be the tenant.')
      return userId
    case 'organization':
      if (organizationId === undefined) throw new InvalidRow('It names no organization that could be the tenant: use --tenant or --tenants.')
      return organizationId
    case 'listed': {
      const tenantId = tenant.byUser.get(userId ?? '')
      if (tenantId === undefined) throw new InvalidRow('Its user is not in the file of --tenants.')
      return tenantId
    }
    case 'named':
      throw new InvalidRow('It has no tenantId: add it, or use --tenant.')
  }
}

/** A refresh token that is used twice ends its grant at many providers. */
function checkSingle({ provider, tenantId, userId, sourceId, refreshToken }: ConnectionToImport, row: string, seen: Map<string, string>): void {
  const source = JSON.stringify([provider, tenantId, userId, sourceId])
  const token = JSON.stringify([provider, refreshToken])
  const [sameSource, sameToken] = [seen.get(source), refreshToken === undefined ? undefined : seen.get(token)]
  if (sameSource !== undefined) throw new InvalidRow(`It is the same connection as ${sameSource}: keep the one with the newer tokens.`)
  if (sameToken !== undefined) throw new InvalidRow(`It has the refresh token of ${sameToken}, and only one connection can use it: keep one of them.`)
  seen.set(source, row)
  seen.set(token, row)
}
