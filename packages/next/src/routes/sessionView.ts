import { errorTable, type Session, type SessionStatus } from '@authpipe/core'
import { toConnection } from '../connectionView.ts'
import type { Engine } from '../engine.ts'
import type { SessionRecord } from '../store/store.ts'

/** What a session looks like from outside: one that is being redeemed is pending, one that ran out is expired. */
export function statusOf({ status, expiresAt }: SessionRecord, now: number): SessionStatus {
  if (status !== 'pending' && status !== 'redeeming') return status
  return now >= expiresAt ? 'expired' : 'pending'
}

/** Writes a session for its principal: a coarse status, a code, and the connection that came of it. */
export async function toSession(engine: Engine, record: SessionRecord): Promise<Session> {
  const status = statusOf(record, engine.now())
  const code = status === 'expired' ? 'session_expired' : record.errorCode
  const connection = record.resultConnectionId === undefined ? undefined : await engine.store.findConnection(record.tenantId, record.resultConnectionId)
  return {
    sessionId: record.id,
    status,
    ...(connection && connection.status !== 'revoked' ? { connection: toConnection(connection), reconnected: record.reconnected ?? false } : {}),
    ...(code !== undefined && status !== 'complete' ? { error: { code, message: Object.hasOwn(errorTable, code) ? errorTable[code as keyof typeof errorTable].title : code } } : {}),
  }
}
