import { authpipe } from './authpipe.ts'
import { people } from './people.ts'

/** How many connections of a company have a status, by its id. Metrics know no tenants, so these come from the database. */
export type ConnectionCounts = Readonly<Record<string, Readonly<Partial<Record<string, number>>>>>

export async function countConnections(): Promise<ConnectionCounts> {
  const tenantIds = [...new Set(people.map(({ tenantId }) => tenantId))]
  const counted = await Promise.all(
    tenantIds.map(async (tenantId) => {
      const byStatus = Map.groupBy(await authpipe.listConnections({ tenantId }), ({ status }) => status)
      return [tenantId, Object.fromEntries([...byStatus].map(([status, { length }]) => [status, length]))] as const
    }),
  )
  return Object.fromEntries(counted)
}
