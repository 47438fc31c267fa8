import type { StatusReason } from '@authpipe/core'
import type { AnsweringConnection, ConnectionRecord } from '../store.ts'
import { integer, optionalInteger, optionalText, text, textMembers, texts, word, type Draft, type Row } from './columns.ts'

export interface ConnectionRow {
  tenant_id: string
  id: string
  provider: string
  owner_id: string
  attachment: string
  kind: string
  credential_type: string
  account_id: string
  account_label: string | null
  status: string
  status_reason: string | null
  is_default: number
  scopes: string
  missing_scopes: string
  settings: string
  health_state: string
  connected_at: number
  updated_at: number
  expires_at: number | null
  revision: number
  grant_generation: number
  token_generation: number
}

export const connectionColumns = [
  'tenant_id', 'id', 'provider', 'owner_id', 'attachment', 'kind', 'credential_type', 'account_id', 'account_label',
  'status', 'status_reason', 'is_default', 'scopes', 'missing_scopes', 'settings', 'health_state', 'connected_at',
  'updated_at', 'expires_at', 'revision', 'grant_generation', 'token_generation',
] as const satisfies readonly (keyof ConnectionRow)[]

/** All but the time of the last check, which the schedule keeps. */
export function toConnectionRow(connection: ConnectionRecord): ConnectionRow {
  return {
    tenant_id: connection.tenantId,
    id: connection.id,
    provider: connection.provider,
    owner_id: connection.ownerId,
    attachment: connection.attachment,
    kind: connection.kind,
    credential_type: connection.credentialType,
    account_id: connection.account.id,
    account_label: connection.account.label ?? null,
    status: connection.status,
    status_reason: connection.statusReason ?? null,
    is_default: connection.isDefault ? 1 : 0,
    scopes: JSON.stringify(connection.scopes),
    missing_scopes: JSON.stringify(connection.missingScopes),
    settings: JSON.stringify(connection.settings),
    health_state: connection.healthState,
    connected_at: connection.connectedAt,
    updated_at: connection.updatedAt,
    expires_at: connection.expiresAt ?? null,
    revision: connection.revision,
    grant_generation: connection.grantGeneration,
    token_generation: connection.tokenGeneration,
  }
}

export const attachments = ['tenant', 'user'] as const
export const kinds = ['user', 'installation'] as const
export const credentialTypes = ['oauth_token', 'api_key', 'webhook_secret'] as const
export const statuses = ['active', 'needs_reauth', 'failed', 'revoked'] as const
export const healthStates = ['healthy', 'degraded', 'unknown'] as const
export const reasons: readonly StatusReason[] = [
  'grant_revoked',
  'refresh_token_expired',
  'rotation_lost',
  'credential_rejected',
  'scope_lost',
  'unconfirmed',
  'account_suspended',
  'plan_unsupported',
  'access_denied',
  'disconnected',
  'uninstalled',
]

/** Reads what an answer needs to know of a connection. */
export function parseAnsweringConnection(row: Row): Draft<AnsweringConnection> {
  const connection: Draft<AnsweringConnection> = {
    tenantId: text(row, 'tenant_id'),
    id: text(row, 'id'),
    provider: text(row, 'provider'),
    kind: word(row, 'kind', kinds),
    credentialType: word(row, 'credential_type', credentialTypes),
    status: word(row, 'status', statuses),
    scopes: texts(row, 'scopes'),
    settings: textMembers(row, 'settings'),
    updatedAt: integer(row, 'updated_at'),
    grantGeneration: integer(row, 'grant_generation'),
    tokenGeneration: integer(row, 'token_generation'),
  }
  if (row['status_reason'] !== null) connection.statusReason = word(row, 'status_reason', reasons)
  const expiresAt = optionalInteger(row, 'expires_at')
  if (expiresAt !== undefined) connection.expiresAt = expiresAt
  return connection
}

/** Reads a connection together with `checked_at` of its schedule. */
export function parseConnectionRow(row: Row): ConnectionRecord {
  const label = optionalText(row, 'account_label')
  const accountId = text(row, 'account_id')
  const connection: Draft<ConnectionRecord> = {
    ...parseAnsweringConnection(row),
    ownerId: text(row, 'owner_id'),
    attachment: word(row, 'attachment', attachments),
    account: label === undefined ? { id: accountId } : { id: accountId, label },
    isDefault: integer(row, 'is_default') === 1,
    missingScopes: texts(row, 'missing_scopes'),
    healthState: word(row, 'health_state', healthStates),
    connectedAt: integer(row, 'connected_at'),
    revision: integer(row, 'revision'),
  }
  const healthCheckedAt = optionalInteger(row, 'checked_at')
  if (healthCheckedAt !== undefined) connection.healthCheckedAt = healthCheckedAt
  return connection
}
