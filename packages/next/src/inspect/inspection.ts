// What the command `authpipe doctor` may know of an app: it makes and changes nothing, and no answer holds a secret.
import { templateSettings, type Registration } from '@authpipe/core'
import { isLoopbackHost } from '../addressRules.ts'
import type { BaseUrl } from '../baseUrl.ts'
import { callbackUrl } from '../callbackUrl.ts'
import { resolveBaseUrl, resolveDatabase, resolveRelay, type AuthpipeOptions, type Database, type Environment } from '../config.ts'
import { configOf } from '../configOf.ts'
import { createOutbound, type OutboundFetch } from '../outboundFetch.ts'
import { Registrations, type RegisteredProvider } from '../registrations.ts'
import { relayedThrough } from '../relay/relayOptions.ts'
import { findKeyManager } from '../resolveKeyManager.ts'
import { findOverdue } from '../store/queries/overdue.ts'
import { countTenantKeys, findKeyCheck, findTenantKey } from '../store/queries/tenantKeys.ts'
import type { Reader } from '../store/reader.ts'
import type { KeyStore } from '../vault/tenantKeys.ts'
import { createVault } from '../vault/vault.ts'
import { openReader } from './openReader.ts'
import { probeClient, type ClientVerdict } from './probeClient.ts'
import { probeRedirectUri, type RedirectUriVerdict } from './probeRedirectUri.ts'
import { probeRelay, type RelayVerdict } from './probeRelay.ts'

/** A registered provider. */
export interface InspectedProvider {
  readonly id: string
  readonly name: string
  /** The URL to register there, to the letter; `per_tenant` where each tenant has its own; `none` where nothing comes back. */
  readonly callback: { readonly kind: 'url'; readonly url: string } | { readonly kind: 'per_tenant' } | { readonly kind: 'none' }
  /** Whether it can be asked about our app before anybody signs in: there is one app for all tenants, at one address. */
  readonly canBeAsked: boolean
  /** Whether a stand-in on this machine plays it. */
  readonly isLocal: boolean
}

/** What a database says of itself. */
export interface InspectedDatabase {
  /** `0` where Authpipe has nothing in it yet. */
  readonly schemaVersion: number
  readonly newestVersion: number
  /** Its clock less ours, in milliseconds; `undefined` where it is on this machine. */
  readonly clockAheadMs: number | undefined
  /** How long work of maintenance has been waiting, in milliseconds, where that is longer than asked; only of the newest schema. */
  readonly overdueMs: number | undefined
  /** What is wrong with the keys for this database; only of the newest schema. */
  readonly keyProblem: unknown
}

/** Where the key-encryption keys are: given, kept beside the database in development, or not made yet. */
export type KeySource = 'given' | 'kept' | 'made_at_start'

export type InspectedOptions = Pick<AuthpipeOptions, 'baseUrl' | 'relay' | 'database' | 'keys'> & { readonly providers?: readonly Registration[]; readonly allowInsecureLoopback?: boolean }

/**
 * Looks at an Authpipe.
 *
 * @param overrides - what somebody wants to know instead of what the app says
 * @returns `undefined` for what no `createAuthpipe` of this copy of the package has made
 */
export function inspectAuthpipe(authpipe: unknown, env: Environment, overrides: Pick<AuthpipeOptions, 'baseUrl' | 'database'> = {}): Inspection | undefined {
  const config = configOf(authpipe)
  return config && new Inspection({ ...config, ...overrides }, env)
}

/** What can be said of options. An app's own are looked at by {@link inspectAuthpipe}, and others where those cannot be read. */
export class Inspection {
  readonly #options: InspectedOptions
  readonly #env: Environment

  constructor(options: InspectedOptions, env: Environment) {
    this.#options = options
    this.#env = env
  }

  /** @throws {AuthpipeError} `invalid_configuration` */
  get baseUrl(): { readonly href: string; readonly isDefault: boolean } {
    const { href } = resolveBaseUrl(this.#options, this.#env)
    return { href, isDefault: this.#options.baseUrl === undefined && this.#env.AUTHPIPE_BASE_URL === undefined }
  }

  /** @throws {AuthpipeError} `invalid_configuration` for a registration that cannot be used */
  checkRegistrations(): void {
    void this.#registrations
  }

  /** @throws {AuthpipeError} `invalid_configuration` for a registration or a base URL that cannot be used */
  listProviders(): InspectedProvider[] {
    const baseUrl = this.#callbackBase
    return this.#registrations.all.map((provider) => ({
      id: provider.id,
      name: provider.definition.name,
      callback: callbackOf(provider, baseUrl),
      canBeAsked: provider.hasOAuth && !provider.isPerTenant && hasOneAddress(provider),
      isLocal: isLoopbackHost(new URL(provider.baseUrl('apiBaseUrl', anySettings(provider))).hostname),
    }))
  }

  /** @throws {AuthpipeError} `invalid_configuration` where there is none, or none that can be used */
  async findKeys(): Promise<KeySource> {
    const manager = await findKeyManager(this.#options, this.#env, this.#database)
    if (!manager) return 'made_at_start'
    return this.#options.keys === undefined && !this.#env.AUTHPIPE_KEYS ? 'kept' : 'given'
  }

  /**
   * @param overdueAfterMs - how long work may wait
   * @returns `none_yet` where the first start makes it; `own_store` for a `Store` of the app's own, which cannot be looked at
   * @throws {AuthpipeError} `invalid_configuration` or `store_unavailable` where it cannot be read
   */
  async readDatabase(now: () => number, overdueAfterMs: number): Promise<InspectedDatabase | 'none_yet' | 'own_store'> {
    const database = this.#database
    if (database.kind === 'store') return 'own_store'
    const reader = await openReader(database)
    if (!reader) return 'none_yet'
    try {
      const { schemaVersion, newestVersion } = reader
      const isNewest = schemaVersion === newestVersion
      const before = now()
      const clock = await reader.readClock()
      const since = isNewest ? await reader.read(findOverdue((clock ?? before) - overdueAfterMs)) : undefined
      return {
        schemaVersion,
        newestVersion,
        clockAheadMs: clock === undefined ? undefined : clock - (before + now()) / 2,
        overdueMs: since === undefined ? undefined : (clock ?? before) - since,
        keyProblem: isNewest ? await this.#findKeyProblem(reader) : undefined,
      }
    } finally {
      await reader.close()
    }
  }

  /** Asks a provider whether it knows our client id and secret, by a code that it never gave out. */
  async probeClient(providerId: string): Promise<ClientVerdict> {
    return this.#asking((fetch) => probeClient(fetch, this.#registrations.get(providerId), this.#callbackBase))
  }

  /** Asks a provider whether it would come back to our callback URL, by an authorization request that nobody answers. */
  async probeRedirectUri(providerId: string): Promise<RedirectUriVerdict> {
    return this.#asking((fetch) => probeRedirectUri(fetch, this.#registrations.get(providerId), this.#callbackBase))
  }

  /**
   * Asks the deployment that providers return to in place of this one whether it would pass an answer on to here.
   *
   * @returns `undefined` where there is no such deployment, or no provider that returns
   * @throws {AuthpipeError} `invalid_configuration` for a secret that is missing or weak
   */
  async probeRelay(): Promise<{ readonly through: string; readonly verdict: RelayVerdict } | undefined> {
    const { relay, allowInsecureLoopback = false } = this.#options
    const baseUrl = resolveBaseUrl(this.#options, this.#env)
    const { through, keys: [key] = [] } = resolveRelay({ ...(relay && { relay }), allowInsecureLoopback }, baseUrl, this.#env) ?? {}
    const provider = this.listProviders().find(({ callback }) => callback.kind !== 'none')
    if (!through || !key || !provider) return undefined
    return { through: through.href, verdict: await this.#asking((fetch) => probeRelay(fetch, { through, key, baseUrl, providerId: provider.id })) }
  }

  /** Where providers return to. */
  get #callbackBase(): BaseUrl {
    return relayedThrough(this.#options.relay) ?? resolveBaseUrl(this.#options, this.#env)
  }

  get #database(): Database {
    return resolveDatabase(this.#options, this.#env)
  }

  get #registrations(): Registrations {
    return new Registrations(this.#options.providers ?? [], this.#options.allowInsecureLoopback ?? false)
  }

  async #asking<T>(question: (fetch: OutboundFetch) => Promise<T>): Promise<T> {
    const outbound = createOutbound({ allowInsecureLoopback: this.#options.allowInsecureLoopback ?? false, timeoutMs: 10_000 })
    try {
      return await question(outbound.fetch)
    } finally {
      await outbound.close()
    }
  }

  /** Asks the vault's own question of a store that keeps nothing. */
  async #findKeyProblem(reader: Reader): Promise<unknown> {
    try {
      const keyManager = await findKeyManager(this.#options, this.#env, this.#database)
      if (keyManager) await createVault({ store: readOnlyKeys(reader), keyManager }).ready()
      return undefined
    } catch (error) {
      return error
    }
  }
}

const readOnlyKeys = (reader: Reader): KeyStore => ({
  countTenantKeys: () => reader.read(countTenantKeys()),
  findKeyCheck: (kid) => reader.read(findKeyCheck(kid)),
  findTenantKey: (tenantId, keyId) => reader.read(findTenantKey(tenantId, keyId)),
  insertKeyCheck: () => Promise.resolve(),
  insertTenantKey: () => Promise.resolve(false),
  reserveSeals: () => Promise.resolve(undefined),
  rewrapTenantKey: () => Promise.resolve(false),
})

function callbackOf(provider: RegisteredProvider, baseUrl: BaseUrl): InspectedProvider['callback'] {
  if (provider.isPerTenant) return { kind: 'per_tenant' }
  const comesBack = provider.summary.auth.some(({ kind }) => kind !== 'api_key')
  return comesBack ? { kind: 'url', url: callbackUrl(baseUrl, provider.id, undefined) } : { kind: 'none' }
}

const hasOneAddress = ({ definition }: RegisteredProvider): boolean =>
  definition.auth.every((way) => way.kind !== 'oauth2' || templateSettings(way.authorizationEndpoint).length === 0)

/** Settings whose values do not matter: only the host's fixed part is looked at. */
function anySettings({ definition }: RegisteredProvider): Record<string, string> {
  return Object.fromEntries((definition.settings ?? []).map(({ id }) => [id, 'any']))
}
