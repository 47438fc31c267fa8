// What the rest of the server asks of a database. One write changes a connection: `commit`.
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
  /** Grows with every connect, reconnect and disconnect: a late refresh of an older grant cannot be stored. */
  readonly grantGeneration: number
  /** Grows with every stored token of a grant. */
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

/** What is due for a connection and who is at it: narrow, since it is scanned and claimed. */
export interface ScheduleRecord {
  readonly tenantId: string
  readonly connectionId: string
  readonly provider: string
  /** When to refresh ahead of expiry, or to try again; absent: never. */
  readonly refreshAt?: number
  /** When to check health; absent: never. */
  readonly checkAt?: number
  /** When the last refresh succeeded. */
  readonly refreshedAt?: number
  /** Since when refreshing has failed without a success in between. */
  readonly failingSince?: number
  readonly failureCount: number
  /** Class of the last failure, such as `configuration_wrong`. */
  readonly failureClass?: string
  /** Set before a refresh request goes out and cleared with its outcome: whoever finds it knows that the outcome is unknown. */
  readonly intentAt?: number
  readonly leaseOwner?: string
  readonly leaseUntil?: number
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

/** Something that happened, told to the host app and kept as the audit log. `data` is secret-free JSON. */
export interface EventRecord {
  readonly id: string
  readonly type: string
  readonly tenantId: string
  readonly connectionId: string
  readonly provider: string
  readonly userId?: string
  readonly data: Readonly<Record<string, string | number | boolean | readonly string[]>>
  readonly occurredAt: number
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

/** One change of one connection. All of it lands together with its events, or none of it. */
export interface Change {
  readonly tenantId: string
  readonly connectionId: string
  /** What must still be so. `tokenGeneration` left out: only the grant is compared. */
  readonly expect: 'absent' | { readonly grantGeneration: number; readonly tokenGeneration?: number }
  /** The row as it shall be. */
  readonly connection?: ConnectionRecord
  /** Secrets to write; a field not named here stays. */
  readonly secrets?: readonly SecretRecord[]
  /** Secrets to remove. */
  readonly removeSecrets?: readonly SecretField[]
  /** The row as it shall be, or its removal. */
  readonly schedule?: ScheduleRecord | 'remove'
  readonly revocations?: readonly RevocationRecord[]
  /** The session that ends with this change; it must still be `redeeming`, else nothing lands. */
  readonly session?: { readonly id: string; readonly outcome: SessionOutcome }
}

/** The right to refresh a connection, for a while. */
export interface Lease {
  readonly tenantId: string
  readonly connectionId: string
  readonly owner: string
  readonly now: number
  readonly until: number
  /** What must still be so: the generations of the connection as it was read. */
  readonly expect: { readonly grantGeneration: number; readonly tokenGeneration: number }
}

/** Which connection answers: the named one, else the default one, else the newest active, else the newest not revoked. */
export interface CredentialLookup {
  readonly tenantId: string
  readonly provider: string
  readonly ownerId: string
  readonly connectionId?: string
  /** Left out: any but a webhook secret. */
  readonly credentialType?: CredentialType
  readonly kind?: 'user' | 'installation'
}

/** Which connections are listed. */
export interface ConnectionFilter {
  readonly tenantId: string
  readonly ownerIds?: readonly string[]
  readonly provider?: string
  readonly credentialType?: CredentialType
}

/** What an answer needs to know of a connection: the hot read takes no more. */
export type AnsweringConnection = Pick<
  ConnectionRecord,
  | 'tenantId' | 'id' | 'provider' | 'kind' | 'credentialType' | 'status' | 'statusReason' | 'scopes' | 'settings' | 'updatedAt' | 'expiresAt'
  | 'grantGeneration' | 'tokenGeneration'
>

/** The hot read: a connection with its sealed credential, in one statement. */
export interface StoredCredential {
  readonly connection: AnsweringConnection
  /** Absent where nothing is stored any more. */
  readonly sealed?: Uint8Array
  /** `refreshAt` of the schedule row; absent where nothing can be refreshed. */
  readonly refreshAt?: number
}

/**
 * A database. Every method rejects with `store_unavailable` when the database cannot answer, having written nothing.
 * `commit` is durable when it resolves.
 */
export interface Store {
  /** Brings the schema up to date; safe to repeat and from several processes at once. */
  open(): Promise<void>
  close(): Promise<void>

  findCredential(lookup: CredentialLookup): Promise<StoredCredential | undefined>
  findConnection(tenantId: string, connectionId: string): Promise<ConnectionRecord | undefined>
  /** Not the revoked ones. Newest first. Without `ownerIds` those of every owner; without `credentialType` any but webhook secrets. */
  listConnections(filter: ConnectionFilter): Promise<ConnectionRecord[]>
  /** Active ones of every tenant that belong to an account of the provider. */
  listConnectionsOfAccount(provider: string, accountId: string): Promise<ConnectionRecord[]>
  /** By the provider's account, revoked ones included: the row that a new connect of the same account mends. */
  findConnectionByAccount(
    key: Pick<ConnectionRecord, 'tenantId' | 'provider' | 'ownerId' | 'kind' | 'credentialType'> & { readonly accountId: string },
  ): Promise<ConnectionRecord | undefined>
  findSecret(tenantId: string, connectionId: string, field: SecretField): Promise<SecretRecord | undefined>
  findSchedule(tenantId: string, connectionId: string): Promise<ScheduleRecord | undefined>

  /**
   * Writes a change and its events in one transaction.
   * @returns `false` when what was expected no longer holds, or another row has the same account or is the default already (a
   * revoked row is no default); nothing was written then
   */
  commit(change: Change, events: readonly EventRecord[]): Promise<boolean>

  /**
   * Takes the lease of a schedule row and notes the intent, if the lease is free or over and the connection can still be used and
   * is as it was read, so that nothing has to be read again under the lease.
   *
   * @returns whether it was taken
   */
  acquireLease(lease: Lease): Promise<boolean>
  /** Frees the lease if `owner` still holds it, and clears the intent. */
  releaseLease(tenantId: string, connectionId: string, owner: string): Promise<void>
  /** Rows whose `refreshAt` has come and that nobody holds, soonest first. */
  listDueRefreshes(now: number, limit: number): Promise<ScheduleRecord[]>
  /** Whether another connection of the provider refreshed after an instant. */
  hasRefreshedSince(provider: string, since: number, exceptConnectionId: string): Promise<boolean>

  /** @returns `false` when the id is taken */
  insertSession(session: SessionRecord): Promise<boolean>
  findSession(id: string): Promise<SessionRecord | undefined>
  findSessionByState(stateHash: Uint8Array): Promise<SessionRecord | undefined>
  /** Compare-and-set on the status. @returns whether it was in `from` */
  moveSession(id: string, from: StoredSessionStatus, outcome: SessionOutcome): Promise<boolean>
  /** Ties a pending session to another cookie of the same principal. @returns whether it was pending */
  rebindSession(id: string, bindingHash: Uint8Array): Promise<boolean>
  countSessions(tenantId: string, userId: string, since: number): Promise<number>
  /** Removes sessions that ended before an instant, at most `limit`. @returns how many */
  deleteSessions(expiredBefore: number, limit: number): Promise<number>

  /** The newest key of a tenant, or the named one. */
  findTenantKey(tenantId: string, keyId?: string): Promise<TenantKeyRecord | undefined>
  /** @returns `false` when the tenant has a key made at the same time by someone else (same tenant, `after` no longer the newest) */
  insertTenantKey(key: TenantKeyRecord, after: string | undefined): Promise<boolean>
  /** Adds to the seal count. @returns the count after it, or `undefined` when the key is gone */
  reserveSeals(tenantId: string, keyId: string, count: number): Promise<number | undefined>
  /** How many tenant keys each key-encryption key wraps. */
  countTenantKeys(): Promise<{ readonly kid: string; readonly tenants: number }[]>
  /** The key check value of a key-encryption key. */
  findKeyCheck(kid: string): Promise<{ readonly wrapped: string; readonly digest: Uint8Array } | undefined>
  /** Keeps the first one; a later call for the same `kid` changes nothing. */
  insertKeyCheck(kid: string, check: { readonly wrapped: string; readonly digest: Uint8Array }): Promise<void>

  /** Events that the host app has not been told of, oldest first. */
  listUndeliveredEvents(limit: number): Promise<EventRecord[]>
  markEventsDelivered(ids: readonly string[], at: number): Promise<void>

  listDueRevocations(now: number, limit: number): Promise<RevocationRecord[]>
  /** Takes a revocation for one attempt, by compare-and-set on `attempts`; it is due again at `nextAttemptAt`. @returns whether it was taken */
  claimRevocation(id: string, attempts: number, nextAttemptAt: number): Promise<boolean>
  deleteRevocation(id: string): Promise<void>

  insertWebhookEndpoint(endpoint: WebhookEndpointRecord): Promise<void>
  findWebhookEndpoint(idHash: Uint8Array): Promise<WebhookEndpointRecord | undefined>
  /** @returns whether the tenant had it */
  deleteWebhookEndpoint(tenantId: string, idHash: Uint8Array): Promise<boolean>

  /** @returns `false` when it came before, delivered or not */
  insertWebhook(webhook: WebhookRecord): Promise<boolean>
  /** Webhooks that the host app has not taken and whose time has come, longest due first. */
  listDueWebhooks(now: number, limit: number): Promise<WebhookRecord[]>
  /** Takes a webhook for one attempt, by compare-and-set on `attempts`; it is due again at `nextAttemptAt`. @returns whether it was taken */
  claimWebhook(id: string, attempts: number, nextAttemptAt: number): Promise<boolean>
  /** Removes what a webhook said and keeps that it came. */
  markWebhookDelivered(id: string): Promise<void>
  /** Forgets webhooks that came before an instant, delivered or not, at most `limit`. @returns how many were not delivered */
  deleteWebhooks(receivedBefore: number, limit: number): Promise<number>
}
