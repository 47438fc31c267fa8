// A database as a busy app has it after a while, written past the store: a hundred thousand durable commits would take minutes.
import { generateKey } from '@authpipe/next'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { secretContext } from '../packages/next/src/credentials/sealTokens.ts'
import { encodeSecret } from '../packages/next/src/credentials/storedSecret.ts'
import { toConnectionRow } from '../packages/next/src/store/rows/connectionRow.ts'
import { shardOf, toDueRow } from '../packages/next/src/store/rows/scheduleRow.ts'
import { toSecretRow } from '../packages/next/src/store/rows/secretRow.ts'
import { SqliteStore } from '../packages/next/src/store/sqlite/sqliteStore.ts'
import { shardCount, type ConnectionRecord, type SecretField } from '../packages/next/src/store/store.ts'
import { createKeyring, parseKeys } from '../packages/next/src/vault/keyring.ts'
import { createVault } from '../packages/next/src/vault/vault.ts'
import { accessToken } from './accessToken.ts'

/** What getCredential is asked with. */
export interface Ref {
  readonly provider: string
  readonly tenantId: string
  readonly userId: string
}

export interface Filled {
  readonly path: string
  readonly keys: string
  readonly refs: readonly Ref[]
}

const tenants = 1_000
const usersPerTenant = 100
const hour = 3_600_000

/** Writes 100 000 active LiveChat connections of 1 000 tenants to a new SQLite file, sealed as the server seals them. */
export async function fillDatabase(path: string): Promise<Filled> {
  const keys = generateKey()
  const store = new SqliteStore({ path })
  await store.open()
  const vault = createVault({ store, keyManager: createKeyring(parseKeys(keys)) })
  await vault.ready()

  const database = new DatabaseSync(path)
  database.exec('PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000')
  const statements = new Map<string, StatementSync>()
  const insert = (table: string, row: Readonly<Record<string, SQLInputValue>>): number => {
    const columns = Object.keys(row)
    const statement = statements.get(table) ?? database.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
    statements.set(table, statement)
    return Number(statement.run(...Object.values(row)).lastInsertRowid)
  }

  const refs: Ref[] = []
  for (let tenant = 0; tenant < tenants; tenant += 1) {
    const connections = Array.from({ length: usersPerTenant }, (_, user) => activeConnection(`org_${tenant}`, `user_${tenant * usersPerTenant + user}`))
    const rows = await Promise.all(
      connections.map(async (connection) => {
        const seal = async (field: SecretField, plaintext: Uint8Array) => {
          const place = { tenantId: connection.tenantId, connectionId: connection.id, field, grantGeneration: 1, tokenGeneration: 1 }
          return { ...place, sealed: await vault.seal(secretContext(connection.provider, place), plaintext) }
        }
        const secrets = [await seal('credential', encodeSecret({ accessToken })), await seal('refresh_token', new TextEncoder().encode('dal:refresh'))]
        return { connection, secrets }
      }),
    )
    database.exec('BEGIN')
    for (const { connection, secrets } of rows) {
      const refreshAt = Date.now() + 7 * hour
      const seq = insert('connection', { ...toConnectionRow(connection), refresh_at: refreshAt })
      for (const [offset, secret] of secrets.entries()) insert('secret', { seq: seq * 2 + offset, ...toSecretRow(secret) })
      const { tenantId, id: connectionId, provider, ownerId: userId } = connection
      const place = { tenant_id: tenantId, connection_id: connectionId, provider, shard: shardOf(connectionId, shardCount) }
      insert('schedule', { ...place, failure_count: 0, ...toDueRow({ refreshAt }) })
      refs.push({ provider, tenantId, userId })
    }
    database.exec('COMMIT')
  }
  database.close()
  vault.close()
  await store.close()
  return { path, keys, refs }
}

function activeConnection(tenantId: string, userId: string): ConnectionRecord {
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
