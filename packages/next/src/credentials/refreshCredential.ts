// Getting a new access token, once, whoever asks and however many.
import { AuthpipeError, createError, type StatusReason } from '@authpipe/core'
import { setTimeout as sleep } from 'node:timers/promises'
import { commitChange } from '../commitChange.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { log } from '../log.ts'
import { refreshTokens, revokeToken, TokenRequestFailed } from '../oauth/tokenRequests.ts'
import type { TokenSet } from '../oauth/tokenResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'
import type { Change, ConnectionRecord, EventRecord, ScheduleRecord } from '../store/store.ts'
import { openSecret, sealTokens } from './sealTokens.ts'
import { refreshTime } from './refreshTime.ts'

/** What a refresh ends with. */
export interface Refreshed {
  readonly connection: ConnectionRecord
  /** Absent where somebody else's refresh answers: then the store has it. */
  readonly accessToken?: string
}

/** Refreshes under way in this process, by tenant and connection. */
export type RefreshFlights = Map<string, Promise<Refreshed>>

export interface ConnectionRef {
  readonly tenantId: string
  readonly connectionId: string
}

/** A lease outlives the longest token request by this much, so that its holder can still store what it got. */
const leaseMarginMs = 15_000
const requestTimeoutMs = 15_000
const firstBackoffMs = 5_000
const longestBackoffMs = 15 * 60_000
/** How long `configuration_wrong` may go on after the access token expired before the user is asked. */
const unconfirmedAfterMs = 24 * 3_600_000

/**
 * Fetches a new access token and stores it. Callers at the same time share one request, in this process by the shared
 * promise and between processes by the lease; the new token is durable before anybody sees it.
 *
 * @param knownGeneration - token generation that the caller holds; a newer one that is stored already answers at once
 * @returns the connection as stored after it
 * @throws {AuthpipeError} `needs_reauth`; `provider_unreachable`, `provider_rate_limited` or `refresh_failed` (retryable);
 * `provider_misconfigured`; `connection_not_found`
 */
export async function refreshCredential(engine: Engine, ref: ConnectionRef, knownGeneration: number): Promise<ConnectionRecord> {
  return (await fetchNewToken(engine, ref, knownGeneration)).connection
}

/** {@link refreshCredential} for who wants the new token itself. */
export function fetchNewToken(engine: Engine, ref: ConnectionRef, knownGeneration: number): Promise<Refreshed> {
  const key = JSON.stringify([ref.tenantId, ref.connectionId])
  const running = engine.flights.get(key)
  if (running) return running
  const flight = refreshOnce(engine, ref, knownGeneration).finally(() => engine.flights.delete(key))
  engine.flights.set(key, flight)
  // A flight that nobody waits for any more must not end the process.
  flight.catch(() => undefined)
  return flight
}

async function refreshOnce(engine: Engine, ref: ConnectionRef, knownGeneration: number): Promise<Refreshed> {
  const giveUpAt = engine.now() + requestTimeoutMs + leaseMarginMs
  for (;;) {
    const connection = await findActive(engine, ref)
    if (connection.tokenGeneration > knownGeneration) return { connection }
    // Read before the lease is taken: an intent that stands there was left by a process that did not live to see its answer.
    const schedule = await engine.store.findSchedule(ref.tenantId, ref.connectionId)
    if (!schedule) return { connection }
    const now = engine.now()
    const until = now + requestTimeoutMs + leaseMarginMs
    if (await engine.store.acquireLease({ ...ref, owner: engine.owner, now, until, expect: connection })) return refreshUnderLease(engine, connection, schedule)
    if (now >= giveUpAt) throw createError('refresh_failed', 'Another process has been refreshing this connection for too long. Try again.')
    await sleep(100)
  }
}

async function findActive(engine: Engine, { tenantId, connectionId }: ConnectionRef): Promise<ConnectionRecord> {
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection || connection.status === 'revoked') throw connectionNotFound()
  if (connection.status === 'needs_reauth') throw needsReauth(connection.statusReason)
  return connection
}

/** @param connection - as it was when the lease was given, which nobody else may refresh until it ends */
async function refreshUnderLease(engine: Engine, connection: ConnectionRecord, schedule: ScheduleRecord): Promise<Refreshed> {
  const { tenantId, id: connectionId } = connection
  try {
    const provider = await engine.registrations.get(connection.provider).at(connection)
    const record = await engine.store.findSecret(tenantId, connectionId, 'refresh_token')
    if (!record) return await endGrant(engine, connection, 'refresh_token_expired')
    const refreshToken = new TextDecoder().decode(await openSecret(engine, connection.provider, record))
    const answer = await refreshTokens(engine.outbound.fetch, provider.oauth(connection.settings), refreshToken).catch((error: unknown) => {
      if (error instanceof TokenRequestFailed) return error
      throw error
    })
    if (answer instanceof TokenRequestFailed) return await judgeFailure(engine, connection, schedule, answer)
    return await storeTokens(engine, provider, connection, schedule, answer)
  } catch (error) {
    await engine.store.releaseLease(tenantId, connectionId, engine.owner)
    throw error
  }
}

/** Ends a refresh that turned out not to be needed. */
async function settle(engine: Engine, connection: ConnectionRecord): Promise<Refreshed> {
  await engine.store.releaseLease(connection.tenantId, connection.id, engine.owner)
  return { connection }
}

/** Stores what the provider gave. The request is never repeated for it: this answer may be the only copy of a rotated token. */
async function storeTokens(engine: Engine, provider: RegisteredProvider, before: ConnectionRecord, schedule: ScheduleRecord, tokens: TokenSet): Promise<Refreshed> {
  const now = engine.now()
  const lifetimeSeconds = Math.max(1, tokens.lifetimeSeconds ?? provider.oauth(before.settings).definition.accessTokenLifetimeSeconds)
  const expiresAt = now + lifetimeSeconds * 1000
  const after: ConnectionRecord = {
    ...before,
    scopes: tokens.scopes ?? before.scopes,
    missingScopes: tokens.scopes ? [...before.scopes, ...before.missingScopes].filter((scope) => !tokens.scopes?.includes(scope)) : before.missingScopes,
    healthState: 'healthy',
    healthCheckedAt: now,
    updatedAt: now,
    expiresAt,
    tokenGeneration: before.tokenGeneration + 1,
  }
  const change: Change = {
    tenantId: after.tenantId,
    connectionId: after.id,
    expect: { grantGeneration: before.grantGeneration, tokenGeneration: before.tokenGeneration },
    connection: after,
    secrets: await sealTokens(engine, after, tokens),
    schedule: { ...withoutFailure(schedule), refreshAt: refreshTime(now, expiresAt, engine.config.refresh.aheadMs), refreshedAt: now },
  }
  const events = [createEvent('token.refreshed', after, now)]
  if (before.healthState === 'degraded') events.push(createEvent('connection.recovered', after, now))

  if (await commitPersistently(engine, change, events)) return { connection: after, accessToken: tokens.accessToken }
  return settleOvertaken(engine, provider, before, tokens)
}

/** Keeps a new token in hand and tries to store it until the database takes it: dropping it could lose the grant. */
async function commitPersistently(engine: Engine, change: Change, events: readonly EventRecord[]): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await commitChange(engine, change, events)
    } catch (error) {
      if (!(error instanceof AuthpipeError && error.code === 'store_unavailable') || attempt >= 30) throw error
      if (attempt === 0) log('a refreshed token cannot be stored yet; it is kept and tried again', { connection: change.connectionId })
      await sleep(Math.min(2_000, 100 * 2 ** attempt))
    }
  }
}

/** Somebody was faster. A reconnect or disconnect wins over this refresh, whose tokens then end; a newer token of the same grant is used. */
async function settleOvertaken(engine: Engine, provider: RegisteredProvider, before: ConnectionRecord, tokens: TokenSet): Promise<Refreshed> {
  const present = await findActive(engine, { tenantId: before.tenantId, connectionId: before.id }).catch(() => undefined)
  if (present?.grantGeneration !== before.grantGeneration) {
    engine.background(revokeToken(engine.outbound.fetch, provider.oauth(before.settings), tokens.refreshToken ?? tokens.accessToken, tokens.refreshToken ? 'refresh_token' : 'access_token'))
  }
  if (!present) throw connectionNotFound()
  return settle(engine, present)
}

async function judgeFailure(engine: Engine, before: ConnectionRecord, schedule: ScheduleRecord, failure: TokenRequestFailed): Promise<Refreshed> {
  // Judged by the row as it is now: a newer token means that the refusal spoke of an older one.
  const present = await findActive(engine, { tenantId: before.tenantId, connectionId: before.id })
  if (present.grantGeneration !== before.grantGeneration || present.tokenGeneration !== before.tokenGeneration) return settle(engine, present)

  const now = engine.now()
  const failingSince = schedule.failingSince ?? now
  const afterUnknownOutcome = schedule.failureClass === 'outcome_unknown' || schedule.intentAt !== undefined
  if (failure.failureClass === 'grant_dead') return endGrant(engine, present, afterUnknownOutcome ? 'rotation_lost' : 'grant_revoked')
  if (failure.failureClass === 'configuration_wrong') {
    // Our client works for another connection, so the refusal is about this one's grant.
    if (schedule.failureClass === 'configuration_wrong' && (await engine.store.hasRefreshedSince(present.provider, failingSince, present.id))) {
      return endGrant(engine, present, 'grant_revoked')
    }
    if (now - Math.max(failingSince, present.expiresAt ?? failingSince) >= unconfirmedAfterMs) return endGrant(engine, present, 'unconfirmed')
  }
  await noteFailure(engine, present, schedule, failure, now, failingSince)
  throw refusal(failure)
}

async function noteFailure(engine: Engine, present: ConnectionRecord, schedule: ScheduleRecord, failure: TokenRequestFailed, now: number, failingSince: number): Promise<void> {
  const failureCount = schedule.failureCount + 1
  const longest = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failureCount - 1, 20))
  // Full jitter, so that connections which failed together do not come back together.
  const waitMs = Math.ceil(Math.max((failure.retryAfterSeconds ?? 0) * 1000, 1_000 + Math.random() * longest))
  const after: ConnectionRecord = { ...present, healthState: 'degraded', healthCheckedAt: now, updatedAt: now }
  await commitChange(
    engine,
    {
      tenantId: present.tenantId,
      connectionId: present.id,
      expect: { grantGeneration: present.grantGeneration, tokenGeneration: present.tokenGeneration },
      connection: after,
      schedule: { ...withoutFailure(schedule), refreshAt: now + waitMs, failingSince, failureCount, failureClass: failure.failureClass },
    },
    failureCount === 1 ? [createEvent('token.refresh_failed', after, now, { reason: failure.failureClass })] : [],
  )
  if (failure.failureClass === 'configuration_wrong') {
    log('the provider refuses our client id or secret, or this one grant; no connection was changed', { provider: present.provider, connection: present.id, error: failure.oauthError ?? '' })
  }
}

/** Ends a grant: only the user can mend it. The secrets stay until the user does or disconnects. */
async function endGrant(engine: Engine, present: ConnectionRecord, reason: StatusReason): Promise<Refreshed> {
  const now = engine.now()
  const after: ConnectionRecord = { ...present, status: 'needs_reauth', statusReason: reason, updatedAt: now }
  const hasEnded = await commitChange(
    engine,
    {
      tenantId: present.tenantId,
      connectionId: present.id,
      expect: { grantGeneration: present.grantGeneration, tokenGeneration: present.tokenGeneration },
      connection: after,
      schedule: { tenantId: present.tenantId, connectionId: present.id, provider: present.provider, failureCount: 0 },
    },
    [createEvent('connection.needs_reauth', after, now, { reason })],
  )
  if (hasEnded) throw needsReauth(reason)
  // The user connected again meanwhile, and the new grant answers.
  return settle(engine, await findActive(engine, { tenantId: present.tenantId, connectionId: present.id }))
}

function refusal(failure: TokenRequestFailed): AuthpipeError {
  const details = failure.retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds: failure.retryAfterSeconds } }
  if (failure.failureClass === 'configuration_wrong') {
    return createError('provider_misconfigured', "The provider refuses this app's client id or secret at refresh. Compare them with the provider's console; connections recover by themselves.", { cause: failure })
  }
  if (failure.retryAfterSeconds !== undefined) return createError('provider_rate_limited', 'The provider asks us to wait before the next token request.', { ...details, cause: failure })
  return createError('provider_unreachable', 'The provider did not give a new token. Authpipe tries again by itself.', { cause: failure })
}

/** A schedule row without lease, intent and failures, to be filled in anew. */
function withoutFailure({ tenantId, connectionId, provider, checkAt, refreshedAt }: ScheduleRecord): ScheduleRecord {
  return { tenantId, connectionId, provider, ...(checkAt === undefined ? {} : { checkAt }), ...(refreshedAt === undefined ? {} : { refreshedAt }), failureCount: 0 }
}

/** The error of a connection that only its user can mend. */
export function needsReauth(reason: StatusReason | undefined): AuthpipeError {
  return createError('needs_reauth', 'The provider no longer accepts this connection. Ask its user to connect again.', { details: { reason: reason ?? 'grant_revoked' } })
}

/** The error where nothing is connected. */
export function connectionNotFound(): AuthpipeError {
  return createError('connection_not_found', 'Nothing is connected here. Show a ConnectButton to the user first.')
}
