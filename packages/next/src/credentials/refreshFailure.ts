// What a refresh that brought no token says about its connection.
import { createError, type AuthpipeError, type StatusReason } from '@authpipe/core'
import { commitChange } from '../commitChange.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { log } from '../log.ts'
import type { TokenRequestFailed } from '../oauth/tokenRequests.ts'
import type { ConnectionRecord, ScheduleRecord } from '../store/store.ts'
import { connectionNotFound, needsReauth } from './connectionErrors.ts'
import type { HeldRefresh, Refreshed } from './refreshCredential.ts'
import { settleRefresh } from './settleRefresh.ts'

/** How long `configuration_wrong` may go on after the access token expired before the user is asked. */
const unconfirmedAfterMs = 24 * 3_600_000

/** What a failure comes to: the end of the grant, or another try. */
type Conclusion = { readonly end: StatusReason } | { readonly failureClass: string; readonly retryAt: number }

/** Judges a failed token request by the row as it is now: a newer token means that the refusal spoke of an older one. */
export async function judgeFailure(engine: Engine, held: HeldRefresh, failure: TokenRequestFailed): Promise<Refreshed> {
  const { before, generation } = held
  if (failure.retryAfterSeconds !== undefined) engine.gates.close(before.provider, engine.now() + failure.retryAfterSeconds * 1000)
  for (;;) {
    const present = await engine.store.findConnection(before.tenantId, before.id)
    if (!present) throw connectionNotFound()
    if (present.grantGeneration !== before.grantGeneration || present.tokenGeneration !== before.tokenGeneration || present.status === 'needs_reauth') {
      return settleRefresh(engine, present)
    }
    // Who was given the lease after this one knows more.
    const schedule = await engine.store.findSchedule(before.tenantId, before.id)
    if (schedule?.intentGeneration !== generation) throw refusal(failure.failureClass, failure.retryAfterSeconds, failure)

    const conclusion = await conclude(engine, held, present, failure)
    if ('end' in conclusion) {
      if (await endGrant(engine, present, conclusion.end)) throw needsReauth(conclusion.end)
    } else if (await noteFailure(engine, held, present, conclusion)) throw refusal(failure.failureClass, failure.retryAfterSeconds, failure)
    // Somebody wrote in between, a check perhaps: what was concluded may have to be concluded anew.
  }
}

async function conclude(engine: Engine, held: HeldRefresh, present: ConnectionRecord, failure: TokenRequestFailed): Promise<Conclusion> {
  const { schedule } = held
  const now = engine.now()
  if (failure.failureClass === 'grant_dead') return concludeRefusal(engine, held, present)
  if (failure.failureClass === 'configuration_wrong') {
    const failingSince = schedule.failingSince ?? now
    // Our client works for another connection, so the refusal is about this one's grant.
    if (schedule.failureClass === 'configuration_wrong' && (await engine.store.hasRefreshedSince(present.provider, failingSince, present.id))) return { end: 'grant_revoked' }
    if (now - Math.max(failingSince, present.expiresAt ?? failingSince) >= unconfirmedAfterMs) return { end: 'unconfirmed' }
    log('the provider refuses our client id or secret, or this one grant; no connection was changed', { provider: present.provider, connection: present.id, error: failure.oauthError ?? '' })
    return { failureClass: 'configuration_wrong', retryAt: retryTime(engine, schedule, failure) }
  }
  // That an outcome is unknown is not forgotten over an outage after it.
  const isKept = schedule.failureClass === 'outcome_unknown' || schedule.failureClass === 'grant_uncertain'
  const failureClass = isKept ? schedule.failureClass : schedule.intentAt !== undefined ? 'outcome_unknown' : failure.failureClass
  return { failureClass, retryAt: retryTime(engine, schedule, failure) }
}

/**
 * A refused refresh token is dead, and where the outcome of an earlier request is unknown, that request has probably replaced it: the
 * answer is lost, or still comes from a process that was held up. So it is tried once more before its grant ends, as late as somebody
 * may come back with the new token, and not while the access token lives.
 */
function concludeRefusal({ now, timing, config }: Engine, { schedule }: HeldRefresh, { expiresAt = 0 }: ConnectionRecord): Conclusion {
  if (schedule.failureClass === 'grant_uncertain') return { end: 'rotation_lost' }
  if (schedule.failureClass !== 'outcome_unknown' && schedule.intentAt === undefined) return { end: 'grant_revoked' }
  const lastReportAt = schedule.intentAt === undefined ? 0 : schedule.intentAt + timing.uncertainForMs
  const retryAt = Math.max(lastReportAt, Math.min(expiresAt, now() + config.refresh.aheadMs))
  return retryAt > now() ? { failureClass: 'grant_uncertain', retryAt } : { end: 'rotation_lost' }
}

/** Full jitter, so that connections which failed together do not come back together; not before the provider wants to hear from us. */
function retryTime({ now, timing }: Engine, { failureCount }: ScheduleRecord, { retryAfterSeconds = 0 }: TokenRequestFailed): number {
  const longest = Math.min(timing.longestBackoffMs, timing.firstBackoffMs * 2 ** Math.min(failureCount, 20))
  return now() + Math.ceil(Math.max(retryAfterSeconds * 1000, 1_000 + Math.random() * longest))
}

/** @returns `false` when somebody wrote in between */
async function noteFailure(engine: Engine, { schedule }: HeldRefresh, present: ConnectionRecord, { failureClass, retryAt }: { readonly failureClass: string; readonly retryAt: number }): Promise<boolean> {
  const now = engine.now()
  const failureCount = schedule.failureCount + 1
  const after: ConnectionRecord = { ...present, healthState: 'degraded', healthCheckedAt: now, updatedAt: now }
  return commitChange(
    engine,
    {
      tenantId: present.tenantId,
      connectionId: present.id,
      expect: present,
      connection: after,
      schedule: { refreshAt: retryAt, failingSince: schedule.failingSince ?? now, failureCount, failureClass },
      endLease: { owner: engine.owner },
    },
    failureCount === 1 ? [createEvent('token.refresh_failed', after, now, { reason: failureClass })] : [],
  )
}

/** Ends a grant: only the user can mend it. The secrets stay until the user does or disconnects. @returns `false` when somebody wrote in between */
export async function endGrant(engine: Engine, present: ConnectionRecord, reason: StatusReason): Promise<boolean> {
  const now = engine.now()
  const after: ConnectionRecord = { ...present, status: 'needs_reauth', statusReason: reason, updatedAt: now }
  return commitChange(
    engine,
    {
      tenantId: present.tenantId,
      connectionId: present.id,
      expect: present,
      connection: after,
      schedule: { refreshAt: null, checkAt: null, warnAt: null, failingSince: null, failureCount: 0, failureClass: null, suspectedAt: null },
      endLease: { owner: engine.owner },
    },
    [createEvent('connection.needs_reauth', after, now, { reason })],
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
