// What a finding changes about its connection. It never touches a credential.
import type { ConnectionStatus, StatusReason } from '@authpipe/core'
import { commitChange } from '../commitChange.ts'
import { endConnection } from '../credentials/disconnect.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { isHandedOver } from '../store/handOver.ts'
import type { ConnectionRecord, EventRecord, ScheduleRecord, SchedulePatch } from '../store/store.ts'
import { checkAfterOutageAt, checkAfterTroubleAt, checkFrom, checkUndecidedAt, confirmAt, nextCheckAt } from './checkTime.ts'
import type { Finding } from './finding.ts'
import { wasEndedByRefresh } from './probe.ts'

/** What may be concluded from a finding, beside that a connection works. */
export interface Doubt {
  /** Since when the provider, or our own way out, is down: then nobody loses a connection by it. */
  readonly downSince: number | undefined
  /** Whether it may be our own way out. */
  readonly mayBeUs: boolean
  /** Whether somebody asked for this very check, and is to see what it found. */
  readonly isAsked: boolean
}

interface Conclusion {
  readonly connection?: ConnectionRecord
  readonly schedule: SchedulePatch
  readonly events?: readonly EventRecord[]
  readonly ends?: 'uninstalled'
}

/**
 * Writes down what a look at a connection found. Good news counts at once. A refusal makes it unusable when it is confirmed: that is,
 * when so many checks in a row found it, far enough apart. Trouble, a rate limit and what cannot be judged only touch `health`.
 *
 * @param looked - the connection as it was looked at
 */
export async function noteFinding(engine: Engine, looked: ConnectionRecord, finding: Finding, doubt: Doubt): Promise<void> {
  const { tenantId, id: connectionId, grantGeneration } = looked
  const [before, schedule] = await Promise.all([engine.store.findConnection(tenantId, connectionId), engine.store.findSchedule(tenantId, connectionId)])
  // What was found of a grant says nothing of one that has replaced it.
  if (!before || !schedule || before.grantGeneration !== grantGeneration || before.status === 'revoked' || wasEndedByRefresh(before)) return
  // Nor does it of one whose tokens somebody else replaces.
  if (isHandedOver(schedule)) return
  const { connection, ends, events = [], schedule: patch } = conclude(engine, before, schedule, finding, doubt)
  // Whoever comes in between knows better: then nothing lands, and the check comes due again.
  if (ends) await endConnection(engine, before, ends)
  else await commitChange(engine, { tenantId, connectionId, expect: before, ...(connection ? { connection } : {}), schedule: patch }, events)
}

function conclude(engine: Engine, before: ConnectionRecord, schedule: ScheduleRecord, finding: Finding, doubt: Doubt): Conclusion {
  switch (finding.kind) {
    case 'healthy':
      return recovered(engine, before)
    case 'refused':
      return refused(engine, before, schedule, finding.reason ?? 'credential_rejected', doubt)
    case 'limited':
      return degraded(engine, before, Math.max(checkAfterTroubleAt(engine), checkFrom(engine, engine.now() + (finding.retryAfterMs ?? 0))))
    case 'unreachable':
      if (doubt.mayBeUs) return { schedule: { checkAt: checkUndecidedAt(engine) } }
      return inTrouble(engine, before, doubt)
    case 'trouble':
      return inTrouble(engine, before, doubt)
    case 'ours':
      return degraded(engine, before, nextCheckAt(engine))
    case 'unclear':
      return unclear(engine, before)
    case 'settled':
      return { schedule: { checkAt: nextCheckAt(engine) } }
  }
}

function recovered(engine: Engine, before: ConnectionRecord): Conclusion {
  const now = engine.now()
  const { statusReason: _mended, ...rest } = before
  const connection: ConnectionRecord = { ...rest, status: 'active', healthState: 'healthy', healthCheckedAt: now, updatedAt: now }
  return {
    connection,
    schedule: { checkAt: nextCheckAt(engine), suspectedAt: null, demotedAt: null },
    events: before.status === 'active' ? [] : [createEvent('connection.recovered', connection, now)],
  }
}

function inTrouble(engine: Engine, before: ConnectionRecord, { downSince, isAsked }: Doubt): Conclusion {
  if (downSince === undefined) return degraded(engine, before, checkAfterTroubleAt(engine))
  const checkAt = checkAfterOutageAt(engine, downSince)
  return isAsked ? degraded(engine, before, checkAt) : { schedule: { checkAt, suspectedAt: null } }
}

/** Only refusals in a row count, so whatever else is found ends a suspicion. */
function degraded(engine: Engine, before: ConnectionRecord, checkAt: number): Conclusion {
  const now = engine.now()
  return { connection: { ...before, healthState: 'degraded', healthCheckedAt: now, updatedAt: now }, schedule: { checkAt, suspectedAt: null } }
}

/** An answer that nobody can judge counts as no check; when there has been no other for two intervals, nobody knows. */
function unclear(engine: Engine, before: ConnectionRecord): Conclusion {
  const now = engine.now()
  const schedule = { checkAt: nextCheckAt(engine), suspectedAt: null }
  const isKnown = before.healthState === 'healthy' && now - (before.healthCheckedAt ?? 0) < 2 * engine.config.health.checkEveryMs
  return isKnown ? { schedule } : { schedule, connection: { ...before, healthState: 'unknown', healthCheckedAt: now, updatedAt: now } }
}

/** What a confirmed refusal makes of a connection. */
const outcomes: Partial<Record<StatusReason, { readonly status: ConnectionStatus; readonly event: 'connection.needs_reauth' | 'connection.failed' }>> = {
  credential_rejected: { status: 'needs_reauth', event: 'connection.needs_reauth' },
  scope_lost: { status: 'needs_reauth', event: 'connection.needs_reauth' },
  account_suspended: { status: 'failed', event: 'connection.failed' },
  plan_unsupported: { status: 'failed', event: 'connection.failed' },
  access_denied: { status: 'failed', event: 'connection.failed' },
}

function refused(engine: Engine, before: ConnectionRecord, schedule: ScheduleRecord, reason: StatusReason, doubt: Doubt): Conclusion {
  if (before.status !== 'active') return degraded(engine, before, nextCheckAt(engine))
  if (doubt.downSince !== undefined) return inTrouble(engine, before, doubt)
  const now = engine.now()
  const { count, suspectedAt } = countRefusal(before.healthCheckedAt, schedule.suspectedAt, now, engine.config.health.confirmAfterMs)
  const suspected: ConnectionRecord = { ...before, healthState: 'degraded', healthCheckedAt: now, updatedAt: now }
  if (count < engine.config.health.confirmations) return { connection: suspected, schedule: { checkAt: confirmAt(engine), suspectedAt } }

  const outcome = outcomes[reason]
  if (!outcome) return { schedule: {}, ends: 'uninstalled' }
  const connection: ConnectionRecord = { ...suspected, status: outcome.status, statusReason: reason }
  return {
    connection,
    schedule: { checkAt: nextCheckAt(engine), suspectedAt: null, demotedAt: now },
    events: [createEvent(outcome.event, connection, now, { reason })],
  }
}

/**
 * Counts a refusal in a row of them. How many there were is told by how long the suspicion had lasted at the last one: each that counts
 * makes it one interval longer and no more, however late it comes.
 */
export function countRefusal(lastAt: number | undefined, suspectedAt: number | undefined, now: number, intervalMs: number): { readonly count: number; readonly suspectedAt: number } {
  if (suspectedAt === undefined) return { count: 1, suspectedAt: now }
  const before = 1 + Math.floor(Math.max(0, (lastAt ?? suspectedAt) - suspectedAt) / intervalMs)
  if (now - suspectedAt < before * intervalMs) return { count: before, suspectedAt }
  return { count: before + 1, suspectedAt: Math.max(suspectedAt, now - before * intervalMs) }
}
