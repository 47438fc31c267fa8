// Statements that each kind of database has in its own way: they hold rows, skip those that are held, or name rows differently.
import type { CredentialReads, EventSink } from '../records.ts'
import type { SecretRow } from '../rows/secretRow.ts'
import type { DueClaim, HealthyCheck, Lease, Postponement } from '../store.ts'
import type { Query } from '../query.ts'
import type { Work } from '../work.ts'

export interface ConnectionRef {
  readonly tenantId: string
  readonly connectionId: string
}

/** What a lease expects, as a database compares it. */
export interface LeaseExpectation {
  readonly grantGeneration: number
  readonly tokenGeneration: number
  readonly intentGeneration: number | null
}

export function toLeaseExpectation({ grantGeneration, tokenGeneration, intentGeneration }: Lease['expect']): LeaseExpectation {
  return { grantGeneration, tokenGeneration, intentGeneration: intentGeneration ?? null }
}

/** Which sealed secrets of a tenant: after a connection and field, in order. */
export interface SealedSecrets {
  readonly tenantId: string
  readonly keyId: Uint8Array
  readonly afterId: string
  readonly afterField: string
  readonly limit: number
}

export interface Statements {
  /** `grant_generation`, `token_generation`, `revision` and `refresh_at` of a connection, held until the transaction ends. */
  connectionToChange(ref: ConnectionRef): Query
  upsertSecret(ref: ConnectionRef, secret: SecretRow): Query
  deleteSecret(ref: ConnectionRef, field: string): Query
  /**
   * A connection and its schedule, and of its refresh token `sealed`, `secret_grant_generation` and `secret_token_generation`; columns that
   * both tables have are the connection's.
   */
  selectRefreshable(ref: ConnectionRef): Query
  selectSecret(ref: ConnectionRef, field: string): Query
  /** Gives `id`, `provider` and the columns of secrets that are sealed with a key back. */
  selectSealedSecrets(secrets: SealedSecrets): Query
  /** Removes the secrets of a tenant whose connections are still there. */
  deleteSecrets(tenantId: string): Query
  /** Replaces the sealed bytes of a secret where they are still those `before`. */
  resealSecret(ref: ConnectionRef, field: string, before: Uint8Array, sealed: Uint8Array): Query
  /**
   * A row where a tenant has a key. Until the transaction ends, nobody removes it; held `alone`, nobody stores what is sealed with it
   * either.
   */
  holdTenantKey(tenantId: string, keyId: string, alone: boolean): Query
  /** Gives `intent_generation` back where the lease was to be had. */
  takeLease(lease: Lease): Query
  /** Gives rows of the schedule back. */
  claimDue(claim: DueClaim): Query
  /** Gives whole events and `attempts` back, in no certain order. */
  claimEvents(sink: EventSink, now: number, until: number, limit: number): Query
  /** Adds to counts where the connection is still there: one that comes late brings no erased tenant back. None is named twice. */
  addReads(counts: readonly CredentialReads[]): Work<boolean>
  noteHealthyChecks(checks: readonly HealthyCheck[]): Work<boolean>
  postpone(postponements: readonly Postponement[]): Work<boolean>
}
