// What one answer of the provider changes about a connection.
import type { StatusReason, Verdict } from '@authpipe/core'
import { commitChange } from '../commitChange.ts'
import { endConnection } from '../credentials/disconnect.ts'
import type { ConnectionRef } from '../credentials/connectionErrors.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import type { ConnectionRecord } from '../store/store.ts'

const failures: Partial<Record<Verdict, StatusReason>> = {
  account_suspended: 'account_suspended',
  plan_unsupported: 'plan_unsupported',
  access_denied: 'access_denied',
}

/** Whether an answer says that the provider refuses the account itself. */
export function isRefusal(verdict: Verdict): boolean {
  return verdict === 'uninstalled' || failures[verdict] !== undefined
}

/**
 * Writes down what an answer says. A suspended account or a lapsed plan makes the connection `failed` until an answer says
 * otherwise, and an app that was removed from its workspace ends it; an outage, a rate limit or a missing scope only touches
 * `health`.
 *
 * @returns the connection as it is after it; `undefined` where there is none any more
 */
export async function noteVerdict(engine: Engine, { tenantId, connectionId }: ConnectionRef, verdict: Verdict): Promise<ConnectionRecord | undefined> {
  const before = await engine.store.findConnection(tenantId, connectionId)
  if (!before || before.status === 'revoked' || before.status === 'needs_reauth') return before

  if (verdict === 'uninstalled' && before.kind === 'installation') {
    await endConnection(engine, before, 'uninstalled')
    return engine.store.findConnection(tenantId, connectionId)
  }
  const now = engine.now()
  const after = judged(before, verdict, now)
  const events =
    after.status === before.status
      ? []
      : [createEvent(after.status === 'failed' ? 'connection.failed' : 'connection.recovered', after, now, after.statusReason ? { reason: after.statusReason } : {})]
  const landed = await commitChange(engine, { tenantId, connectionId, expect: before, connection: after }, events)
  return landed ? after : engine.store.findConnection(tenantId, connectionId)
}

function judged(before: ConnectionRecord, verdict: Verdict, now: number): ConnectionRecord {
  const { statusReason, ...rest } = before
  const checked = { ...rest, healthCheckedAt: now, updatedAt: now }
  const reason = failures[verdict]
  if (reason) return { ...checked, status: 'failed', statusReason: reason, healthState: 'degraded' }
  if (verdict === 'healthy') return { ...checked, status: 'active', healthState: 'healthy' }
  if (verdict === 'unknown') return { ...before, healthCheckedAt: now, updatedAt: now, healthState: before.healthState === 'healthy' ? 'healthy' : 'unknown' }
  return { ...before, healthCheckedAt: now, updatedAt: now, healthState: 'degraded' }
}
