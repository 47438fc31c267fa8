// What a server asks for when it wants to call a provider, and what it gets.
import type { ProviderCredentialType, ProviderFields, ProviderId, ProviderSettings } from './register.ts'

/** Which credential is wanted. */
export interface CredentialQuery<P extends ProviderId = ProviderId> {
  /** Such as `livechat`. */
  readonly provider: P
  readonly tenantId: string
  /** Needed where the provider's connections belong to users; ignored where they belong to the tenant. */
  readonly userId?: string
  /** One of several accounts. Without it: the default one, else the newest active. */
  readonly connectionId?: string
  /** @defaultValue whatever the connection holds, but never a webhook secret */
  readonly credentialType?: ProviderCredentialType<P>
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
export interface Credential<P extends ProviderId = ProviderId> {
  /** The access token, the API key, or all secret fields joined by `:`. */
  readonly credential: string
  readonly credentialType: ProviderCredentialType<P>
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
  readonly fields: CredentialFields<P>
  /** Where the provider's API starts. */
  readonly baseUrl?: string | undefined
  readonly settings: Readonly<Record<string, string>>
}

/** Where a sign-in is possible too, there may be none. */
type CredentialFields<P extends ProviderId> = string extends keyof ProviderFields<P>
  ? Readonly<Record<string, string>>
  : 'oauth_token' extends ProviderCredentialType<P>
    ? Partial<ProviderFields<P>>
    : ProviderFields<P>

/** A credential that a server stores for a tenant or user: a key, or the secret that a provider's webhooks are verified with. */
export interface CredentialToStore<P extends ProviderId = ProviderId> {
  /** Such as `freshdesk`. */
  readonly provider: P
  readonly tenantId: string
  /** Needed for a key where the provider's connections belong to users; ignored where they belong to the tenant. */
  readonly userId?: string
  readonly credentialType: Exclude<ProviderCredentialType<P>, 'oauth_token'>
  /** The values of a key's fields by id, or `{ secret }`. */
  readonly fields: ProviderFields<P> | { readonly secret: string }
  /** Per-account inputs of a key, such as `{ subdomain }`. */
  readonly settings?: ProviderSettings<P>
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
