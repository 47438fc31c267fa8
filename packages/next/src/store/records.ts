// What is stored. Instants are epoch milliseconds; nothing in clear is secret.
import type { Account, Attachment, ConnectionHealth, ConnectionStatus, ConnectMode, CredentialType, StatusReason } from '@authpipe/core'

/** A connection as stored; instants are epoch milliseconds. It holds no secret. */
export interface ConnectionRecord {
  readonly id: string
  readonly tenantId: string
  readonly provider: string
  /** The user that owns it, or `''` where it serves the whole tenant. */
  readonly ownerId: string
  readonly attachment: Attachment
  readonly kind: 'user' | 'installation'
  readonly credentialType: CredentialType
  readonly account: Account
  readonly status: ConnectionStatus
  readonly statusReason?: StatusReason
  readonly isDefault: boolean
  readonly scopes: readonly string[]
  readonly missingScopes: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  readonly healthState: ConnectionHealth['state']
  readonly healthCheckedAt?: number
  readonly connectedAt: number
  readonly updatedAt: number
  /** End of the access token. */
  readonly expiresAt?: number
  /** Grows with every write, so that what was concluded from an older state is not written over a newer one. */
  readonly revision: number
  /** Grows with every connect, reconnect and disconnect: a late refresh of an older grant cannot be stored. */
  readonly grantGeneration: number
  /** Grows with every stored token of a grant, by the number that the refresh was given with its lease: a slow one cannot overwrite a newer one. */
  readonly tokenGeneration: number
}

/** What is sealed for a connection. They are apart so that a read never opens the refresh token. */
export type SecretField = 'credential' | 'refresh_token'

export interface SecretRecord {
  readonly tenantId: string
  readonly connectionId: string
  readonly field: SecretField
  readonly sealed: Uint8Array
  /** The generations that the seal binds. */
  readonly grantGeneration: number
  readonly tokenGeneration: number
}

/** What is due for a connection: narrow, since it is scanned and claimed. */
export interface ScheduleRecord {
  readonly tenantId: string
  readonly connectionId: string
  readonly provider: string
  /** When to refresh ahead of expiry, or to try again; absent: never. */
  readonly refreshAt?: number
  /** When to check health; absent: never. */
  readonly checkAt?: number
  /** When to tell that the refresh token will die of age; absent: never, or it was told. */
  readonly warnAt?: number
  /** When the last refresh succeeded. */
  readonly refreshedAt?: number
  /** Since when refreshing has failed without a success in between. */
  readonly failingSince?: number
  readonly failureCount: number
  /** Class of the last failure, such as `configuration_wrong`. */
  readonly failureClass?: string
  /** When the refresh token ends, where the provider says. */
  readonly grantEndsAt?: number
  /** Since when a check finds the credential refused without anything else having confirmed it. */
  readonly suspectedAt?: number
  /** When a check made the connection unusable: what a breaker that opens later puts to another check. */
  readonly demotedAt?: number
}

/** Who is refreshing a connection. Whoever finds an intent whose lease is over knows that its outcome is unknown. */
export interface LeaseRecord {
  readonly leaseOwner?: string
  readonly leaseUntil?: number
  /** When the request that nobody has reported on went out, or was about to. */
  readonly intentAt?: number
  /** The token generation that its answer would be stored as; it stays when the lease ends. */
  readonly intentGeneration?: number
}

/** A connection with what a refresh of it needs, all of one moment. */
export interface Refreshable {
  readonly connection: ConnectionRecord
  readonly schedule?: ScheduleRecord & LeaseRecord
  readonly refreshToken?: SecretRecord
}

/** `redeeming` is between the one consumption and its outcome; outside it reads as pending. */
export type StoredSessionStatus = 'pending' | 'redeeming' | 'complete' | 'denied' | 'cancelled' | 'failed'

/** One connect attempt. */
export interface SessionRecord {
  readonly id: string
  readonly tenantId: string
  readonly userId: string
  readonly provider: string
  /** Context of the callback path, where tenants bring their own app. */
  readonly contextId?: string
  /** SHA-256 of the `state` parameter. */
  readonly stateHash: Uint8Array
  /** SHA-256 of the browser-binding cookie. */
  readonly bindingHash: Uint8Array
  /** SHA-256 of what was asked for, so that a repeat of the same start can be told from another one. */
  readonly requestHash: Uint8Array
  /** Sealed: code verifier and authorization URL. */
  readonly sealed: Uint8Array
  readonly redirectUri: string
  readonly issuer?: string
  readonly scopes: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  /** The connection to mend. */
  readonly connectionId?: string
  readonly returnTo?: string
  readonly mode: ConnectMode
  readonly status: StoredSessionStatus
  readonly errorCode?: string
  /** The connection that came of it. */
  readonly resultConnectionId?: string
  readonly reconnected?: boolean
  readonly createdAt: number
  readonly expiresAt: number
}

/** What a session becomes. */
export interface SessionOutcome {
  readonly status: StoredSessionStatus
  readonly errorCode?: string
  readonly resultConnectionId?: string
  readonly reconnected?: boolean
}

/** A tenant's data-encryption key, wrapped. */
export interface TenantKeyRecord {
  readonly tenantId: string
  /** Names this key in envelopes; 16 lower-case hex digits. */
  readonly keyId: string
  /** Names the key-encryption key that wraps it. */
  readonly kid: string
  /** The wrapped key: a compact JWE with the local keyring, opaque with another key manager. */
  readonly wrapped: string
  /** How many seals have been reserved with it. */
  readonly sealCount: number
  readonly createdAt: number
}

/** Where a sealed value stands that may be sealed anew under another tenant key. Sessions are over before it matters. */
export type SealedKind = 'secret' | 'revocation' | 'webhook'

/** A sealed value with what its seal binds. */
export interface SealedRecord {
  readonly kind: SealedKind
  readonly tenantId: string
  /** The connection of a secret, else the row itself. */
  readonly id: string
  readonly connectionId: string
  readonly provider: string
  /** `credential` or `refresh_token`; `webhook` for a webhook. */
  readonly field: string
  readonly sealed: Uint8Array
  /** `0` for a webhook. */
  readonly grantGeneration: number
  readonly tokenGeneration: number
}

/** How often the credential of a connection was handed out on one day. */
export interface CredentialReads {
  readonly tenantId: string
  readonly connectionId: string
  /** In UTC, as `2026-11-28`. */
  readonly day: string
  readonly reads: number
  readonly lastReadAt: number
}

/** How many rows of a tenant were removed. */
export interface ErasedRows {
  readonly tenantKeys: number
  readonly connections: number
  readonly sessions: number
  readonly events: number
  readonly revocations: number
  readonly webhooks: number
  readonly webhookEndpoints: number
}

/** Something that happened, told to the host app and kept as the audit log. `data` is secret-free JSON. */
export interface EventRecord {
  readonly id: string
  readonly type: string
  /** `''` where it is about a provider. */
  readonly tenantId: string
  /** `''` where it is about a provider. */
  readonly connectionId: string
  readonly provider: string
  readonly userId?: string
  readonly data: Readonly<Record<string, string | number | boolean | readonly string[]>>
  readonly occurredAt: number
  /** Revision of the connection after the change that this is about: `commit` writes it, whatever stands here. */
  readonly connectionRevision?: number
  /**
   * Who is to be told; not read back.
   * @defaultValue `['app']`
   */
  readonly sinks?: readonly EventSink[]
}

/** Who is told of events: `app` is `onEvent`, `webhook` the URL that signed ones are sent to. */
export type EventSink = 'app' | 'webhook'

/** An event on its way to a sink. */
export interface ClaimedEvent {
  readonly event: EventRecord
  /** How often it was claimed for this sink, this time included. */
  readonly attempts: number
}

/**
 * What the processes of an app know together of a provider, of their own way out to all of them, or of an account that shares a rate limit.
 */
export interface ProviderStateRecord {
  /** Provider id, `''` for our own way out, or provider id and account with a space between. */
  readonly provider: string
  /**
   * Outcomes of the last probes, one character each, oldest first: `0` answered, else a letter of whom it failed for. Of an account: one for
   * each probe that was taken of the window that ends at `probeAt`.
   */
  readonly recent: string
  /** Since when the breaker is open; absent: closed. */
  readonly openedAt?: number
  /** Not before this instant is an open breaker tried again. */
  readonly probeAt?: number
  /** Not before this instant does the provider want to hear from us (`Retry-After`). */
  readonly blockedUntil?: number
  /** Grows with every write. */
  readonly version: number
}

/** A token to revoke at the provider: what DELETE leaves behind until the provider has heard of it. */
export interface RevocationRecord {
  readonly id: string
  readonly tenantId: string
  readonly connectionId: string
  readonly provider: string
  readonly field: SecretField
  readonly sealed: Uint8Array
  readonly grantGeneration: number
  readonly tokenGeneration: number
  readonly settings: Readonly<Record<string, string>>
  readonly attempts: number
  readonly nextAttemptAt: number
  readonly createdAt: number
}

/** Where a provider's webhooks come in. */
export interface WebhookEndpointRecord {
  /** SHA-256 of the id that stands in its path: who reads the database cannot post to it. */
  readonly idHash: Uint8Array
  /** `''` where it belongs to the registration and serves every tenant. */
  readonly tenantId: string
  readonly provider: string
  /** Whether what comes in has to be signed; otherwise its path alone vouches for it. */
  readonly isSigned: boolean
  readonly createdAt: number
}

/** A verified webhook until the host app has taken it. */
export interface WebhookRecord {
  /** The same for the same event at the same endpoint and tenant, so that a replay is known. */
  readonly id: string
  readonly tenantId: string
  readonly provider: string
  /** Sealed: the event. */
  readonly sealed: Uint8Array
  readonly attempts: number
  readonly nextAttemptAt: number
  readonly receivedAt: number
}
