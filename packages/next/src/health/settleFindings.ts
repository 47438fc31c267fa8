// From what many looks found to what changes: all of them are weighed together before any connection is blamed.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Engine } from '../engine.ts'
import type { ConnectionRecord, HealthyCheck, ScheduleRecord } from '../store/store.ts'
import { ownWayOut, type ProbeOutcome } from './breaker.ts'
import { noteProbes, noteWayOut } from './breakers.ts'
import { nextCheckAt } from './checkTime.ts'
import type { Finding } from './finding.ts'
import { noteFinding } from './noteFinding.ts'

/** One look at a connection. */
export interface Look {
  /** As it was before it. */
  readonly connection: ConnectionRecord
  readonly schedule: Pick<ScheduleRecord, 'suspectedAt' | 'demotedAt'>
  readonly finding: Finding
  /** Whether somebody asked for it. */
  readonly isAsked: boolean
}

/** Most rows that are written in one statement. */
const batch = 100

/** Writes down what looks found. Those that found a connection as healthy as it was are written many at once. */
export async function settleFindings(engine: Engine, looks: readonly Look[]): Promise<void> {
  const mayBeUs = await noteWayOut(engine, waysOut(looks))
  const openedAt = new Map<string, number | undefined>()
  for (const [provider, ofProvider] of Map.groupBy(looks, ({ connection }) => connection.provider)) {
    const state = await noteProbes(engine, provider, outcomesOf(ofProvider, mayBeUs))
    openedAt.set(provider, state.openedAt)
  }
  const own = await engine.health.states.find(ownWayOut)

  const unchanged = looks.filter(isUnchanged).map(({ connection: { tenantId, id } }): HealthyCheck => ({ tenantId, connectionId: id, checkedAt: engine.now(), nextCheckAt: nextCheckAt(engine) }))
  for (let start = 0; start < unchanged.length; start += batch) {
    await engine.store.noteHealthyChecks(unchanged.slice(start, start + batch))
    await nextTurn()
  }
  const failures: unknown[] = []
  for (const { connection, finding, isAsked } of looks.filter((look) => !isUnchanged(look))) {
    const doubt = { downSince: openedAt.get(connection.provider) ?? own.openedAt, mayBeUs, isAsked }
    // One that cannot be written keeps no other from it; its check comes due again.
    await noteFinding(engine, connection, finding, doubt).catch((error: unknown) => failures.push(error))
    await nextTurn()
  }
  if (failures.length > 0) throw failures[0]
}

function isUnchanged({ connection, schedule, finding }: Look): boolean {
  const wasHealthy = connection.status === 'active' && connection.healthState === 'healthy' && schedule.suspectedAt === undefined && schedule.demotedAt === undefined
  return finding.kind === 'healthy' && wasHealthy
}

/** An answer anywhere among them shows that requests get out, so answers count last. */
function waysOut(looks: readonly Look[]): ProbeOutcome[] {
  return looks
    .filter(({ finding }) => finding.isAnswered || finding.kind === 'unreachable')
    .map(({ connection, finding: { kind, isOurs = false } }) => ({ of: connection.provider, isFailure: kind === 'unreachable', isOurs }))
    .toSorted((one, other) => Number(other.isFailure) - Number(one.isFailure))
}

/** What is known to be in trouble already says nothing new of its provider. Failures count last, so that a mixed lot closes no breaker. */
function outcomesOf(looks: readonly Look[], mayBeUs: boolean): ProbeOutcome[] {
  const outcomes: ProbeOutcome[] = []
  for (const { connection, finding } of looks) {
    const isKnown = connection.status !== 'active' || (connection.healthState === 'degraded' && finding.kind !== 'refused')
    const isFailure = finding.kind === 'refused' || finding.kind === 'trouble' || (finding.kind === 'unreachable' && !mayBeUs)
    if (finding.kind === 'healthy' || (isFailure && !isKnown)) outcomes.push({ of: connection.id, isFailure })
  }
  return outcomes.toSorted((one, other) => Number(one.isFailure) - Number(other.isFailure))
}
