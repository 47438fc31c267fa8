import { AuthpipeError, createError, type CredentialQuery, type CredentialType } from '@authpipe/core'
import { commitChange } from '../commitChange.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { isId } from '../principal.ts'
import type { AnsweringConnection, ConnectionRecord, CredentialLookup, StoredCredential } from '../store/store.ts'
import type { SealContext } from '../vault/envelope.ts'
import { connectionNotFound, needsReauth } from './connectionErrors.ts'
import { fetchNewToken, type Refreshed } from './refreshCredential.ts'
import type { RevealedCredential } from './revealedCredential.ts'
import { secretContext } from './sealTokens.ts'
import { decodeSecret, revealApp, revealCredential } from './storedSecret.ts'

/**
 * The answer that this process remembers, while it is fresh. Only the plain question has one: a provider, a tenant, a user.
 * It costs one look-up, so the types are checked here by `typeof` and everything else on the way to the store.
 */
export function findRememberedCredential(engine: Engine, query: CredentialQuery): RevealedCredential | undefined {
  if (query.connectionId !== undefined || query.credentialType !== undefined || query.credentialFor !== undefined || query.forceRefresh) return undefined
  const { provider, tenantId, userId } = query
  if (typeof provider !== 'string' || typeof tenantId !== 'string' || (userId !== undefined && typeof userId !== 'string')) return undefined
  return engine.cache.find(provider, tenantId, userId, engine.now())
}

/**
 * Reads a credential from the store, refreshing it first where it is over, and behind the caller's back where it soon will be.
 *
 * @param evenFailed - opens the credential of a failed connection too, for a check that may find it mended
 * @throws {AuthpipeError} see `Authpipe.getCredential`
 */
export async function readCredential(engine: Engine, query: CredentialQuery, { evenFailed = false }: { readonly evenFailed?: boolean } = {}): Promise<RevealedCredential> {
  const lookup = checkQuery(engine, query)
  const epoch = engine.cache.epochOf(lookup.tenantId)
  const stored = (await engine.store.findCredential(lookup)) ?? (await findInstallation(engine, lookup))
  if (!stored) throw connectionNotFound()
  checkUsable(stored.connection, evenFailed)

  const need = query.forceRefresh === true && canBeForced(engine, stored) ? 'now' : refreshNeed(engine, stored)
  if (need === 'now') return refreshAndReveal(engine, lookup, stored, query.forceRefresh === true, evenFailed)
  if (need === 'impossible') return endWithoutRefresh(engine, stored.connection)
  const credential = reveal(engine, stored) ?? (await revealStored(engine, stored))
  if (need === 'soon') engine.background(refresh(engine, stored.connection))
  else remember(engine, query, stored, credential, epoch)
  return credential
}

function checkQuery(engine: Engine, query: CredentialQuery): CredentialLookup {
  const { provider: id, tenantId, userId, connectionId, credentialType, credentialFor = 'any' } = query
  if (!isId(tenantId)) throw createError('invalid_request', 'getCredential needs the tenantId of whoever the credential belongs to.')
  if (typeof id !== 'string') throw createError('invalid_request', 'getCredential needs the id of a provider, such as "livechat".')
  if (userId !== undefined && !isId(userId)) throw createError('invalid_request', 'The userId must be a non-empty string.')
  if (connectionId !== undefined && !isId(connectionId)) throw createError('invalid_request', 'The connectionId must be a non-empty string.')
  if (credentialType !== undefined && !credentialTypes.includes(credentialType)) throw createError('invalid_request', `The credentialType must be one of ${credentialTypes.join(', ')}.`)
  if (!['any', 'installation', 'user'].includes(credentialFor)) throw createError('invalid_request', 'credentialFor must be any, installation or user.')

  const provider = engine.registrations.get(id)
  const owned = provider.attachment === 'user' && credentialFor !== 'installation'
  // A webhook secret can serve the tenant where connections belong to users.
  if (owned && userId === undefined && credentialType !== 'webhook_secret') throw createError('invalid_request', `Connections of ${id} belong to users, so getCredential needs a userId.`)
  return {
    provider: id,
    tenantId,
    ownerId: owned ? (userId ?? '') : '',
    ...(connectionId === undefined ? {} : { connectionId }),
    ...(credentialType === undefined ? {} : { credentialType }),
    ...(credentialFor === 'any' ? {} : { kind: credentialFor }),
  }
}

/** An installation serves the whole tenant, so it answers where the user has no account of their own. */
async function findInstallation(engine: Engine, lookup: CredentialLookup): Promise<StoredCredential | undefined> {
  const isInstallable = engine.registrations.get(lookup.provider).definition.auth.some((way) => way.kind === 'installation')
  if (!isInstallable || lookup.ownerId === '' || lookup.kind === 'user') return undefined
  return engine.store.findCredential({ ...lookup, ownerId: '', kind: 'installation' })
}

const credentialTypes: readonly CredentialType[] = ['oauth_token', 'api_key', 'webhook_secret']

function checkUsable({ status, statusReason }: AnsweringConnection, evenFailed: boolean): void {
  if (status === 'revoked') throw connectionNotFound()
  if (status === 'needs_reauth') throw needsReauth(statusReason)
  if (status === 'failed' && !evenFailed) {
    throw createError('credential_rejected', 'The provider refuses this account for a reason that connecting again does not mend.', { details: { reason: statusReason ?? 'access_denied' } })
  }
}

/** What a token needs: nothing, a refresh behind the caller's back, one before the answer, or one that cannot be had. */
function refreshNeed(engine: Engine, { connection: { expiresAt }, refreshAt }: StoredCredential): 'none' | 'soon' | 'now' | 'impossible' {
  if (expiresAt === undefined) return 'none'
  const now = engine.now()
  const isOver = expiresAt <= now
  if (refreshAt === undefined) return isOver ? 'impossible' : 'none'
  // While refreshing fails, `refreshAt` is when the next try is due: the refresh itself says why it waits.
  if (now < refreshAt) return isOver ? 'now' : 'none'
  return expiresAt - now <= engine.config.refresh.minLifeMs ? 'now' : 'soon'
}

/** A forced refresh right after another one gets that one's answer, so that a caller who always forces cannot flood the provider. */
function canBeForced(engine: Engine, { connection }: StoredCredential): boolean {
  const isRecent = connection.tokenGeneration > 1 && engine.now() - connection.updatedAt < engine.config.refresh.minForceIntervalMs
  return connection.credentialType === 'oauth_token' && !isRecent
}

function refresh(engine: Engine, { tenantId, id, tokenGeneration }: AnsweringConnection): Promise<Refreshed> {
  return fetchNewToken(engine, { tenantId, connectionId: id }, tokenGeneration)
}

async function refreshAndReveal(engine: Engine, lookup: CredentialLookup, stored: StoredCredential, isForced: boolean, evenFailed: boolean): Promise<RevealedCredential> {
  let refreshed: Refreshed
  try {
    refreshed = await refresh(engine, stored.connection)
  } catch (error) {
    const isStillGood = !isForced && error instanceof AuthpipeError && error.code !== 'needs_reauth' && (stored.connection.expiresAt ?? 0) > engine.now()
    if (isStillGood) return revealStored(engine, stored)
    throw error
  }
  if (refreshed.accessToken !== undefined) {
    const { connection, accessToken } = refreshed
    checkUsable(connection, evenFailed)
    return revealCredential(await engine.registrations.get(connection.provider).at(connection), connection, { accessToken }).asRefreshed()
  }
  const renewed = await engine.store.findCredential({ ...lookup, connectionId: stored.connection.id })
  if (!renewed) throw connectionNotFound()
  checkUsable(renewed.connection, evenFailed)
  return (await revealStored(engine, renewed)).asRefreshed()
}

/** Opens a stored credential at once where the tenant's key and registration are at hand. */
function reveal(engine: Engine, { connection, sealed }: StoredCredential): RevealedCredential | undefined {
  const provider = engine.registrations.get(connection.provider).at(connection)
  if (provider instanceof Promise) return undefined
  if (connection.kind === 'installation') return revealApp(provider, connection)
  if (sealed === undefined) throw connectionNotFound()
  const plaintext = engine.vault.openCached(sealContext(connection), sealed)
  return plaintext && revealCredential(provider, connection, decodeSecret(plaintext))
}

/** Opens a stored credential as it is. */
export async function revealStored(engine: Engine, { connection, sealed }: StoredCredential): Promise<RevealedCredential> {
  const provider = await engine.registrations.get(connection.provider).at(connection)
  if (connection.kind === 'installation') return revealApp(provider, connection)
  if (sealed === undefined) throw connectionNotFound()
  const plaintext = await engine.vault.open(sealContext(connection), sealed)
  return revealCredential(provider, connection, decodeSecret(plaintext))
}

function sealContext(connection: AnsweringConnection): SealContext {
  const { tenantId, id: connectionId, grantGeneration, tokenGeneration } = connection
  return secretContext(connection.provider, { tenantId, connectionId, field: 'credential', grantGeneration, tokenGeneration })
}

/** Keeps the answer to a plain question until it may be out of date. */
function remember(engine: Engine, query: CredentialQuery, { connection, refreshAt }: StoredCredential, credential: RevealedCredential, epoch: number): void {
  if (query.connectionId !== undefined || query.credentialType !== undefined || (query.credentialFor ?? 'any') !== 'any') return
  const now = engine.now()
  const freshUntil = Math.min(now + engine.config.cache.maxStaleMs, refreshAt ?? Infinity, connection.expiresAt ?? Infinity)
  if (freshUntil > now) engine.cache.put({ provider: query.provider, tenantId: query.tenantId, userId: query.userId }, credential, freshUntil, epoch)
}

/** A token that is over and was never refreshable: only the user can mend it. */
async function endWithoutRefresh(engine: Engine, { tenantId, id: connectionId, tokenGeneration }: AnsweringConnection): Promise<never> {
  const now = engine.now()
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection) throw connectionNotFound()
  if (connection.tokenGeneration !== tokenGeneration) throw createError('refresh_failed', 'The connection was renewed while it was read. Try again.')
  const after: ConnectionRecord = { ...connection, status: 'needs_reauth', statusReason: 'refresh_token_expired', updatedAt: now }
  await commitChange(engine, { tenantId, connectionId, expect: connection, connection: after }, [
    createEvent('connection.needs_reauth', after, now, { reason: 'refresh_token_expired' }),
  ])
  throw needsReauth('refresh_token_expired')
}
