// A scheduled check of one connection: whether it is its time, and what the look found.
import { commitChange } from '../commitChange.ts'
import { refreshCredential } from '../credentials/refreshCredential.ts'
import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import type { ConnectionRecord, Postponement, ScheduleRecord } from '../store/store.ts'
import { downSince, mayProbe } from './breakers.ts'
import { checkAfterOutageAt, checkFrom, nextCheckAt } from './checkTime.ts'
import { probe, wasEndedByRefresh } from './probe.ts'
import type { Look } from './settleFindings.ts'

/**
 * Looks at a connection whose check is due, unless something speaks against it now: its provider is down or wants no requests, or the
 * share of its rate limit is used up.
 *
 * @returns what it found, or when to come again; `undefined` where nothing is left to do
 * @throws {AuthpipeError} `store_unavailable` or `vault_unavailable` (retryable)
 */
export async function checkDue(engine: Engine, row: ScheduleRecord): Promise<Look | Postponement | undefined> {
  const { tenantId, connectionId, provider } = row
  const until = (instant: number): Postponement => ({ tenantId, connectionId, part: 'check', until: instant })
  const now = engine.now()
  const registered = engine.registrations.find(provider)
  if (!registered) {
    if (engine.health.reported.isFirst(provider, Infinity, 0)) log('connections of a provider that is not registered are not checked', { provider })
    return until(nextCheckAt(engine))
  }
  const limitedUntil = engine.health.limitedUntil.get(provider) ?? 0
  if (limitedUntil > now) return until(checkFrom(engine, limitedUntil))

  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection || connection.status === 'revoked') return undefined
  if (wasEndedByRefresh(connection)) {
    await retryEnded(engine, connection, row)
    return undefined
  }
  const { rateLimit } = registered.definition
  if (!(await mayProbe(engine, provider))) return until(checkAfterOutageAt(engine, (await downSince(engine, provider)) ?? now))
  const freeAt = rateLimit && (await engine.health.allowance.take(`${provider} ${rateLimit.sharedBy?.(connection) ?? ''}`, rateLimit, engine.config.health.rateShare, now))
  if (freeAt !== undefined) return until(checkFrom(engine, freeAt))

  const finding = await probe(engine, connection)
  // A limit that is not an account's own holds for everybody.
  if (finding.kind === 'limited' && !rateLimit?.sharedBy) engine.health.limitedUntil.set(provider, now + (finding.retryAfterMs ?? 0))
  return { connection, schedule: row, finding, isAsked: false }
}

/**
 * Gives a grant that was taken for dead during an outage another try: the refresh judges anew. What was told of its end is told once.
 */
async function retryEnded(engine: Engine, connection: ConnectionRecord, { tenantId, connectionId, demotedAt }: ScheduleRecord): Promise<void> {
  if (demotedAt === undefined) {
    await engine.store.commit({ tenantId, connectionId, expect: connection, schedule: { checkAt: null } }, [])
    return
  }
  const { statusReason: _undone, ...rest } = connection
  const undone: ConnectionRecord = { ...rest, status: 'active', healthState: 'degraded', updatedAt: engine.now() }
  const change = { tenantId, connectionId, expect: connection, connection: undone, schedule: { refreshAt: engine.now(), checkAt: nextCheckAt(engine) } }
  if (!(await commitChange(engine, change, []))) return
  await refreshCredential(engine, { tenantId, connectionId }, connection.tokenGeneration).catch(() => undefined)
}
