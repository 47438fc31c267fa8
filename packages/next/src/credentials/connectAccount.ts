// Making a new grant lasting: a new connection, or an old one mended.
import { createError, InvalidShape, type Account } from '@authpipe/core'
import { randomUUID } from 'node:crypto'
import { commitChange } from '../commitChange.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import type { TokenSet } from '../oauth/tokenResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'
import type { Change, ConnectionRecord } from '../store/store.ts'
import { sendProviderRequest } from './providerRequest.ts'
import { refreshTime } from './refreshTime.ts'
import { sealTokens } from './sealTokens.ts'

/** A grant that was just made, and for whom. */
export interface NewGrant {
  readonly tenantId: string
  /** `''` where the connection serves the whole tenant. */
  readonly ownerId: string
  readonly provider: RegisteredProvider
  readonly tokens: TokenSet
  /** Scopes that were asked for. */
  readonly scopes: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  /** The connection to mend; its account must be the same. */
  readonly connectionId?: string
  /** The session that this ends. */
  readonly sessionId: string
}

export interface Connected {
  readonly connection: ConnectionRecord
  /** Whether a connection that was there before was mended. */
  readonly reconnected: boolean
}

/**
 * Finds out whose account a grant is for and stores it, together with the end of its session.
 *
 * @throws {AuthpipeError} `account_mismatch` when another account than before was connected; `connection_not_found` when the
 * connection to mend is gone; `provider_response_invalid` when the provider does not say which account it is
 */
export async function connectAccount(engine: Engine, grant: NewGrant): Promise<Connected> {
  const account = await identify(engine, grant)
  // Somebody may store the same account at the same moment: then there is a row now, and this one mends it.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const before = await findBefore(engine, grant, account)
    const connected = await store(engine, grant, account, before)
    if (connected) return connected
  }
  throw createError('store_unavailable', 'The connection was changed by others each time it was to be stored. Connect again.')
}

async function identify(engine: Engine, { provider, tokens, scopes, settings }: NewGrant): Promise<Account> {
  const credential = { headers: { Authorization: `Bearer ${tokens.accessToken}` } }
  try {
    const account = await provider.definition.identity({
      tokenResponse: tokens.extra,
      scopes: tokens.scopes ?? scopes,
      settings,
      request: (request) => sendProviderRequest(engine.outbound.fetch, provider, settings, credential, request),
    })
    if (typeof account.id !== 'string' || account.id === '') throw new InvalidShape('account.id', 'a string with content')
    return account.label === undefined ? { id: account.id } : { id: account.id, label: account.label.slice(0, 200) }
  } catch (error) {
    if (!(error instanceof InvalidShape)) throw error
    throw createError('provider_response_invalid', `${provider.definition.name} did not say which account was connected. Nothing was stored. Connect again.`, { cause: error })
  }
}

async function findBefore(engine: Engine, grant: NewGrant, account: Account): Promise<ConnectionRecord | undefined> {
  if (grant.connectionId === undefined) {
    const { tenantId, ownerId, provider } = grant
    return engine.store.findConnectionByAccount({ tenantId, provider: provider.id, ownerId, kind: 'user', credentialType: 'oauth_token', accountId: account.id })
  }
  const before = await engine.store.findConnection(grant.tenantId, grant.connectionId)
  if (!before || before.status === 'revoked') throw createError('connection_not_found', 'The connection that was to be mended is gone. Connect anew.')
  if (before.account.id !== account.id) {
    throw createError('account_mismatch', 'Another account was connected than before. Nothing was changed. Sign in to the right account, or add this one as a second.')
  }
  return before
}

/** @returns `undefined` when it was overtaken */
async function store(engine: Engine, grant: NewGrant, account: Account, before: ConnectionRecord | undefined): Promise<Connected | undefined> {
  const { tenantId, ownerId, provider, tokens, settings } = grant
  const now = engine.now()
  const lifetimeSeconds = Math.max(1, tokens.lifetimeSeconds ?? provider.oauth.definition.accessTokenLifetimeSeconds)
  const expiresAt = now + lifetimeSeconds * 1000
  const scopes = tokens.scopes ?? grant.scopes
  const wasAlive = before !== undefined && before.status !== 'revoked'
  const connection: ConnectionRecord = {
    id: before?.id ?? randomUUID(),
    tenantId,
    provider: provider.id,
    ownerId,
    attachment: provider.attachment,
    kind: 'user',
    credentialType: 'oauth_token',
    account,
    status: 'active',
    isDefault: wasAlive ? before.isDefault : !(await hasDefault(engine, grant)),
    scopes,
    missingScopes: grant.scopes.filter((scope) => !scopes.includes(scope)),
    settings,
    healthState: 'healthy',
    healthCheckedAt: now,
    connectedAt: wasAlive ? before.connectedAt : now,
    updatedAt: now,
    expiresAt,
    grantGeneration: (before?.grantGeneration ?? 0) + 1,
    tokenGeneration: (before?.tokenGeneration ?? 0) + 1,
  }
  const change: Change = {
    tenantId,
    connectionId: connection.id,
    expect: before ? { grantGeneration: before.grantGeneration } : 'absent',
    connection,
    secrets: await sealTokens(engine, connection, tokens),
    // A new grant without a refresh token must not be refreshed with the old grant's.
    ...(tokens.refreshToken === undefined ? { removeSecrets: ['refresh_token'] } : {}),
    schedule: {
      tenantId,
      connectionId: connection.id,
      provider: provider.id,
      ...(tokens.refreshToken === undefined ? {} : { refreshAt: refreshTime(now, expiresAt, engine.config.refresh.aheadMs) }),
      failureCount: 0,
    },
    session: { id: grant.sessionId, outcome: { status: 'complete', resultConnectionId: connection.id, reconnected: wasAlive } },
  }
  const event = createEvent(wasAlive ? 'connection.reconnected' : 'connection.created', connection, now)
  return (await commitChange(engine, change, [event])) ? { connection, reconnected: wasAlive } : undefined
}

async function hasDefault(engine: Engine, { tenantId, ownerId, provider }: NewGrant): Promise<boolean> {
  const siblings = await engine.store.listConnections({ tenantId, ownerIds: [ownerId], provider: provider.id })
  return siblings.some((sibling) => sibling.isDefault && sibling.kind === 'user' && sibling.credentialType === 'oauth_token')
}
