import { connectionNotFound, type ConnectionRef } from '../credentials/connectionErrors.ts'
import type { Engine } from '../engine.ts'
import type { ConnectionRecord } from '../store/store.ts'
import { probe, wasEndedByRefresh } from './probe.ts'
import { settleFindings } from './settleFindings.ts'

/**
 * Asks the provider now whether a connection works, and writes down what it says, by the same judgement as a scheduled check: a refusal
 * has to be confirmed.
 *
 * @returns the connection as it is after it
 * @throws {AuthpipeError} `connection_not_found`; `vault_unavailable` or `store_unavailable` (retryable)
 */
export async function checkConnection(engine: Engine, { tenantId, connectionId }: ConnectionRef): Promise<ConnectionRecord> {
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection || connection.status === 'revoked') throw connectionNotFound()
  // No request carries a webhook secret, so no answer judges it.
  if (connection.credentialType === 'webhook_secret' || wasEndedByRefresh(connection)) return connection

  const schedule = (await engine.store.findSchedule(tenantId, connectionId)) ?? {}
  await settleFindings(engine, [{ connection, schedule, finding: await probe(engine, connection), isAsked: true }])
  const after = await engine.store.findConnection(tenantId, connectionId)
  if (!after || after.status === 'revoked') throw connectionNotFound()
  return after
}
