// What a refresh that brought no token says about its connection.
import { createError, type AuthpipeError, type StatusReason } from '@authpipe/core'
import { commitChange } from '../commitChange.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { noteProbes, noteWayOut } from '../health/breakers.ts'
import { log } from '../log.ts'
import type { TokenRequestFailed } from '../oauth/tokenRequests.ts'
import { isOwnFault, wasNotSent } from '../outboundFetch.ts'
import type { ConnectionRecord, ScheduleRecord } from '../store/store.ts'
import { connectionNotFound, needsReauth } from './connectionErrors.ts'
import type { HeldRefresh, Refreshed } from './refreshCredential.ts'
import { settleRefresh } from './settleRefresh.ts'

const firstBackoffMs = 5_000
const longestBackoffMs = 15 * 60_000
/** How long a refusal that may be a mistake may go on after the access token expired before the user is asked. */
const unconfirmedAfterMs = 24 * 3_600_000
/**
 * How long a process that left an intent behind may still come back with the token that the provider gave it. A refusal in this time
 * is tried once more after it before it ends the grant.
 */
const uncertainForMs = 2 * 60_000

/** Judges a failed token request by the row as it is now: a newer token means that the refusal spoke of an older one. */
export async function judgeFailure(engine: Engine, held: HeldRefresh, failure: TokenRequestFailed): Promise<Refreshed> {
  const { before, schedule } = held
  const present = await findPresent(engine, before)
  if (present.grantGeneration !== before.grantGeneration || present.tokenGeneration !== before.tokenGeneration) return settleRefresh(engine, present)

  const now = engine.now()
  const failingSince = schedule.failingSince ?? now
  const wasUncertain = schedule.failureClass === 'outcome_unknown' || schedule.intentAt !== undefined
  if (failure.failureClass === 'grant_dead') {
    const uncertainUntil = schedule.intentAt === undefined ? 0 : schedule.intentAt + uncertainForMs
    if (now < uncertainUntil) {
      await noteFailure(engine, held, present, { failureClass: 'outcome_unknown', retryAt: uncertainUntil })
      throw unreachable(undefined)
    }
    const { openedAt } = await noteProbes(engine, present.provider, [{ of: present.id, isFailure: true }])
    // A provider that calls the grants of many dead at once is not believed, unless it goes on saying so.
    if (openedAt !== undefined && !hasLasted(present, failingSince, now)) {
      await noteFailure(engine, held, present, { failureClass: wasUncertain ? 'outcome_unknown' : 'grant_dead', retryAt: retryTime(schedule, failure, now), isQuiet: true })
      throw unreachable(undefined)
    }
    return endGrant(engine, present, wasUncertain ? 'rotation_lost' : 'grant_revoked', schedule)
  }
  if (failure.failureClass === 'configuration_wrong') {
    // Our client works for another connection, so the refusal is about this one's grant.
    if (schedule.failureClass === 'configuration_wrong' && (await engine.store.hasRefreshedSince(present.provider, failingSince, present.id))) {
      return endGrant(engine, present, 'grant_revoked')
    }
    if (hasLasted(present, failingSince, now)) return endGrant(engine, present, 'unconfirmed')
    log('the provider refuses our client id or secret, or this one grant; no connection was changed', { provider: present.provider, connection: present.id, error: failure.oauthError ?? '' })
  }
  if (failure.retryAfterSeconds !== undefined) engine.background(engine.gates.close(present.provider, now + failure.retryAfterSeconds * 1000))
  // That an outcome is unknown is not forgotten over an outage after it.
  const failureClass = wasUncertain && failure.failureClass === 'transient' ? 'outcome_unknown' : failure.failureClass
  const isQuiet = failure.failureClass !== 'configuration_wrong' && (await isKnownOutage(engine, held, failure))
  await noteFailure(engine, held, present, { failureClass, retryAt: retryTime(schedule, failure, now), isQuiet })
  throw refusal(failure.failureClass, failure.retryAfterSeconds, failure)
}

/** Whether a refusal that may be a mistake has gone on for so long after the access token ended that its user is asked. */
function hasLasted({ expiresAt }: ConnectionRecord, failingSince: number, now: number): boolean {
  return now - Math.max(failingSince, expiresAt ?? failingSince) >= unconfirmedAfterMs
}

/** Counts a failure for the breakers. @returns whether one is open, or it may be our own way out: then it says nothing of this connection */
async function isKnownOutage(engine: Engine, { before, schedule }: HeldRefresh, failure: TokenRequestFailed): Promise<boolean> {
  const { provider, id, healthState } = before
  if (wasNotSent(failure.cause)) {
    const mayBeUs = await noteWayOut(engine, [{ of: provider, isFailure: true, isOurs: isOwnFault(failure.cause) }])
    // Whether others fail too is known by the next try.
    if (mayBeUs || schedule.failureCount === 0) return true
  }
  // What is in trouble already says nothing new of its provider.
  const { openedAt } = await noteProbes(engine, provider, healthState === 'degraded' ? [] : [{ of: id, isFailure: true }])
  return openedAt !== undefined
}

/** The row after the request, whatever became of it. */
async function findPresent(engine: Engine, { tenantId, id }: ConnectionRecord): Promise<ConnectionRecord> {
  const present = await engine.store.findConnection(tenantId, id)
  if (!present || present.status === 'revoked') throw connectionNotFound()
  return present
}

/** Full jitter, so that connections which failed together do not come back together; not before the provider wants to hear from us. */
function retryTime({ failureCount }: ScheduleRecord, { retryAfterSeconds = 0 }: TokenRequestFailed, now: number): number {
  const longest = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failureCount, 20))
  return now + Math.ceil(Math.max(retryAfterSeconds * 1000, 1_000 + Math.random() * longest))
}

interface NotedFailure {
  readonly failureClass: string
  readonly retryAt: number
  /** Leaves the connection as it is and tells nobody: what ails it is told of the provider. */
  readonly isQuiet?: boolean
}

async function noteFailure(engine: Engine, { schedule }: HeldRefresh, present: ConnectionRecord, { failureClass, retryAt, isQuiet = false }: NotedFailure): Promise<void> {
  const now = engine.now()
  const failureCount = schedule.failureCount + 1
  // The first failure may have been a quiet one.
  const isNew = failureCount === 1 || (failureCount === 2 && present.healthState !== 'degraded')
  // The last check of one that is suspected tells how often it was refused.
  const checked = schedule.suspectedAt === undefined ? { healthCheckedAt: now } : {}
  const after: ConnectionRecord = { ...present, healthState: 'degraded', ...checked, updatedAt: now }
  const landed = await commitChange(
    engine,
    {
      tenantId: present.tenantId,
      connectionId: present.id,
      expect: present,
      ...(isQuiet ? {} : { connection: after }),
      schedule: { refreshAt: retryAt, failingSince: schedule.failingSince ?? now, failureCount, failureClass },
      endLease: { owner: engine.owner },
    },
    isNew && !isQuiet ? [createEvent('token.refresh_failed', after, now, { reason: failureClass })] : [],
  )
  if (!landed) await engine.store.releaseLease(present.tenantId, present.id, engine.owner)
}

/**
 * Ends a grant: only the user can mend it. The secrets stay until the user does or disconnects.
 *
 * @param schedule - given where the provider's word ended it, which an outage that shows later puts in doubt again
 */
export async function endGrant(engine: Engine, present: ConnectionRecord, reason: StatusReason, schedule?: ScheduleRecord): Promise<Refreshed> {
  const now = engine.now()
  // It was told of already when it was ended before and then given another try.
  const isTold = present.status === 'active' && schedule?.demotedAt !== undefined
  const after: ConnectionRecord = { ...present, status: 'needs_reauth', statusReason: reason, updatedAt: now }
  const hasEnded = await commitChange(
    engine,
    {
      tenantId: present.tenantId,
      connectionId: present.id,
      expect: present,
      connection: after,
      schedule: { refreshAt: null, checkAt: null, warnAt: null, failingSince: null, failureCount: 0, failureClass: null, suspectedAt: null, ...(schedule ? { demotedAt: now } : {}) },
      endLease: { owner: engine.owner },
    },
    isTold ? [] : [createEvent('connection.needs_reauth', after, now, { reason })],
  )
  if (hasEnded) throw needsReauth(reason)
  // The user connected again meanwhile, or somebody wrote: what stands there now answers.
  return settleRefresh(engine, await findPresent(engine, present))
}

/** Why a connection whose last refresh failed is not tried again yet. */
export function backingOff({ failureCount, refreshAt, failureClass }: ScheduleRecord, now: number): AuthpipeError | undefined {
  if (failureCount === 0 || refreshAt === undefined || refreshAt <= now) return undefined
  return refusal(failureClass, Math.ceil((refreshAt - now) / 1000), undefined)
}

function refusal(failureClass: string | undefined, retryAfterSeconds: number | undefined, cause: TokenRequestFailed | undefined): AuthpipeError {
  if (failureClass === 'configuration_wrong') {
    return createError('provider_misconfigured', "The provider refuses this app's client id or secret at refresh. Compare them with the provider's console; connections recover by themselves.", { cause })
  }
  if (cause?.retryAfterSeconds !== undefined) return createError('provider_rate_limited', 'The provider asks us to wait before the next token request.', { details: { retryAfterSeconds: cause.retryAfterSeconds }, cause })
  return unreachable(retryAfterSeconds, cause)
}

function unreachable(retryAfterSeconds: number | undefined, cause?: TokenRequestFailed): AuthpipeError {
  return createError('provider_unreachable', 'The provider did not give a new token. Authpipe tries again by itself.', {
    ...(retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } }),
    ...(cause ? { cause } : {}),
  })
}
