// What a server asks for when it wants to call a provider, and what it gets.
import type { CredentialType } from './connection.ts'
import type { ProviderId } from './providerId.ts'

/** Which credential is wanted. */
export interface CredentialQuery {
  /** Such as `livechat`. */
  readonly provider: ProviderId
  readonly tenantId: string
  /** Needed where the provider's connections belong to users; ignored where they belong to the tenant. */
  readonly userId?: string
  /** One of several accounts. Without it: the default one, else the newest active. */
  readonly connectionId?: string
  /** @defaultValue whatever the connection holds, but never a webhook secret */
  readonly credentialType?: CredentialType
  /** @defaultValue `any` */
  readonly credentialFor?: 'any' | 'installation' | 'user'
  /** Fetches a new access token even if the present one is fresh. Calls at the same time share one refresh. */
  readonly forceRefresh?: boolean
}

/**
 * A credential that works now. Reading a property reveals it; printing or serialising the object does not.
 *
 * @security Do not keep it: ask again before each use, that costs less than a microsecond while it is fresh.
 */
export interface Credential {
  /** The access token, the API key, or all secret fields joined by `:`. */
  readonly credential: string
  readonly credentialType: CredentialType
  readonly connectionId: string
  readonly source: 'connection' | 'installation'
  /** ISO 8601; absent where the provider names no end. */
  readonly expiresAt?: string | undefined
  readonly scopes: readonly string[]
  /** Whether this very call had to wait for a new token. */
  readonly refreshed: boolean
  /** Whether this answer is older than it should be, because where it comes from cannot be reached: a disconnect may have been missed. */
  readonly stale?: boolean | undefined
  /** Request headers that carry the credential, such as `Authorization`; ready for `fetch`. */
  readonly headers: Readonly<Record<string, string>>
  /** Query parameters that carry the credential, for schemes that use the query. */
  readonly searchParams?: Readonly<Record<string, string>> | undefined
  /** Every field of an API key by its id; empty for OAuth. */
  readonly fields: Readonly<Record<string, string>>
  /** Where the provider's API starts. */
  readonly baseUrl?: string | undefined
  readonly settings: Readonly<Record<string, string>>
}

/** A credential that a server stores for a tenant or user: a key, or the secret that a provider's webhooks are verified with. */
export interface CredentialToStore {
  /** Such as `freshdesk`. */
  readonly provider: ProviderId
  readonly tenantId: string
  /** Needed for a key where the provider's connections belong to users; ignored where they belong to the tenant. */
  readonly userId?: string
  readonly credentialType: 'api_key' | 'webhook_secret'
  /** The values of a key's fields by id, or `{ secret }`. */
  readonly fields: Readonly<Record<string, string>>
  /** Per-account inputs of a key, such as `{ subdomain }`. */
  readonly settings?: Readonly<Record<string, string>>
  /**
   * Whether the provider has to accept a key before it is stored. Without that nobody knows whose account it is: the settings
   * alone tell it from others.
   * @defaultValue `true`
   */
  readonly verify?: boolean
  /**
   * How long the webhook secret that this one replaces stays valid, in milliseconds; 0 ends it now.
   * @defaultValue `86_400_000` (24 hours)
   */
  readonly overlapMs?: number
}
