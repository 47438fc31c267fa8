import { AuthpipeError, type Verdict } from '@authpipe/core'
import { judgeAnswer } from '@authpipe/core/server'
import { readCredential } from '../credentials/getCredential.ts'
import { sendProviderRequest } from '../credentials/providerRequest.ts'
import { connectionNotFound, type ConnectionRef } from '../credentials/connectionErrors.ts'
import type { Engine } from '../engine.ts'
import type { ConnectionRecord } from '../store/store.ts'
import { noteVerdict } from './noteVerdict.ts'

/**
 * Asks the provider whether a connection works, and writes down what it says. A token that the provider calls dead is
 * refreshed once before anybody is blamed.
 *
 * @returns the connection as it is after it
 * @throws {AuthpipeError} `connection_not_found`
 */
export async function checkConnection(engine: Engine, ref: ConnectionRef): Promise<ConnectionRecord> {
  const connection = await engine.store.findConnection(ref.tenantId, ref.connectionId)
  if (!connection || connection.status === 'revoked') throw connectionNotFound()
  // No request carries a webhook secret, so no answer judges it.
  if (connection.status === 'needs_reauth' || connection.credentialType === 'webhook_secret') return connection

  let verdict = await probe(engine, connection, false)
  if (verdict === 'credential_dead' && connection.credentialType === 'oauth_token') verdict = await probe(engine, connection, true)
  const after = await noteVerdict(engine, ref, verdict)
  if (!after || after.status === 'revoked') throw connectionNotFound()
  return after
}

/** One look. What goes wrong on the way to the provider's answer blames nobody; a refresh judges and stores by itself. */
async function probe(engine: Engine, connection: ConnectionRecord, forceRefresh: boolean): Promise<Verdict> {
  const { tenantId, id: connectionId, ownerId, kind, provider: id, credentialType, settings } = connection
  try {
    const provider = await engine.registrations.get(id).at(connection)
    // A failed connection still has its credential, which is what has to be tried.
    const query = { provider: id, tenantId, connectionId, credentialType, credentialFor: kind, forceRefresh, ...(ownerId ? { userId: ownerId } : {}) }
    const credential = await readCredential(engine, query, { evenFailed: true })
    return judgeAnswer(provider.definition, await sendProviderRequest(engine.outbound.fetch, provider, settings, credential, provider.definition.healthCheck, AbortSignal.timeout(engine.config.health.timeoutMs)))
  } catch (error) {
    if (!(error instanceof AuthpipeError)) return 'unknown'
    return error.retryable || error.code === 'provider_misconfigured' ? 'unavailable' : 'unknown'
  }
}
