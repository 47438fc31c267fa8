// A connection: the lasting fact that a tenant or user linked an account at a provider. It holds no secret.
import { flag, list, mapOf, object, oneOf, optional, text, type Parser } from './shape.ts'

/** What the server knows of a connection. An outage never changes it; that is `health`. */
export type ConnectionStatus = 'active' | 'needs_reauth' | 'failed' | 'revoked'

/** Why a connection is not active. New reasons may be added; treat an unknown one as "no reason given". */
export type StatusReason =
  | 'grant_revoked'
  | 'refresh_token_expired'
  | 'rotation_lost'
  | 'credential_rejected'
  | 'scope_lost'
  | 'unconfirmed'
  | 'account_suspended'
  | 'plan_unsupported'
  | 'access_denied'
  | 'disconnected'
  | 'uninstalled'

export type CredentialType = 'oauth_token' | 'api_key' | 'webhook_secret'

/** Whether one connection serves the whole tenant or each user has their own. */
export type Attachment = 'tenant' | 'user'

/** The account at the provider, for display and to tell several apart. */
export interface Account {
  /** The provider's own id of the account; stable. */
  readonly id: string
  /** What a person recognises, such as an e-mail address or a workspace name. */
  readonly label?: string
}

/** How the last checks went. `unknown` is not `healthy`: nobody has looked yet, or the answer could not be judged. */
export interface ConnectionHealth {
  readonly state: 'healthy' | 'degraded' | 'unknown'
  /** ISO 8601 instant of the last check. */
  readonly checkedAt?: string
}

/** A connected account as everybody may see it: plain JSON without a secret. */
export interface Connection {
  readonly id: string
  /** Provider id, such as `livechat`. */
  readonly provider: string
  readonly kind: 'user' | 'installation'
  readonly tenantId: string
  /** Absent where the connection serves the whole tenant. */
  readonly userId?: string
  readonly attachment: Attachment
  readonly credentialType: CredentialType
  readonly status: ConnectionStatus
  readonly statusReason?: StatusReason
  /** Which of several accounts answers when none is named. */
  readonly isDefault: boolean
  readonly account: Account
  /** Scopes that the provider granted. */
  readonly scopes: readonly string[]
  /** Scopes that were asked for and not granted. */
  readonly missingScopes: readonly string[]
  /** Per-account inputs such as a subdomain; never secret. */
  readonly settings: Readonly<Record<string, string>>
  readonly health: ConnectionHealth
  /** ISO 8601. */
  readonly connectedAt: string
  /** ISO 8601. */
  readonly updatedAt: string
  /** ISO 8601 instant at which the present access token ends; it is refreshed before. Absent where the provider names none. */
  readonly expiresAt?: string
}

const isReason = (value: string): value is StatusReason => /^[a-z_]+$/.test(value)

/** Parses a connection from the wire; members it does not know are dropped. */
export const parseConnection: Parser<Connection> = object<Connection>({
  id: text,
  provider: text,
  kind: oneOf(['user', 'installation']),
  tenantId: text,
  userId: optional(text),
  attachment: oneOf(['tenant', 'user']),
  credentialType: oneOf(['oauth_token', 'api_key', 'webhook_secret']),
  status: oneOf(['active', 'needs_reauth', 'failed', 'revoked']),
  // The list is open: naming each reason here would only make an older page refuse a newer server.
  statusReason: (value, path) => {
    const reason = optional(text)(value, path)
    return reason !== undefined && isReason(reason) ? reason : undefined
  },
  isDefault: flag,
  account: object<Account>({ id: text, label: optional(text) }),
  scopes: list(text),
  missingScopes: list(text),
  settings: mapOf(text),
  health: object<ConnectionHealth>({ state: oneOf(['healthy', 'degraded', 'unknown']), checkedAt: optional(text) }),
  connectedAt: text,
  updatedAt: text,
  expiresAt: optional(text),
})

/** Answer of `GET /connections`. */
export interface ConnectionsBody {
  readonly connections: readonly Connection[]
}
export const parseConnections: Parser<ConnectionsBody> = object<ConnectionsBody>({ connections: list(parseConnection) })
