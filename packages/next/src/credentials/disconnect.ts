import { randomUUID } from 'node:crypto'
import { commitChange } from '../commitChange.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { isHandedOver } from '../store/handOver.ts'
import type { ConnectionRecord, RevocationRecord, SecretField } from '../store/store.ts'
import { connectionNotFound, type ConnectionRef } from './connectionErrors.ts'
import { sendDueRevocations } from './sendDueRevocations.ts'

/** A refresh token first: many providers end its access tokens with it (RFC 7009 §2.1). */
const fields: readonly SecretField[] = ['refresh_token', 'credential']

/**
 * Ends a connection: unusable here at once, and its tokens handed to a durable queue that revokes them at the provider.
 * Repeating it changes nothing.
 *
 * @throws {AuthpipeError} `connection_not_found` where there never was such a connection
 */
export async function disconnect(engine: Engine, ref: ConnectionRef): Promise<void> {
  if (await disconnectNow(engine, ref, engine.now())) engine.background(sendDueRevocations(engine))
}

/**
 * Ends a connection here and leaves its tokens to the queue.
 *
 * @param revokeAt - when the provider is to hear of it, in epoch milliseconds
 * @returns `false` when it had ended before
 * @throws {AuthpipeError} `connection_not_found` where there never was such a connection
 */
export async function disconnectNow(engine: Engine, ref: ConnectionRef, revokeAt: number): Promise<boolean> {
  for (;;) {
    const before = await engine.store.findConnection(ref.tenantId, ref.connectionId)
    if (!before) throw connectionNotFound()
    if (before.status === 'revoked') return false
    if (await endConnection(engine, before, 'disconnected', revokeAt)) return true
  }
}

/**
 * Makes a connection unusable: its secrets go, its grant generation moves on, and tokens are queued for revocation. What was handed over
 * is in use elsewhere and lives on at the provider.
 *
 * @param revokeAt - when the provider is to hear of it, in epoch milliseconds; `never` where another connection may have the same grant
 * @returns `false` when a refresh or reconnect came between
 */
export async function endConnection(engine: Engine, before: ConnectionRecord, reason: 'disconnected' | 'uninstalled', revokeAt: number | 'never' = engine.now()): Promise<boolean> {
  const now = engine.now()
  const { expiresAt: _over, ...rest } = before
  const after: ConnectionRecord = {
    ...rest,
    status: 'revoked',
    statusReason: reason,
    isDefault: false,
    healthState: 'unknown',
    updatedAt: now,
    grantGeneration: before.grantGeneration + 1,
  }
  const { tenantId, id: connectionId } = before
  const isOurs = before.credentialType === 'oauth_token' && !isHandedOver(await engine.store.findSchedule(tenantId, connectionId))
  return commitChange(
    engine,
    {
      tenantId,
      connectionId,
      expect: before,
      connection: after,
      removeSecrets: fields,
      schedule: 'remove',
      revocations: revokeAt !== 'never' && isOurs ? await listRevocations(engine, before, now, revokeAt) : [],
    },
    [createEvent('connection.revoked', after, now, { reason })],
  )
}

/** The sealed tokens as they are: their seals still name the connection and generations that they were made for. */
async function listRevocations(engine: Engine, before: ConnectionRecord, now: number, revokeAt: number): Promise<RevocationRecord[]> {
  const revocations: RevocationRecord[] = []
  for (const [index, field] of fields.entries()) {
    const secret = await engine.store.findSecret(before.tenantId, before.id, field)
    if (!secret) continue
    // All are due then; a millisecond between them keeps their order.
    const nextAttemptAt = revokeAt - fields.length + index
    revocations.push({ ...secret, id: randomUUID(), provider: before.provider, settings: before.settings, attempts: 0, nextAttemptAt, createdAt: now })
  }
  return revocations
}
