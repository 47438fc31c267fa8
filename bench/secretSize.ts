import { randomBytes } from 'node:crypto'
import { toConnectionRow } from '../packages/next/src/store/rows/connectionRow.ts'
import { toSecretRow } from '../packages/next/src/store/rows/secretRow.ts'
import type { BenchDatabase } from './database/BenchDatabase.ts'
import { activeConnection } from './fillDatabase.ts'

const [batches, batch] = [40, 500]

/** Bytes that one sealed secret of 2 kB takes in the table of secrets, in a new database. */
export async function secretSize(database: BenchDatabase): Promise<number> {
  for (let index = 0; index < batches; index += 1) {
    await database.insert(
      Array.from({ length: batch }, (_, user) => {
        const connection = activeConnection(`org_${index}`, `user_${user}`)
        const { tenantId, id: connectionId, provider } = connection
        const secret = toSecretRow({ tenantId, connectionId, field: 'credential', sealed: randomBytes(2_048), grantGeneration: 1, tokenGeneration: 1 })
        return {
          connection: { ...toConnectionRow(connection), refresh_at: null },
          secrets: [{ ...secret, ...(database.kind === 'SQLite' ? {} : { tenant_id: tenantId, connection_id: connectionId }) }],
          schedule: { tenant_id: tenantId, connection_id: connectionId, provider, shard: 0, failure_count: 0 },
        }
      }),
    )
  }
  await database.settle()
  return (await database.secretBytes()) / (batches * batch)
}
