import type { SessionOutcome, SessionRecord } from '../store.ts'
import { bytes, integer, optionalInteger, optionalText, text, textMembers, texts, word, type Draft, type Row } from './columns.ts'

/** What an outcome sets. */
export interface OutcomeRow {
  status: string
  error_code: string | null
  result_connection_id: string | null
  reconnected: number | null
}

export interface SessionRow extends OutcomeRow {
  id: string
  tenant_id: string
  user_id: string
  provider: string
  context_id: string | null
  state_hash: Uint8Array
  binding_hash: Uint8Array
  request_hash: Uint8Array
  sealed: Uint8Array
  redirect_uri: string
  issuer: string | null
  scopes: string
  settings: string
  connection_id: string | null
  return_to: string | null
  mode: string
  created_at: number
  expires_at: number
}

export function toOutcomeRow(outcome: SessionOutcome): OutcomeRow {
  return {
    status: outcome.status,
    error_code: outcome.errorCode ?? null,
    result_connection_id: outcome.resultConnectionId ?? null,
    reconnected: outcome.reconnected === undefined ? null : Number(outcome.reconnected),
  }
}

export function toSessionRow(session: SessionRecord): SessionRow {
  return {
    ...toOutcomeRow(session),
    id: session.id,
    tenant_id: session.tenantId,
    user_id: session.userId,
    provider: session.provider,
    context_id: session.contextId ?? null,
    state_hash: session.stateHash,
    binding_hash: session.bindingHash,
    request_hash: session.requestHash,
    sealed: session.sealed,
    redirect_uri: session.redirectUri,
    issuer: session.issuer ?? null,
    scopes: JSON.stringify(session.scopes),
    settings: JSON.stringify(session.settings),
    connection_id: session.connectionId ?? null,
    return_to: session.returnTo ?? null,
    mode: session.mode,
    created_at: session.createdAt,
    expires_at: session.expiresAt,
  }
}

const optionalTexts = [
  ['contextId', 'context_id'],
  ['issuer', 'issuer'],
  ['connectionId', 'connection_id'],
  ['returnTo', 'return_to'],
  ['errorCode', 'error_code'],
  ['resultConnectionId', 'result_connection_id'],
] as const

export function parseSessionRow(row: Row): SessionRecord {
  const session: Draft<SessionRecord> = {
    id: text(row, 'id'),
    tenantId: text(row, 'tenant_id'),
    userId: text(row, 'user_id'),
    provider: text(row, 'provider'),
    stateHash: bytes(row, 'state_hash'),
    bindingHash: bytes(row, 'binding_hash'),
    requestHash: bytes(row, 'request_hash'),
    sealed: bytes(row, 'sealed'),
    redirectUri: text(row, 'redirect_uri'),
    scopes: texts(row, 'scopes'),
    settings: textMembers(row, 'settings'),
    mode: word(row, 'mode', ['popup', 'redirect']),
    status: word(row, 'status', ['pending', 'redeeming', 'complete', 'denied', 'cancelled', 'failed']),
    createdAt: integer(row, 'created_at'),
    expiresAt: integer(row, 'expires_at'),
  }
  for (const [member, column] of optionalTexts) {
    const value = optionalText(row, column)
    if (value !== undefined) session[member] = value
  }
  const reconnected = optionalInteger(row, 'reconnected')
  if (reconnected !== undefined) session.reconnected = reconnected === 1
  return session
}
