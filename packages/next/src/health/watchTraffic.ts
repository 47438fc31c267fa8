// What calls of `authpipe.fetch` tell of the connection they were made with.
import type { ConnectionRef } from '../credentials/connectionErrors.ts'
import type { Engine } from '../engine.ts'
import { checkConnection } from './checkConnection.ts'
import { nextCheckAt } from './checkTime.ts'

/** How often the calls of one connection are looked at, in one process. */
const everyMs = 60_000

/**
 * Takes note of an answer to a call. One that refuses the credential or what it may do has the connection checked at once: a call can be
 * refused for reasons of its own, so it proves nothing by itself. One that succeeds counts as the check of a connection that was healthy,
 * and has any other checked, so that its recovery is seen.
 */
export function watchTraffic(engine: Engine, { tenantId, connectionId }: ConnectionRef, answer: 'taken' | 'refused' | 'neither'): void {
  if (answer === 'neither') return
  if (!engine.health.traffic.isFirst(`${answer} ${tenantId} ${connectionId}`, everyMs, engine.now())) return
  engine.background(answer === 'refused' ? checkConnection(engine, { tenantId, connectionId }) : noteSuccess(engine, { tenantId, connectionId }))
}

async function noteSuccess(engine: Engine, { tenantId, connectionId }: ConnectionRef): Promise<void> {
  const connection = await engine.store.findConnection(tenantId, connectionId)
  const now = engine.now()
  if (connection?.status !== 'active') return
  if (connection.healthState !== 'healthy') await checkConnection(engine, { tenantId, connectionId })
  else if (now - (connection.healthCheckedAt ?? 0) > engine.config.health.checkEveryMs / 2) {
    await engine.store.noteHealthyChecks([{ tenantId, connectionId, checkedAt: now, nextCheckAt: nextCheckAt(engine) }])
  }
}
