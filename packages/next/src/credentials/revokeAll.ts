import type { ProviderId } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import type { ConnectionRecord } from '../store/store.ts'
import { disconnectNow } from './disconnect.ts'
import { sendDueRevocations } from './sendDueRevocations.ts'

/** Whose connections are to end. */
export interface MassRevocation {
  /** Provider id. */
  readonly provider: ProviderId
  /** @defaultValue every tenant's */
  readonly tenantId?: string
}

/** How far a mass revocation has come. */
export interface RevocationReport {
  /** Connections that this call ended. They are unusable here from then on. */
  readonly disconnected: number
  /** Tokens that wait to be revoked at the provider, those of earlier disconnects too. */
  readonly waiting: number
  /** Those of them that could not be revoked at once: the provider did not take them, or a connection still lives that needs the account. */
  readonly putOff: number
}

const page = 100
/** Connections that are ended at once. */
const atOnce = 10
/** Time between two tokens that come due: half the pace at which one process sends them, so that no queue builds up before others. */
const betweenMs = 200

/**
 * Ends the connections of a provider, at once here and one after the other there. Interrupted, the next call goes on where it was; a call
 * that finds nothing more to end tells how far the provider's part has come.
 *
 * @throws {AuthpipeError} `unknown_provider`; `store_unavailable` (retryable)
 */
export async function revokeAll(engine: Engine, { provider, tenantId }: MassRevocation): Promise<RevocationReport> {
  engine.registrations.get(provider)
  const { waiting } = await engine.store.countRevocations(provider)
  let revokeAt = engine.now() + waiting * betweenMs
  let disconnected = 0
  let after: ConnectionRecord | undefined
  do {
    const connections = await engine.store.listConnectionsOfProvider({ provider, limit: page, ...(tenantId === undefined ? {} : { tenantId }), ...(after && { after }) })
    after = connections.length === page ? connections.at(-1) : undefined
    while (connections.length > 0) {
      const ends = await Promise.all(
        connections.splice(0, atOnce).map((connection) => {
          const at = revokeAt
          // An access and a refresh token each.
          revokeAt += 2 * betweenMs
          return disconnectNow(engine, { tenantId: connection.tenantId, connectionId: connection.id }, at)
        }),
      )
      disconnected += ends.filter((isEnded) => isEnded).length
    }
  } while (after)
  engine.background(sendDueRevocations(engine))
  return { disconnected, ...(await engine.store.countRevocations(provider, tenantId)) }
}
