import { AuthpipeError, createError, type CredentialQuery, type CredentialType } from '@authpipe/core'
import { RevealedCredential } from '@authpipe/core/server'
import { setTimeout as sleep } from 'node:timers/promises'
import { commitChange } from '../commitChange.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { isId } from '../principal.ts'
import { isHandedOver } from '../store/handOver.ts'
import type { AnsweringConnection, ConnectionRecord, CredentialLookup, StoredCredential } from '../store/store.ts'
import type { SealContext } from '../vault/envelope.ts'
import { connectionNotFound, handedOverError, needsReauth } from './connectionErrors.ts'
import { fetchNewToken, type Refreshed } from './refreshCredential.ts'
import { secretContext } from './sealTokens.ts'
import type { TenantEpoch } from './credentialCache.ts'
import type { FramedCredential } from './framedCredential.ts'
import { decodeSecret, frameApp, frameCredential } from './storedSecret.ts'

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
 * The answer that this process remembers, also when it is a little too old, where the database cannot be asked.
 *
 * @security A disconnect that another process made meanwhile is not known.
 */
function findOutlasting(engine: Engine, query: CredentialQuery, error: unknown): RevealedCredential | undefined {
  if (!(error instanceof AuthpipeError && error.code === 'store_unavailable') || !isPlain(query)) return undefined
  const { provider, tenantId, userId } = query
  return engine.cache.findOutlasting({ provider, tenantId, userId }, engine.now(), engine.config.cache.maxOutageMs)
}

export interface ReadingOptions {
  readonly evenFailed?: boolean
  readonly deadGeneration?: number | undefined
}

/**
 * Reads a credential from the store, refreshing it first where it is over, and behind the caller's back where it soon will be.
 *
 * @param how - `evenFailed` opens the credential of a failed connection too, for a check that may find it mended; `deadGeneration`
 * is what a caller who forces a refresh wants to get rid of: where a newer one is stored, it answers
 * @throws {AuthpipeError} see `Authpipe.getCredential`
 */
export async function readCredential(engine: Engine, query: CredentialQuery, how: ReadingOptions = {}): Promise<RevealedCredential> {
  const lookup = checkQuery(engine, query)
  return engine.telemetry.measure('read', { provider: lookup.provider, store: engine.storeKind }, () => readFromStore(engine, query, lookup, how))
}

async function readFromStore(engine: Engine, query: CredentialQuery, lookup: CredentialLookup, how: ReadingOptions): Promise<RevealedCredential> {
  const { evenFailed = false, deadGeneration = Infinity } = how
  const epoch = engine.cache.epochOf(lookup.tenantId)
  let stored: StoredCredential | undefined
  try {
    stored = (await engine.store.findCredential(lookup)) ?? (await findInstallation(engine, lookup))
  } catch (error) {
    const outlasting = findOutlasting(engine, query, error)
    if (outlasting) return outlasting
    throw error
  }
  if (!stored) throw connectionNotFound()
  checkUsable(stored.connection, evenFailed)

  const isForced = query.forceRefresh === true && deadGeneration >= stored.connection.tokenGeneration && canBeForced(engine, stored)
  const need = isForced ? 'now' : refreshNeed(engine, stored)
  if (need === 'now') return refreshAndReveal(engine, lookup, stored, query.forceRefresh === true, evenFailed)
  if (need === 'impossible') return endWithoutRefresh(engine, stored.connection)
  const credential = openAtOnce(engine, stored) ?? (await open(engine, stored))
  if (need === 'soon') engine.background(refresh(engine, stored.connection))
  else remember(engine, query, stored, credential, epoch)
  return new RevealedCredential(credential)
}

/** {@link readCredential} for who is handed the credential: it is counted. */
export async function revealCredential(engine: Engine, query: CredentialQuery, how: ReadingOptions = {}): Promise<RevealedCredential> {
  const credential = await readCredential(engine, query, how)
  engine.reads.add(query.tenantId, credential.connectionId)
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
  const lifeMs = isForced ? 0 : (stored.connection.expiresAt ?? 0) - engine.now()
  let refreshed: Refreshed | undefined
  try {
    // A token that has some life left is not outlived by the wait for its successor.
    refreshed = lifeMs > 0 ? await orNothing(refresh(engine, stored.connection), lifeMs / 2) : await refresh(engine, stored.connection)
  } catch (error) {
    const isStillGood = !isForced && error instanceof AuthpipeError && error.code !== 'needs_reauth' && (stored.connection.expiresAt ?? 0) > engine.now()
    if (!isStillGood) throw error
  }
  if (!refreshed) return revealStored(engine, stored)
  if (refreshed.accessToken !== undefined) {
    const { connection, accessToken } = refreshed
    checkUsable(connection, evenFailed)
    return new RevealedCredential(frameCredential(await engine.registrations.get(connection.provider).at(connection), connection, { accessToken }), true)
  }
  const renewed = await engine.store.findCredential({ ...lookup, connectionId: stored.connection.id })
  if (!renewed) throw connectionNotFound()
  checkUsable(renewed.connection, evenFailed)
  return new RevealedCredential(await open(engine, renewed), true)
}

async function orNothing<T>(work: Promise<T>, waitMs: number): Promise<T | undefined> {
  const abort = new AbortController()
  const late = sleep(waitMs, undefined, { signal: abort.signal, ref: false }).catch(() => undefined)
  return Promise.race([work, late]).finally(() => abort.abort())
}

/** Opens a stored credential at once where the tenant's key and registration are at hand. */
function openAtOnce(engine: Engine, { connection, sealed }: StoredCredential): FramedCredential | undefined {
  const provider = engine.registrations.get(connection.provider).at(connection)
  if (provider instanceof Promise) return undefined
  if (connection.kind === 'installation') return frameApp(provider, connection)
  if (sealed === undefined) throw connectionNotFound()
  const plaintext = engine.vault.openCached(sealContext(connection), sealed)
  return plaintext && frameCredential(provider, connection, decodeSecret(plaintext))
}

/** Opens a stored credential as it is. */
export async function revealStored(engine: Engine, stored: StoredCredential): Promise<RevealedCredential> {
  return new RevealedCredential(await open(engine, stored))
}

async function open(engine: Engine, { connection, sealed }: StoredCredential): Promise<FramedCredential> {
  const provider = await engine.registrations.get(connection.provider).at(connection)
  if (connection.kind === 'installation') return frameApp(provider, connection)
  if (sealed === undefined) throw connectionNotFound()
  const plaintext = await engine.vault.open(sealContext(connection), sealed)
  return frameCredential(provider, connection, decodeSecret(plaintext))
}

function sealContext(connection: AnsweringConnection): SealContext {
  const { tenantId, id: connectionId, grantGeneration, tokenGeneration } = connection
  return secretContext(connection.provider, { tenantId, connectionId, field: 'credential', grantGeneration, tokenGeneration })
}

/** Keeps the answer to a plain question until it may be out of date. */
function remember(engine: Engine, query: CredentialQuery, { connection, refreshAt }: StoredCredential, credential: FramedCredential, epoch: TenantEpoch): void {
  if (!isPlain(query)) return
  const { provider, tenantId, userId } = query
  const now = engine.now()
  const { maxStaleMs } = engine.config.cache
  const freshUntil = Math.min(now + maxStaleMs, refreshAt ?? Infinity, connection.expiresAt ?? Infinity)
  if (freshUntil <= now) return
  // Where something ends it sooner than its age, there is nothing newer to be read before.
  const life = freshUntil < now + maxStaleMs ? { freshUntil } : { freshUntil, renewFrom: now + maxStaleMs * renewShare }
  engine.cache.put({ provider, tenantId, userId }, credential, life, epoch)
}

/** After this share of its life a remembered answer that is asked for is read anew behind the caller's back. */
const renewShare = 0.8

/** Whether a question names a provider, a tenant and a user, and nothing more: only such answers are remembered. */
function isPlain({ connectionId, credentialType, credentialFor = 'any', forceRefresh = false }: CredentialQuery): boolean {
  return connectionId === undefined && credentialType === undefined && credentialFor === 'any' && !forceRefresh
}

/** A token that is over and was never refreshable: only the user can mend it. */
async function endWithoutRefresh(engine: Engine, { tenantId, id: connectionId, tokenGeneration }: AnsweringConnection): Promise<never> {
  const now = engine.now()
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection) throw connectionNotFound()
  if (connection.tokenGeneration !== tokenGeneration) throw createError('refresh_failed', 'The connection was renewed while it was read. Try again.')
  if (isHandedOver(await engine.store.findSchedule(tenantId, connectionId))) throw handedOverError()
  const after: ConnectionRecord = { ...connection, status: 'needs_reauth', statusReason: 'refresh_token_expired', updatedAt: now }
  await commitChange(engine, { tenantId, connectionId, expect: connection, connection: after }, [
    createEvent('connection.needs_reauth', after, now, { reason: 'refresh_token_expired' }),
  ])
  throw needsReauth('refresh_token_expired')
}
