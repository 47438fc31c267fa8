// Making a verified credential lasting: a new connection, or an old one mended.
import { createError, type Account, type AuthpipeError, type CredentialType } from '@authpipe/core'
import { randomUUID } from 'node:crypto'
import { commitChange } from '../commitChange.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { firstCheckAt } from '../health/checkTime.ts'
import type { RegisteredProvider } from '../registrations.ts'
import type { Change, ConnectionRecord, SchedulePatch, SecretField, SecretRecord } from '../store/store.ts'
import type { ConnectionRef } from './connectionErrors.ts'
import { endConnection } from './disconnect.ts'
import { refreshTime } from './refreshTime.ts'
import { sealSecret } from './sealTokens.ts'
import { isUnverified } from './unverifiedAccount.ts'

/** A credential that the provider accepts, and whose it is. */
export interface NewCredential {
  readonly tenantId: string
  /** `''` where the connection serves the whole tenant. */
  readonly ownerId: string
  readonly provider: RegisteredProvider
  /** @defaultValue `user` */
  readonly kind?: 'user' | 'installation'
  readonly credentialType: CredentialType
  readonly account: Account
  /**
   * Whether the provider has just accepted it.
   * @defaultValue `true`
   */
  readonly isVerified?: boolean
  /** Plaintexts by field. A field that is not here is removed: an old grant's secret never serves a new one. */
  readonly secrets: Readonly<Partial<Record<SecretField, Uint8Array>>>
  /** Epoch milliseconds; `undefined` for what does not expire. */
  readonly expiresAt: number | undefined
  /** When the grant ends by age. @defaultValue never */
  readonly grantTimes?: Pick<SchedulePatch, 'grantEndsAt' | 'warnAt'>
  readonly scopes: readonly string[]
  /** Asked for and not granted. */
  readonly missingScopes: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  /** The connection to mend; its account must be the same, once the provider has named it. */
  readonly connectionId?: string | undefined
  /** The session that this ends. */
  readonly sessionId?: string
}

export interface StoredConnection {
  readonly connection: ConnectionRecord
  /** Whether a connection that was there before was mended. */
  readonly reconnected: boolean
}

const fields: readonly SecretField[] = ['credential', 'refresh_token']
/** How often others may come between. */
const mostAttempts = 5

/**
 * Stores a new credential together with its connection, schedule, event and the end of its session.
 *
 * @throws {AuthpipeError} `account_mismatch` when another account than before was connected; `connection_not_found` when the
 * connection to mend is gone; `store_unavailable` (retryable)
 */
export async function storeConnection(engine: Engine, fresh: NewCredential): Promise<StoredConnection> {
  const { tenantId, connectionId } = fresh
  // Somebody may store the same account at the same moment: then there is a row now, and this one mends it.
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const stored = await storeOver(engine, fresh, await findBefore(engine, fresh))
    if (!stored) continue
    if (connectionId !== undefined && connectionId !== stored.connection.id) await endDouble(engine, { tenantId, connectionId })
    return stored
  }
  throw overtaken()
}

/**
 * Stores a new credential under an id that was chosen for it, unless a connection has that id, or had it once.
 *
 * @returns whether it was stored
 * @throws {AuthpipeError} `store_unavailable` (retryable)
 */
export async function storeConnectionAs(engine: Engine, connectionId: string, fresh: NewCredential): Promise<boolean> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    if (await engine.store.findConnection(fresh.tenantId, connectionId)) return false
    if (await storeOver(engine, fresh, undefined, connectionId)) return true
  }
  throw overtaken()
}

const overtaken = (): AuthpipeError => createError('store_unavailable', 'The connection was changed by others each time it was to be stored. Connect again.')

/** Ends what was reconnected while nobody knew its account, and turned out to be of one that has a connection: that one was mended. */
async function endDouble(engine: Engine, { tenantId, connectionId }: ConnectionRef): Promise<void> {
  for (;;) {
    const double = await engine.store.findConnection(tenantId, connectionId)
    if (!double || double.status === 'revoked' || !isUnverified(double.account)) return
    if (await endConnection(engine, double, 'disconnected', 'never')) return
  }
}

async function findBefore(engine: Engine, fresh: NewCredential): Promise<ConnectionRecord | undefined> {
  const { tenantId, ownerId, provider, kind = 'user', credentialType, account, connectionId } = fresh
  const findByAccount = () => engine.store.findConnectionByAccount({ tenantId, provider: provider.id, ownerId, kind, credentialType, accountId: account.id })
  if (connectionId === undefined) return findByAccount()
  const before = await engine.store.findConnection(tenantId, connectionId)
  if (!before || before.status === 'revoked') throw createError('connection_not_found', 'The connection that was to be mended is gone. Connect anew.')
  // Where nobody knew whose it was, any account is the right one, and it may have a connection.
  if (isUnverified(before.account) && before.provider === provider.id && before.ownerId === ownerId && before.credentialType === credentialType) {
    return (await findByAccount()) ?? before
  }
  if (before.account.id !== account.id) {
    throw createError('account_mismatch', 'Another account was connected than before. Nothing was changed. Sign in to the right account, or add this one as a second.')
  }
  return before
}

/**
 * @param id - of a new connection
 * @returns `undefined` when it was overtaken
 */
async function storeOver(engine: Engine, fresh: NewCredential, before: ConnectionRecord | undefined, id: string = randomUUID()): Promise<StoredConnection | undefined> {
  const { tenantId, ownerId, provider, kind = 'user', credentialType, account, isVerified = true, secrets, expiresAt, grantTimes = {}, scopes, missingScopes, settings, sessionId } = fresh
  const now = engine.now()
  const wasAlive = before !== undefined && before.status !== 'revoked'
  const connection: ConnectionRecord = {
    id: before?.id ?? id,
    tenantId,
    provider: provider.id,
    ownerId,
    attachment: kind === 'installation' ? 'tenant' : provider.attachment,
    kind,
    credentialType,
    account,
    status: 'active',
    isDefault: wasAlive ? before.isDefault : !(await hasDefault(engine, fresh)),
    scopes,
    missingScopes,
    settings,
    ...(isVerified ? { healthState: 'healthy', healthCheckedAt: now } : { healthState: 'unknown' }),
    connectedAt: wasAlive ? before.connectedAt : now,
    updatedAt: now,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    revision: (before?.revision ?? 0) + 1,
    grantGeneration: (before?.grantGeneration ?? 0) + 1,
    tokenGeneration: (before?.tokenGeneration ?? 0) + 1,
  }
  const sealed: SecretRecord[] = []
  for (const field of fields) {
    const plaintext = secrets[field]
    if (plaintext) sealed.push(await sealSecret(engine, connection, field, plaintext))
  }
  const isRefreshable = expiresAt !== undefined && secrets.refresh_token !== undefined
  const change: Change = {
    tenantId,
    connectionId: connection.id,
    expect: before ?? 'absent',
    connection,
    secrets: sealed,
    removeSecrets: fields.filter((field) => secrets[field] === undefined),
    schedule: {
      refreshAt: isRefreshable ? refreshTime(now, expiresAt, engine.config.refresh.aheadMs) : null,
      checkAt: firstCheckAt(engine, isVerified),
      refreshedAt: null,
      failingSince: null,
      failureCount: 0,
      failureClass: null,
      suspectedAt: null,
      demotedAt: null,
      warnAt: null,
      grantEndsAt: null,
      ...grantTimes,
    },
    // Whatever was asked with the old grant speaks of the old grant.
    endLease: 'any',
    ...(sessionId === undefined ? {} : { session: { id: sessionId, outcome: { status: 'complete', resultConnectionId: connection.id, reconnected: wasAlive } } }),
  }
  const event = createEvent(wasAlive ? 'connection.reconnected' : 'connection.created', connection, now)
  return (await commitChange(engine, change, [event])) ? { connection, reconnected: wasAlive } : undefined
}

async function hasDefault(engine: Engine, { tenantId, ownerId, provider, kind = 'user', credentialType }: NewCredential): Promise<boolean> {
  const siblings = await engine.store.listConnections({ tenantId, ownerIds: [ownerId], provider: provider.id })
  return siblings.some((sibling) => sibling.isDefault && sibling.kind === kind && sibling.credentialType === credentialType)
}
