// What the rest of the server asks of a database. One write changes a connection: `commit`.
import type { CredentialType } from '@authpipe/core'
import type {
  ClaimedEvent, ConnectionRecord, CredentialReads, ErasedRows, EventRecord, EventSink, LeaseRecord, ProviderStateRecord, Refreshable, RevocationRecord, ScheduleRecord, SealedKind, SealedRecord, SecretField, SecretRecord,
  SessionOutcome, SessionRecord, StoredSessionStatus, TenantKeyRecord, WebhookEndpointRecord, WebhookRecord,
} from './records.ts'

export type * from './records.ts'

/** One change of one connection. All of it lands together with its events, or none of it. */
export interface Change {
  readonly tenantId: string
  readonly connectionId: string
  /**
   * What must still be so of the connection that is stored: there is none, or it has this grant and, where named, this revision, this
   * token generation, or one below `tokenGenerationBelow`.
   */
  readonly expect: 'absent' | Expectation
  /** The row as it shall be; its revision is the next one, whatever stands here. */
  readonly connection?: ConnectionRecord
  /** Secrets to write; a field not named here stays. */
  readonly secrets?: readonly SecretRecord[]
  /** Secrets to remove. */
  readonly removeSecrets?: readonly SecretField[]
  /** What changes in the schedule, `null` for what ends, or its removal. A lease on it stays. */
  readonly schedule?: SchedulePatch | 'remove'
  /** Ends the lease and its intent if this owner holds it; `any`: whoever does. */
  readonly endLease?: { readonly owner: string } | 'any'
  /**
   * Takes the lease for good, for another deployment: nobody is given it until a change ends it. Nothing lands while a request that nobody
   * has reported on may still bring a newer token.
   */
  readonly handOver?: true
  /** To be sent to the provider; one whose id is there already stays as it is. */
  readonly revocations?: readonly RevocationRecord[]
  /** Ids of the tenant keys that the secrets are sealed with: they must still be there, else nothing lands and they are sealed anew. */
  readonly sealedWith?: readonly string[]
  /** The session that ends with this change; it must still be `redeeming`, else nothing lands. */
  readonly session?: { readonly id: string; readonly outcome: SessionOutcome }
}

export interface Expectation {
  readonly grantGeneration: number
  readonly revision?: number
  readonly tokenGeneration?: number
  readonly tokenGenerationBelow?: number
}

type ScheduleFacts = Omit<ScheduleRecord, 'tenantId' | 'connectionId' | 'provider' | keyof LeaseRecord>

/** The members of a schedule that a change writes; the others stay as they are, whoever else writes them. */
export type SchedulePatch = { readonly [K in keyof ScheduleFacts]?: ScheduleFacts[K] | null }

/** The right to refresh a connection, for a while. */
export interface Lease {
  readonly tenantId: string
  readonly connectionId: string
  readonly owner: string
  readonly now: number
  readonly until: number
  /** What must still be so: the generations of the connection as it was read, and no lease since its schedule was read. */
  readonly expect: { readonly grantGeneration: number; readonly tokenGeneration: number; readonly intentGeneration?: number | undefined }
}

/** Rows of the schedule that are due. */
export interface DueClaim {
  /** Which part of the schedule, from 0 to `shardCount - 1`. */
  readonly shard: number
  readonly now: number
  /** Until then nobody else is given the rows; when they were not settled, they are due again. */
  readonly until: number
  readonly limit: number
}

/** A check that found a connection as healthy as it was. */
export interface HealthyCheck {
  readonly tenantId: string
  readonly connectionId: string
  readonly checkedAt: number
  readonly nextCheckAt: number
}

/** A claimed row whose time is not now. */
export interface Postponement {
  readonly tenantId: string
  readonly connectionId: string
  /** Its check alone, or all that is due of it; a check that is not scheduled stays so. */
  readonly part: 'check' | 'all'
  readonly until: number
}

/** How many parts the schedule has, so that processes which claim at the same time start at different ends. */
export const shardCount = 16

/** How much of each kind of work is due. */
export interface DueCounts {
  /** Of which a refresh, a check or a warning is due. */
  readonly connections: number
  /** Events on their way to the app or its webhook, each for itself. */
  readonly deliveries: number
  readonly revocations: number
  /** Webhooks of providers for the app. */
  readonly webhooks: number
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

/** A connection by the provider's account. */
export interface AccountKey extends Pick<ConnectionRecord, 'tenantId' | 'provider' | 'ownerId' | 'kind' | 'credentialType'> {
  readonly accountId: string
}

/** Which connections are listed. */
export interface ConnectionFilter {
  readonly tenantId: string
  readonly ownerIds?: readonly string[]
  readonly provider?: string
  readonly credentialType?: CredentialType
}

/** A page of a provider's connections. */
export interface ProviderPage {
  readonly provider: string
  /** @defaultValue every tenant's */
  readonly tenantId?: string
  readonly after?: ConnectionRecord
  readonly limit: number
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
  /** The clock of the database's own machine, in epoch milliseconds; `undefined` where it is this machine. */
  readClock(): Promise<number | undefined>
  /**
   * Says what other processes change, mostly within milliseconds. It may miss some of it: who needs a bound asks anew after a while.
   *
   * @param onChange - is told the tenant, or nothing when it may have been any
   * @returns ends the watch
   */
  watch(onChange: (tenantId: string | undefined) => void): () => void

  findCredential(lookup: CredentialLookup): Promise<StoredCredential | undefined>
  findConnection(tenantId: string, connectionId: string): Promise<ConnectionRecord | undefined>
  /** Not the revoked ones. Newest first. Without `ownerIds` those of every owner; without `credentialType` any but webhook secrets. */
  listConnections(filter: ConnectionFilter): Promise<ConnectionRecord[]>
  /** Every connection of a tenant, revoked ones and webhook secrets too, in the order of their ids. */
  listConnectionsOfTenant(tenantId: string): Promise<ConnectionRecord[]>
  /** Those of every tenant that belong to an account of the provider, without revoked ones. */
  listConnectionsOfAccount(provider: string, accountId: string): Promise<ConnectionRecord[]>
  /** Those of every tenant, without revoked ones and webhook secrets, page by page in a certain order. `after` is the last one that was read. */
  listConnectionsOfProvider(page: ProviderPage): Promise<ConnectionRecord[]>
  /** By the provider's account, revoked ones included: the row that a new connect of the same account mends. */
  findConnectionByAccount(key: AccountKey): Promise<ConnectionRecord | undefined>
  findRefreshable(tenantId: string, connectionId: string): Promise<Refreshable | undefined>
  findSecret(tenantId: string, connectionId: string, field: SecretField): Promise<SecretRecord | undefined>
  findSchedule(tenantId: string, connectionId: string): Promise<(ScheduleRecord & LeaseRecord) | undefined>

  /**
   * Writes a change and its events in one transaction.
   * @returns `false` when what was expected no longer holds, or another row has the same account or is the default already (a
   * revoked row is no default); nothing was written then
   */
  commit(change: Change, events: readonly EventRecord[]): Promise<boolean>

  /**
   * Takes the lease of a schedule row and notes the intent, if the lease is free or over, the connection can still be used and both
   * are as they were read, so that nothing has to be read again under the lease. It is durable when it resolves.
   *
   * @returns the token generation to store the answer as, above any that was given out for this connection before; `undefined` when
   * the lease was not to be had
   */
  acquireLease(lease: Lease): Promise<number | undefined>
  /** Frees the lease if `owner` still holds it, and clears the intent. */
  releaseLease(tenantId: string, connectionId: string, owner: string): Promise<void>
  /** Takes rows of which something is due, longest due first. No two callers get the same row. */
  claimDue(claim: DueClaim): Promise<(ScheduleRecord & LeaseRecord)[]>
  /** Counts what is due and in nobody's hands, up to `limit` of each kind. */
  countDue(now: number, limit: number): Promise<DueCounts>
  /** Puts claimed rows off, many at once; the claim of one whose check alone is put off ends. */
  postpone(postponements: readonly Postponement[]): Promise<void>
  /** Writes down many checks at once. A row that is gone, or has a later check, stays as it is. */
  noteHealthyChecks(checks: readonly HealthyCheck[]): Promise<void>
  /** Puts connections of a provider that checks made unusable since an instant to another check. @returns how many */
  recheckDemoted(provider: string, since: number, checkAt: number): Promise<number>
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
  /** The keys of a tenant, newest first. */
  listTenantKeys(tenantId: string): Promise<TenantKeyRecord[]>
  /** Tenants, in order, with a key that another key-encryption key than `kid` wraps, or with more keys than one; `after` is the last one before. */
  listTenantsToRotate(kid: string, after: string, limit: number): Promise<string[]>
  /** Wraps a key by another key-encryption key, by compare-and-set on what is `before`. @returns whether it was written */
  rewrapTenantKey(before: TenantKeyRecord, after: { readonly kid: string; readonly wrapped: string }): Promise<boolean>
  /** Values that are sealed with a key of a tenant, in order; `after` is the last one of the batch before. */
  listSealed(kind: SealedKind, tenantId: string, keyId: string, after: SealedRecord | undefined, limit: number): Promise<SealedRecord[]>
  /**
   * Replaces sealed values of one tenant by the same ones, sealed anew with its key `keyId`, if it still has that. One that was changed
   * in between stays. @returns how many were replaced
   */
  replaceSealed(keyId: string, replacements: readonly { readonly before: SealedRecord; readonly sealed: Uint8Array }[]): Promise<number>
  /** Removes a key that is not the newest of its tenant and that nothing is sealed with which can still be opened. @returns whether it did */
  deleteTenantKey(tenantId: string, keyId: string, now: number): Promise<boolean>
  /** Removes the keys of a tenant and everything else of it, in one transaction, and leaves one event that says so. */
  eraseTenant(tenantId: string, event: EventRecord): Promise<ErasedRows>
  /** The key check value of a key-encryption key. */
  findKeyCheck(kid: string): Promise<{ readonly wrapped: string; readonly digest: Uint8Array } | undefined>
  /** Keeps the first one; a later call for the same `kid` changes nothing. */
  insertKeyCheck(kid: string, check: { readonly wrapped: string; readonly digest: Uint8Array }): Promise<void>

  /** Adds to the counts of connections that are there. */
  addReads(counts: readonly CredentialReads[]): Promise<void>
  /** Newest day first. */
  listReads(tenantId: string, connectionId?: string): Promise<CredentialReads[]>
  /** Forgets the counts of days before a day. @returns how many */
  deleteReads(dayBefore: string): Promise<number>

  /** Takes events that a sink has not been told of and whose time has come, oldest first. No two callers get the same one before `until`. */
  claimEvents(sink: EventSink, now: number, until: number, limit: number): Promise<ClaimedEvent[]>
  /** Ends the way of events to a sink. */
  settleEvents(sink: EventSink, ids: readonly string[]): Promise<void>
  /** Tells a sink of an event again at another time than its claim says. */
  postponeEvent(sink: EventSink, id: string, at: number): Promise<void>
  /** Ends the way of events to a sink that nobody has tried to tell of them since an instant, at most `limit`. @returns how many */
  giveUpEvents(sink: EventSink, dueBefore: number, limit: number): Promise<number>
  /** The audit log, newest first. `before` is the `cursor` of the last one that was read. */
  listEvents(page: { readonly before?: string; readonly limit: number }): Promise<{ readonly cursor: string; readonly event: EventRecord }[]>
  /**
   * Forgets events that happened before an instant and are on their way to nobody, at most `limit`. Only the oldest are looked at, so
   * that it takes no longer for a long log.
   *
   * @returns how many
   */
  deleteEvents(occurredBefore: number, limit: number): Promise<number>

  findProviderState(provider: string): Promise<ProviderStateRecord | undefined>
  /**
   * Compare-and-set on the version, which is one above the one that was read, `1` for a new one. Its events land with it.
   *
   * @returns whether it was written
   */
  putProviderState(state: ProviderStateRecord, events?: readonly EventRecord[]): Promise<boolean>

  listDueRevocations(now: number, limit: number): Promise<RevocationRecord[]>
  /** All that wait of a tenant, in the order in which they are due. */
  listRevocationsOfTenant(tenantId: string): Promise<RevocationRecord[]>
  /** Takes a revocation for one attempt, by compare-and-set on `attempts`; it is due again at `nextAttemptAt`. @returns whether it was taken */
  claimRevocation(id: string, attempts: number, nextAttemptAt: number): Promise<boolean>
  /** Makes a revocation due at another time than its claim says. */
  postponeRevocation(id: string, at: number): Promise<void>
  deleteRevocation(id: string): Promise<void>
  /** How many revocations of a provider wait, of all tenants or of one, and how many of them were put off before. */
  countRevocations(provider: string, tenantId?: string): Promise<{ readonly waiting: number; readonly putOff: number }>

  /** @returns `false` when it is there already */
  insertWebhookEndpoint(endpoint: WebhookEndpointRecord): Promise<boolean>
  listWebhookEndpoints(tenantId: string): Promise<WebhookEndpointRecord[]>
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
  /** Forgets webhooks that came before an instant, delivered or not, at most `limit`. @returns how many, and how many of them were not delivered */
  deleteWebhooks(receivedBefore: number, limit: number): Promise<{ readonly count: number; readonly undelivered: number }>
}
