// A database as a busy app has it after a while.
import { generateKey } from '@authpipe/next'
import { secretContext } from '../packages/next/src/credentials/sealTokens.ts'
import { encodeSecret } from '../packages/next/src/credentials/storedSecret.ts'
import { toConnectionRow } from '../packages/next/src/store/rows/connectionRow.ts'
import { shardOf, toDueRow } from '../packages/next/src/store/rows/scheduleRow.ts'
import { toSecretRow } from '../packages/next/src/store/rows/secretRow.ts'
import { shardCount, type ConnectionRecord, type SecretField } from '../packages/next/src/store/store.ts'
import { createKeyring, parseKeys } from '../packages/next/src/vault/keyring.ts'
import { createVault } from '../packages/next/src/vault/vault.ts'
import { accessToken } from './accessToken.ts'
import type { BenchDatabase } from './database/BenchDatabase.ts'

/** What getCredential is asked with. */
export interface Ref {
  readonly provider: string
  readonly tenantId: string
  readonly userId: string
}

export interface Filled {
  readonly database: BenchDatabase
  readonly keys: string
  readonly refs: readonly Ref[]
}

const tenants = 1_000
const usersPerTenant = 100
const hour = 3_600_000

/** Writes 100 000 active LiveChat connections of 1 000 tenants to a new database, sealed as the server seals them. */
export async function fillDatabase(database: BenchDatabase): Promise<Filled> {
  const keys = generateKey()
  const store = await database.openStore()
  const vault = createVault({ store, keyManager: createKeyring(parseKeys(keys)) })
  await vault.ready()

  const refs: Ref[] = []
  for (let tenant = 0; tenant < tenants; tenant += 1) {
    const connections = Array.from({ length: usersPerTenant }, (_, user) => activeConnection(`org_${tenant}`, `user_${tenant * usersPerTenant + user}`))
    const refreshAt = Date.now() + 7 * hour
    await database.insert(
      await Promise.all(
        connections.map(async (connection) => {
          const { tenantId, id: connectionId, provider } = connection
          const seal = async (field: SecretField, plaintext: Uint8Array) => {
            const place = { tenantId, connectionId, field, grantGeneration: 1, tokenGeneration: 1 }
            return { ...toSecretRow({ ...place, sealed: await vault.seal(secretContext(provider, place), plaintext) }), ...(database.kind === 'SQLite' ? {} : { tenant_id: tenantId, connection_id: connectionId }) }
          }
          return {
            connection: { ...toConnectionRow(connection), refresh_at: refreshAt },
            secrets: [await seal('credential', encodeSecret({ accessToken })), await seal('refresh_token', new TextEncoder().encode('dal:refresh'))],
            schedule: { tenant_id: tenantId, connection_id: connectionId, provider, shard: shardOf(connectionId, shardCount), failure_count: 0, ...toDueRow({ refreshAt }) },
          }
        }),
      ),
    )
    for (const { tenantId, ownerId: userId, provider } of connections) refs.push({ provider, tenantId, userId })
  }
  await database.settle()
  vault.close()
  await store.close()
  return { database, keys, refs }
}

export function activeConnection(tenantId: string, userId: string): ConnectionRecord {
  const now = Date.now()
  return {
    id: crypto.randomUUID(),
    tenantId,
    provider: 'livechat',
    ownerId: userId,
    attachment: 'user',
    kind: 'user',
    credentialType: 'oauth_token',
    account: { id: `account of ${userId}`, label: `${userId}@example.com` },
    status: 'active',
    isDefault: true,
    scopes: ['chats--all:ro', 'agents--my:ro'],
    missingScopes: [],
    settings: {},
    healthState: 'healthy',
    healthCheckedAt: now,
    connectedAt: now,
    updatedAt: now,
    expiresAt: now + 8 * hour,
    revision: 1,
    grantGeneration: 1,
    tokenGeneration: 1,
  }
}
