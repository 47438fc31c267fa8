// Getting a new access token, once, whoever asks and however many.
import { createError } from '@authpipe/core'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../engine.ts'
import { refreshTokens, TokenRequestFailed } from '../oauth/tokenRequests.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { isHandedOver } from '../store/handOver.ts'
import type { ConnectionRecord, LeaseRecord, Refreshable, ScheduleRecord } from '../store/store.ts'
import { connectionNotFound, handedOverError, needsReauth, type ConnectionRef } from './connectionErrors.ts'
import { backingOff, endGrant, judgeFailure } from './refreshFailure.ts'
import { openSecret } from './sealTokens.ts'
import { settleRefresh } from './settleRefresh.ts'
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
  /** When the lease runs out. */
  readonly until: number
}

/** How often a lease that somebody else holds is looked at. */
const waitStepMs = 100

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

function inTime(flight: Promise<Refreshed>, deadlineMs: number): Promise<Refreshed> {
  return new Promise((resolve, reject) => {
    const tooLate = (): void => reject(createError('refresh_failed', 'The refresh of this connection takes too long; it goes on and its outcome will be stored. Try again.'))
    const timer = setTimeout(tooLate, deadlineMs).unref()
    void flight.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

async function refreshOnce(engine: Engine, ref: ConnectionRef, knownGeneration: number): Promise<Refreshed> {
  const started = performance.now()
  for (;;) {
    const found = await findRefreshable(engine, ref)
    const { connection } = found
    if (connection.tokenGeneration > knownGeneration) return { connection }
    const refreshed = await engine.refreshLimit.run(connection.provider, () => refreshIfFree(engine, found))
    if (refreshed) return refreshed
    if (performance.now() - started > engine.config.refresh.deadlineMs) {
      throw createError('refresh_failed', 'Another process has been refreshing this connection for too long. Try again.')
    }
    await sleep(waitStepMs)
  }
}

async function findRefreshable(engine: Engine, { tenantId, connectionId }: ConnectionRef): Promise<Refreshable> {
  const found = await engine.store.findRefreshable(tenantId, connectionId)
  if (!found || found.connection.status === 'revoked') throw connectionNotFound()
  if (found.connection.status === 'needs_reauth') throw needsReauth(found.connection.statusReason)
  return found
}

/** @returns `undefined` while somebody else has the lease, or when the connection has changed: then it is to be looked at anew */
async function refreshIfFree(engine: Engine, { connection: before, schedule, refreshToken: secret }: Refreshable): Promise<Refreshed | undefined> {
  if (!schedule) return { connection: before }
  if (isHandedOver(schedule)) throw handedOverError()
  // That a lease ran out is judged by the clock that all processes share.
  if (schedule.leaseUntil !== undefined && schedule.leaseUntil <= engine.now()) await engine.followClock()
  const now = engine.now()
  if ((schedule.leaseUntil ?? 0) > now) return undefined
  const obstacle = backingOff(schedule, now) ?? (await engine.gates.obstacle(before.provider, now))
  if (obstacle && !(await isWorthAnotherTry(engine, schedule))) throw obstacle

  // Nothing but the request itself is to be waited for under the lease. What is read here cannot be outdated there: the lease is only
  // given while the connection is as it was before.
  const provider = await engine.registrations.get(before.provider).at(before)
  if (!secret) {
    // What nothing renews ends with its own time, and not because somebody wanted another one.
    if (before.expiresAt === undefined || before.expiresAt > now) {
      throw createError('refresh_failed', 'This credential has no refresh token, so there is no newer one to be had. The present one stays.')
    }
    if (await endGrant(engine, before, 'refresh_token_expired')) throw needsReauth('refresh_token_expired')
    return undefined
  }
  const refreshToken = new TextDecoder().decode(await openSecret(engine, before.provider, secret))
  const held = await takeLease(engine, before, schedule)
  return held && refreshUnderLease(engine, provider, held, refreshToken)
}

/** Our client has worked for another connection since it was refused for this one: the next answer settles whose fault it was. */
async function isWorthAnotherTry(engine: Engine, { failureClass, failingSince, provider, connectionId }: ScheduleRecord): Promise<boolean> {
  return failureClass === 'configuration_wrong' && failingSince !== undefined && engine.store.hasRefreshedSince(provider, failingSince, connectionId)
}

async function takeLease({ store, owner, now, timing }: Engine, before: ConnectionRecord, schedule: HeldRefresh['schedule']): Promise<HeldRefresh | undefined> {
  const patienceMs = schedule.intentAt === undefined ? 0 : timing.lateReportMs
  const at = now()
  const until = at + patienceMs + timing.requestMs + timing.leaseMarginMs
  const { tenantId, id: connectionId, grantGeneration, tokenGeneration } = before
  const generation = await store.acquireLease({ tenantId, connectionId, owner, now: at, until, expect: { grantGeneration, tokenGeneration, intentGeneration: schedule.intentGeneration } })
  return generation === undefined ? undefined : { before, schedule, generation, until }
}

/** @returns `undefined` when this process came too late to ask, or somebody has reported in the last moment */
async function refreshUnderLease(engine: Engine, provider: RegisteredProvider, held: HeldRefresh, refreshToken: string): Promise<Refreshed | undefined> {
  const { before, schedule } = held
  if (schedule.intentAt !== undefined) {
    // Whoever left it may hold a new token that the database would not take. Now it does, as the lease shows.
    await sleep(engine.timing.lateReportMs)
    const { connection: present } = await findRefreshable(engine, { tenantId: before.tenantId, connectionId: before.id })
    if (present.grantGeneration !== before.grantGeneration || present.tokenGeneration !== before.tokenGeneration) return settleRefresh(engine, present)
  }
  // Who stood still since then must not use a token that somebody else may be using by now. The lease runs out by itself.
  const askedAt = engine.now()
  if (askedAt + engine.timing.requestMs > held.until) return undefined
  const facts = { provider: before.provider, attempt: schedule.failureCount + 1 }
  const request = engine.telemetry.measure('refresh', facts, () => refreshTokens(engine.outbound.fetch, provider.oauth(before.settings), refreshToken))
  const answer = await request.catch((error: unknown) => {
    if (error instanceof TokenRequestFailed) return error
    throw error
  })
  return answer instanceof TokenRequestFailed ? judgeFailure(engine, held, answer) : storeTokens(engine, provider, held, { tokens: answer, askedAt })
}
