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

/** How long a refusal that may be a mistake may go on after the access token expired before the user is asked. */
const unconfirmedAfterMs = 24 * 3_600_000

/** Another try. */
interface Retry {
  readonly failureClass: string
  /** Epoch milliseconds. */
  readonly retryAt: number
  /** Leaves the connection as it is and tells nobody: what ails it is told of the provider. */
  readonly isQuiet?: boolean
}

/** What a failure comes to: the end of the grant, or another try. */
type Conclusion = { readonly end: StatusReason; readonly isProvidersWord: boolean } | Retry

/** Judges a failed token request by the row as it is now: a newer token means that the refusal spoke of an older one. */
export async function judgeFailure(engine: Engine, held: HeldRefresh, failure: TokenRequestFailed): Promise<Refreshed> {
  const { before, generation } = held
  if (failure.retryAfterSeconds !== undefined) engine.background(engine.gates.close(before.provider, engine.now() + failure.retryAfterSeconds * 1000))
  let outage: Promise<boolean> | undefined
  /** Counted once, however often the rest has to be concluded anew. */
  const isOutage = (): Promise<boolean> => (outage ??= countFailure(engine, held, failure))
  for (;;) {
    const present = await engine.store.findConnection(before.tenantId, before.id)
    if (!present) throw connectionNotFound()
    if (present.grantGeneration !== before.grantGeneration || present.tokenGeneration !== before.tokenGeneration || present.status === 'needs_reauth') {
      return settleRefresh(engine, present)
    }
    // Who was given the lease after this one knows more.
    const schedule = await engine.store.findSchedule(before.tenantId, before.id)
    if (schedule?.intentGeneration !== generation) throw refusal(failure.failureClass, failure.retryAfterSeconds, failure)

    const conclusion = await conclude(engine, held, present, failure, isOutage)
    if ('end' in conclusion) {
      if (await endGrant(engine, present, conclusion.end, conclusion.isProvidersWord ? held.schedule : undefined)) throw needsReauth(conclusion.end)
    } else if (await noteFailure(engine, held, present, conclusion)) throw refusal(failure.failureClass, failure.retryAfterSeconds, failure)
    // Somebody wrote in between, a check perhaps: what was concluded may have to be concluded anew.
  }
}

async function conclude(engine: Engine, held: HeldRefresh, present: ConnectionRecord, failure: TokenRequestFailed, isOutage: () => Promise<boolean>): Promise<Conclusion> {
  const { schedule } = held
  const now = engine.now()
  const failingSince = schedule.failingSince ?? now
  const retryAt = retryTime(engine, schedule, failure)
  if (failure.failureClass === 'grant_dead') {
    const conclusion = concludeRefusal(engine, held, present)
    // A provider that calls the grants of many dead at once is not believed, unless it goes on saying so.
    if (!('end' in conclusion) || !(await isOutage()) || hasLasted(present, failingSince, now)) return conclusion
    return { failureClass: schedule.failureClass ?? (schedule.intentAt === undefined ? 'grant_dead' : 'outcome_unknown'), retryAt, isQuiet: true }
  }
  if (failure.failureClass === 'configuration_wrong') {
    // Our client works for another connection, so the refusal is about this one's grant.
    if (schedule.failureClass === 'configuration_wrong' && (await engine.store.hasRefreshedSince(present.provider, failingSince, present.id))) return { end: 'grant_revoked', isProvidersWord: false }
    if (hasLasted(present, failingSince, now)) return { end: 'unconfirmed', isProvidersWord: false }
    log('the provider refuses our client id or secret, or this one grant; no connection was changed', { provider: present.provider, connection: present.id, error: failure.oauthError ?? '' })
    return { failureClass: 'configuration_wrong', retryAt }
  }
  // That an outcome is unknown is not forgotten over an outage after it.
  const isKept = schedule.failureClass === 'outcome_unknown' || schedule.failureClass === 'grant_uncertain'
  const failureClass = isKept ? schedule.failureClass : schedule.intentAt !== undefined ? 'outcome_unknown' : failure.failureClass
  return { failureClass, retryAt, isQuiet: await isOutage() }
}

/**
 * A refused refresh token is dead, and where the outcome of an earlier request is unknown, that request has probably replaced it: the
 * answer is lost, or still comes from a process that was held up. So it is tried once more before its grant ends, as late as somebody
 * may come back with the new token, and not while the access token lives.
 */
function concludeRefusal({ now, timing, config }: Engine, { schedule }: HeldRefresh, { expiresAt = 0 }: ConnectionRecord): Conclusion {
  if (schedule.failureClass === 'grant_uncertain') return { end: 'rotation_lost', isProvidersWord: true }
  if (schedule.failureClass !== 'outcome_unknown' && schedule.intentAt === undefined) return { end: 'grant_revoked', isProvidersWord: true }
  const lastReportAt = schedule.intentAt === undefined ? 0 : schedule.intentAt + timing.uncertainForMs
  const retryAt = Math.max(lastReportAt, Math.min(expiresAt, now() + config.refresh.aheadMs))
  return retryAt > now() ? { failureClass: 'grant_uncertain', retryAt } : { end: 'rotation_lost', isProvidersWord: true }
}

/** Whether a refusal that may be a mistake has gone on for so long after the access token ended that its user is asked. */
function hasLasted({ expiresAt }: ConnectionRecord, failingSince: number, now: number): boolean {
  return now - Math.max(failingSince, expiresAt ?? failingSince) >= unconfirmedAfterMs
}

/** Counts a failure for the breakers. @returns whether one is open, or it may be our own way out: then it says nothing of this connection */
async function countFailure(engine: Engine, { before, schedule }: HeldRefresh, { failureClass, cause }: TokenRequestFailed): Promise<boolean> {
  const { provider, id, healthState } = before
  if (wasNotSent(cause)) {
    const mayBeUs = await noteWayOut(engine, [{ of: provider, isFailure: true, isOurs: isOwnFault(cause) }])
    // Whether others fail too is known by the next try.
    if (mayBeUs || schedule.failureCount === 0) return true
  }
  // What is in trouble already says nothing new of its provider, unless its grant is called dead.
  const isNews = failureClass === 'grant_dead' || healthState !== 'degraded'
  const { openedAt } = await noteProbes(engine, provider, isNews ? [{ of: id, isFailure: true }] : [])
  return openedAt !== undefined
}

/** Full jitter, so that connections which failed together do not come back together; not before the provider wants to hear from us. */
function retryTime({ now, timing }: Engine, { failureCount }: ScheduleRecord, { retryAfterSeconds = 0 }: TokenRequestFailed): number {
  const longest = Math.min(timing.longestBackoffMs, timing.firstBackoffMs * 2 ** Math.min(failureCount, 20))
  return now() + Math.ceil(Math.max(retryAfterSeconds * 1000, 1_000 + Math.random() * longest))
}

/** @returns `false` when somebody wrote in between */
async function noteFailure(engine: Engine, { schedule }: HeldRefresh, present: ConnectionRecord, { failureClass, retryAt, isQuiet = false }: Retry): Promise<boolean> {
  const now = engine.now()
  const failureCount = schedule.failureCount + 1
  // The first failure may have been a quiet one.
  const isNew = failureCount === 1 || (failureCount === 2 && present.healthState !== 'degraded')
  // The last check of one that is suspected tells how often it was refused.
  const checked = schedule.suspectedAt === undefined ? { healthCheckedAt: now } : {}
  const after: ConnectionRecord = { ...present, healthState: 'degraded', ...checked, updatedAt: now }
  return commitChange(
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
}

/**
 * Ends a grant: only the user can mend it. The secrets stay until the user does or disconnects.
 *
 * @param schedule - given where the provider's word ended it, which an outage that shows later puts in doubt again
 * @returns `false` when somebody wrote in between
 */
export async function endGrant(engine: Engine, present: ConnectionRecord, reason: StatusReason, schedule?: ScheduleRecord): Promise<boolean> {
  const now = engine.now()
  // It was told of already when it was ended before and then given another try.
  const isTold = present.status === 'active' && schedule?.demotedAt !== undefined
  const after: ConnectionRecord = { ...present, status: 'needs_reauth', statusReason: reason, updatedAt: now }
  return commitChange(
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
