// Getting a new access token, once, whoever asks and however many.
import { createError } from '@authpipe/core'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../engine.ts'
import { refreshTokens, TokenRequestFailed } from '../oauth/tokenRequests.ts'
import type { ConnectionRecord, LeaseRecord, ScheduleRecord } from '../store/store.ts'
import { connectionNotFound, needsReauth, type ConnectionRef } from './connectionErrors.ts'
import { backingOff, endGrant, judgeFailure } from './refreshFailure.ts'
import { openSecret } from './sealTokens.ts'
import { storeTokens } from './storeTokens.ts'

/** What a refresh ends with. */
export interface Refreshed {
  readonly connection: ConnectionRecord
  /** Absent where somebody else's refresh answers: then the store has it. */
  readonly accessToken?: string
}

/** Refreshes under way in this process, by tenant and connection. */
export type RefreshFlights = Map<string, Promise<Refreshed>>

/** One refresh that this process has the lease for. */
export interface HeldRefresh {
  /** As it was when the lease was given. */
  readonly before: ConnectionRecord
  /** As it was just before the lease was given. */
  readonly schedule: ScheduleRecord & LeaseRecord
  /** What the new tokens are stored as: above the generation of every refresh that began earlier. */
  readonly generation: number
}

/** Longest that a token request takes, by the one way out. */
const requestTimeoutMs = 15_000
/** A lease outlives the longest token request by this much, so that its holder can still store what it got. */
const leaseMarginMs = 5_000
/** How often a lease that somebody else holds is looked at. */
const waitStepMs = 100
/** How long whoever left an intent behind can still report: it may have been held up by the database. */
const lateReportMs = 2_000

/**
 * Fetches a new access token and stores it. Callers at the same time share one request, in this process by the shared
 * promise and between processes by the lease; the new token is durable before anybody sees it.
 *
 * @param knownGeneration - token generation that the caller holds; a newer one that is stored already answers at once
 * @returns the connection as stored after it
 * @throws {AuthpipeError} `needs_reauth`; `provider_unreachable`, `provider_rate_limited` or `refresh_failed` (retryable);
 * `provider_misconfigured`; `connection_not_found`; `store_unavailable` (retryable), also while a token that was fetched waits to
 * be stored
 */
export async function refreshCredential(engine: Engine, ref: ConnectionRef, knownGeneration: number): Promise<ConnectionRecord> {
  return (await fetchNewToken(engine, ref, knownGeneration)).connection
}

/** {@link refreshCredential} for who wants the new token itself. It answers within `refresh.deadlineMs`; what it began goes on. */
export async function fetchNewToken(engine: Engine, ref: ConnectionRef, knownGeneration: number): Promise<Refreshed> {
  const key = JSON.stringify([ref.tenantId, ref.connectionId])
  let flight = engine.flights.get(key)
  if (!flight) {
    flight = refreshOnce(engine, ref, knownGeneration).finally(() => engine.flights.delete(key))
    engine.flights.set(key, flight)
    // A flight that nobody waits for any more must not end the process.
    flight.catch(() => undefined)
  }
  return inTime(flight, engine.config.refresh.deadlineMs)
}

async function inTime(flight: Promise<Refreshed>, deadlineMs: number): Promise<Refreshed> {
  const abort = new AbortController()
  const late = sleep(deadlineMs, undefined, { signal: abort.signal, ref: false }).then(() => {
    throw createError('refresh_failed', 'The refresh of this connection takes too long; it goes on and its outcome will be stored. Try again.')
  })
  try {
    return await Promise.race([flight, late])
  } finally {
    late.catch(() => undefined)
    abort.abort()
  }
}

async function refreshOnce(engine: Engine, ref: ConnectionRef, knownGeneration: number): Promise<Refreshed> {
  const started = performance.now()
  const patience = new Patience()
  for (;;) {
    const before = await findRefreshable(engine, ref)
    if (before.tokenGeneration > knownGeneration) return { connection: before }
    const refreshed = await engine.refreshLimit.run(before.provider, () => refreshIfFree(engine, before, patience))
    if (refreshed) return refreshed
    if (performance.now() - started > engine.config.refresh.deadlineMs) {
      throw createError('refresh_failed', 'Another process has been refreshing this connection for too long. Try again.')
    }
    await sleep(waitStepMs)
  }
}

/** @returns `undefined` while somebody else has the lease, or may still report what became of it */
async function refreshIfFree(engine: Engine, before: ConnectionRecord, patience: Patience): Promise<Refreshed | undefined> {
  const { tenantId, id: connectionId } = before
  // Read before the lease is taken: an intent that stands there was left by a process that did not live to see its answer.
  const schedule = await engine.store.findSchedule(tenantId, connectionId)
  if (!schedule) return { connection: before }
  const now = engine.now()
  const obstacle = backingOff(schedule, now) ?? (await engine.gates.obstacle(before.provider, now))
  if (obstacle && !(await isWorthAnotherTry(engine, schedule))) throw obstacle
  if (patience.isDue(schedule, now)) return undefined
  const lease = { tenantId, connectionId, owner: engine.owner, now, until: now + requestTimeoutMs + leaseMarginMs, expect: before }
  const generation = await engine.store.acquireLease(lease)
  return generation === undefined ? undefined : refreshUnderLease(engine, { before, schedule, generation })
}

/** Our client has worked for another connection since it was refused for this one: the next answer settles whose fault it was. */
async function isWorthAnotherTry(engine: Engine, { failureClass, failingSince, provider, connectionId }: ScheduleRecord): Promise<boolean> {
  return failureClass === 'configuration_wrong' && failingSince !== undefined && engine.store.hasRefreshedSince(provider, failingSince, connectionId)
}

/** Gives whoever left an intent behind some time to report, from when it is first seen. */
class Patience {
  #since: number | undefined

  isDue({ intentAt, leaseUntil = 0 }: LeaseRecord, now: number): boolean {
    if (intentAt === undefined || leaseUntil > now) return false
    this.#since ??= performance.now()
    return performance.now() - this.#since < lateReportMs
  }
}

async function findRefreshable(engine: Engine, { tenantId, connectionId }: ConnectionRef): Promise<ConnectionRecord> {
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection || connection.status === 'revoked') throw connectionNotFound()
  if (connection.status === 'needs_reauth') throw needsReauth(connection.statusReason)
  return connection
}

/** What nothing renews ends with its own time, and not because somebody wanted another one. */
async function withoutRefreshToken(engine: Engine, before: ConnectionRecord): Promise<Refreshed> {
  if (before.expiresAt !== undefined && before.expiresAt <= engine.now()) return endGrant(engine, before, 'refresh_token_expired')
  throw createError('refresh_failed', 'This credential has no refresh token, so there is no newer one to be had. The present one stays.')
}

async function refreshUnderLease(engine: Engine, held: HeldRefresh): Promise<Refreshed> {
  const { before } = held
  try {
    const provider = await engine.registrations.get(before.provider).at(before)
    const record = await engine.store.findSecret(before.tenantId, before.id, 'refresh_token')
    if (!record) return await withoutRefreshToken(engine, before)
    const refreshToken = new TextDecoder().decode(await openSecret(engine, before.provider, record))
    const answer = await refreshTokens(engine.outbound.fetch, provider.oauth(before.settings), refreshToken).catch((error: unknown) => {
      if (error instanceof TokenRequestFailed) return error
      throw error
    })
    if (answer instanceof TokenRequestFailed) return await judgeFailure(engine, held, answer)
    return await storeTokens(engine, provider, held, answer)
  } catch (error) {
    // Where nothing was written about it, the lease at least is given back; a database that cannot do that lets it run out.
    await engine.store.releaseLease(before.tenantId, before.id, engine.owner).catch(() => undefined)
    throw error
  }
}
