import { AuthpipeError } from '@authpipe/core'
import { commitChange } from '../commitChange.ts'
import { refreshCredential } from '../credentials/refreshCredential.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { log } from '../log.ts'
import type { ScheduleRecord } from '../store/store.ts'

/** When a token is looked at again that cannot be refreshed for a reason that does not pass by itself. */
const putOffMs = 3_600_000

/**
 * Refreshes a token ahead of its end. Why one cannot be had is written where it belongs by the refresh itself; what cannot even be tried,
 * since the credential does not open or its provider is not registered, is put off and reported once.
 *
 * @returns whether there is a newer token now
 * @throws {AuthpipeError} `store_unavailable` or `vault_unavailable` (retryable)
 */
export async function refreshDue(engine: Engine, { tenantId, connectionId, refreshAt }: ScheduleRecord): Promise<boolean> {
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection || connection.status === 'revoked') return false
  try {
    await refreshCredential(engine, { tenantId, connectionId }, connection.tokenGeneration)
    return true
  } catch (error) {
    const code = error instanceof AuthpipeError ? error.code : 'internal_error'
    if (code === 'store_unavailable' || code === 'vault_unavailable') throw error
    const schedule = await engine.store.findSchedule(tenantId, connectionId)
    const isSettled = schedule?.refreshAt !== refreshAt
    if (schedule && !isSettled && !(error instanceof AuthpipeError && error.retryable)) await putOff(engine, schedule, code)
    return false
  }
}

async function putOff(engine: Engine, { tenantId, connectionId, provider, failureClass, failureCount, failingSince }: ScheduleRecord, code: string): Promise<void> {
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection) return
  const now = engine.now()
  const isNew = failureClass !== code
  if (isNew) log('a token cannot be refreshed; it is put off', { connection: connectionId, provider, code })
  const refreshAt = Math.ceil(now + putOffMs * (0.9 + 0.2 * engine.health.spread.next()))
  const schedule = { refreshAt, failingSince: failingSince ?? now, failureCount: failureCount + 1, failureClass: code }
  await commitChange(engine, { tenantId, connectionId, expect: connection, schedule }, isNew ? [createEvent('token.refresh_failed', connection, now, { reason: code })] : [])
}
