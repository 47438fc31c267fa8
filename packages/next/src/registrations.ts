// The registered providers, each with its definition and the URLs that hold for it.
import {
  createError,
  expandTemplate,
  isSafeTemplate,
  templateSettings,
  type ApiKeyDefinition,
  type Attachment,
  type AuthSummary,
  type InstallationDefinition,
  type OAuth2Definition,
  type ProviderDefinition,
  type ProviderSummary,
  Registration,
} from '@authpipe/core'
import { isLoopbackHost } from './addressRules.ts'

/** Our client at a provider's authorization server. */
export interface OAuthClient {
  readonly definition: OAuth2Definition
  readonly clientId: string
  /** @security Never leaves the server. */
  readonly clientSecret: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly revocationEndpoint: string | undefined
  readonly issuer: string | undefined
}

/** Our app that people install at a provider. */
export interface InstalledApp {
  readonly definition: InstallationDefinition
  readonly clientId: string
  /** @security Never leaves the server. */
  readonly clientSecret: string
  readonly installEndpoint: string
}

/** Whose registration and account a use of a provider is about. */
export interface Place {
  readonly tenantId: string
  readonly settings: Readonly<Record<string, string>>
}

/** A registered provider, ready for use. It does not print its client secret. */
export class RegisteredProvider {
  readonly definition: ProviderDefinition
  readonly attachment: Attachment
  /** Scopes that every connection asks for. */
  readonly scopes: readonly string[]
  readonly #webhookSecrets: readonly string[]
  readonly #registration: Registration
  readonly #allowInsecureLoopback: boolean
  readonly #oauth: OAuthClient | undefined
  readonly #installation: InstalledApp | undefined
  readonly #baseUrls: Readonly<Record<string, string>>

  constructor(registration: Registration, allowInsecureLoopback: boolean) {
    const { definition, options } = registration
    this.definition = definition
    this.#registration = registration
    this.#allowInsecureLoopback = allowInsecureLoopback
    this.attachment = options.attachment ?? 'user'
    this.scopes = options.scopes ?? []
    this.#webhookSecrets = webhookSecretsOf(definition, options)
    this.#baseUrls = { apiBaseUrl: definition.apiBaseUrl, ...definition.otherBaseUrls }

    const oauth = definition.auth.find((auth) => auth.kind === 'oauth2')
    const installation = definition.auth.find((auth) => auth.kind === 'installation')
    const known = [
      ...Object.keys(this.#baseUrls),
      ...(oauth ? ['authorizationEndpoint', 'tokenEndpoint', 'revocationEndpoint', 'issuer'] : []),
      ...(installation ? ['installEndpoint'] : []),
    ]
    const overrides: Record<string, string> = {}
    for (const [name, url] of Object.entries(options.endpoints ?? {})) {
      if (url === undefined) continue
      if (!known.includes(name)) refuse(definition.id, `"endpoints.${name}" is not a URL of this provider. It has ${known.join(', ')}.`)
      checkOverride(definition, name, url, allowInsecureLoopback)
      overrides[name] = url
    }
    this.#baseUrls = Object.fromEntries(Object.entries(this.#baseUrls).map(([name, url]) => [name, (overrides[name] ?? url).replace(/\/$/, '')]))
    if (registration.find || !isClientNeeded(definition, options)) return
    const client = requireClient(definition.id, options)
    if (oauth) this.#oauth = { ...client, definition: oauth, ...endpointsOf(oauth, overrides) }
    if (installation) this.#installation = { ...client, definition: installation, installEndpoint: overrides.installEndpoint ?? installation.installEndpoint }
  }

  /** Whether each tenant brings an app of its own, so that callbacks name a context. */
  get isPerTenant(): boolean {
    return this.#registration.find !== undefined
  }

  /**
   * The provider as it is for one tenant and account. No promise where the registration is the same for all.
   *
   * @throws {AuthpipeError} `provider_misconfigured` when the tenant has no registration and the provider takes no key either;
   * `invalid_configuration` when what the host app found cannot be used
   */
  at(place: Place): RegisteredProvider | Promise<RegisteredProvider> {
    return this.isPerTenant ? this.#find(place) : this
  }

  async #find(place: Place): Promise<RegisteredProvider> {
    const { definition, options, find } = this.#registration
    const found = await find?.(place)
    // A key needs no app: it works for a tenant that has none.
    if (!found && !definition.auth.some((way) => way.kind === 'api_key')) throw noApp(definition)
    return new RegisteredProvider(new Registration(definition, { ...found, ...options }), this.#allowInsecureLoopback)
  }

  get id(): string {
    return this.definition.id
  }

  /** @throws {AuthpipeError} `invalid_request` where the provider has no OAuth sign-in; `provider_misconfigured` where our app there is missing */
  oauth(settings: Readonly<Record<string, string>>): OAuthClient {
    const oauth = this.#oauth
    if (!oauth && this.definition.auth.some((way) => way.kind === 'oauth2')) throw noApp(this.definition)
    if (!oauth) throw createError('invalid_request', `${this.definition.name} is not connected by OAuth. Send its key to POST /connections.`)
    if (!this.definition.settings) return oauth
    return {
      ...oauth,
      authorizationEndpoint: expandTemplate(oauth.authorizationEndpoint, settings),
      tokenEndpoint: expandTemplate(oauth.tokenEndpoint, settings),
      revocationEndpoint: oauth.revocationEndpoint && expandTemplate(oauth.revocationEndpoint, settings),
    }
  }

  /** @throws {AuthpipeError} `invalid_request` where the provider takes no key */
  get apiKey(): ApiKeyDefinition {
    const way = this.definition.auth.find((auth) => auth.kind === 'api_key')
    if (!way) throw createError('invalid_request', `${this.definition.name} takes no API key. Start a session to connect it.`)
    return way
  }

  /** @throws {AuthpipeError} `invalid_request` where the provider has no app to install, or ours is not registered */
  get installation(): InstalledApp {
    if (!this.#installation) throw createError('invalid_request', `${this.definition.name} has no app of ours to install. Pass its clientId and clientSecret to the registration.`)
    return this.#installation
  }

  /**
   * What the one hook of our app is signed with; none where each tenant has hooks of its own.
   * @security Never leave the server.
   */
  get webhookSecrets(): readonly string[] {
    return this.#webhookSecrets
  }

  /** Whether it can be connected by OAuth: its definition has that way, and our client is registered, here or by tenants. */
  get hasOAuth(): boolean {
    return this.#oauth !== undefined || (this.isPerTenant && this.definition.auth.some((way) => way.kind === 'oauth2'))
  }

  /** A base URL of the provider, with the connection's settings filled in. */
  baseUrl(name: string, settings: Readonly<Record<string, string>>): string {
    const template = Object.hasOwn(this.#baseUrls, name) ? this.#baseUrls[name] : undefined
    if (template === undefined) throw createError('invalid_configuration', `The definition of ${this.id} asks for the base URL "${name}", which it does not declare.`)
    // Most have nothing to fill in, and a cold read asks for one each time.
    return template.includes('{') ? expandTemplate(template, settings) : template
  }

  /** What a page may know: no endpoint, no client id. */
  get summary(): ProviderSummary {
    const { id, name, description, category, website, docsUrl, settings = [], setup } = this.definition
    const ways = this.definition.auth.filter(({ kind }) => kind === 'api_key' || (kind === 'oauth2' ? this.hasOAuth : this.#installation !== undefined))
    const auth = ways.map((way): AuthSummary => {
      if (way.kind !== 'oauth2') return { kind: way.kind, scopes: [], fields: way.kind === 'api_key' ? way.fields : [] }
      const asked = way.scopes.filter((scope) => this.scopes.includes(scope.id))
      return { kind: way.kind, scopes: this.scopes.length > 0 ? asked : way.scopes, fields: [] }
    })
    return { id, name, description, category, website, docsUrl, attachment: this.attachment, auth, settings, setup }
  }
}

function webhookSecretsOf({ id, webhook }: ProviderDefinition, { webhookSecret = [] }: Registration['options']): readonly string[] {
  const secrets = [webhookSecret].flat()
  if (secrets.includes('')) {
    refuse(id, '"webhookSecret" is empty. Pass what the provider shows for the hook of your app, from the environment, or leave it out.')
  }
  // One secret for all tenants would let each of them sign for the others.
  if (secrets.length > 0 && webhook?.account === undefined) {
    refuse(id, 'each tenant has webhooks of its own there, so "webhookSecret" does not apply. Store the secret of each with storeCredential.')
  }
  return secrets
}

/** A provider that takes a key too may be registered for its key alone. */
function isClientNeeded({ auth }: ProviderDefinition, { clientId, clientSecret }: Registration['options']): boolean {
  return clientId !== undefined || clientSecret !== undefined || auth.every((way) => way.kind !== 'api_key')
}

function noApp({ name }: ProviderDefinition): Error {
  return createError('provider_misconfigured', `There is no app at ${name} to sign in with, or this tenant has none of its own yet. Register one and let "providers" find it.`)
}

function requireClient(id: string, options: Registration['options']): { clientId: string; clientSecret: string } {
  const { clientId, clientSecret } = options
  if (!clientId || !clientSecret) {
    refuse(id, `it needs ${clientId ? 'a clientSecret' : 'a clientId'}. Register an app there and pass what it gives you, from the environment.`)
  }
  return { clientId, clientSecret }
}

function endpointsOf(oauth: OAuth2Definition, overrides: Readonly<Record<string, string>>): Omit<OAuthClient, 'definition' | 'clientId' | 'clientSecret'> {
  return {
    authorizationEndpoint: overrides.authorizationEndpoint ?? oauth.authorizationEndpoint,
    tokenEndpoint: overrides.tokenEndpoint ?? oauth.tokenEndpoint,
    revocationEndpoint: overrides.revocationEndpoint ?? oauth.revocationEndpoint,
    issuer: overrides.issuer ?? oauth.issuer,
  }
}

function checkOverride({ id, settings = [] }: ProviderDefinition, name: string, url: string, allowInsecureLoopback: boolean): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || parsed.username || parsed.password || parsed.hash) refuse(id, `"endpoints.${name}" is not a plain URL.`)
  const placeholders = templateSettings(url)
  if (placeholders.length > 0 && !(isSafeTemplate(url) && placeholders.every((one) => settings.some((setting) => setting.id === one)))) {
    refuse(id, `"endpoints.${name}" may hold declared settings only, each as a whole part of the path.`)
  }
  if (parsed.protocol === 'https:') return
  if (parsed.protocol === 'http:' && isLoopbackHost(parsed.hostname)) {
    if (!allowInsecureLoopback) refuse(id, `"endpoints.${name}" is a local http URL, which needs allowInsecureLoopback: true.`)
    return
  }
  refuse(id, `"endpoints.${name}" must start with https://.`)
}

function refuse(id: string, problem: string): never {
  throw createError('invalid_configuration', `The registration of "${id}" cannot be used: ${problem}`)
}

/** The registered providers by id. */
export class Registrations {
  readonly #byId = new Map<string, RegisteredProvider>()

  constructor(registrations: readonly Registration[], allowInsecureLoopback: boolean) {
    for (const registration of registrations) {
      const provider = new RegisteredProvider(registration, allowInsecureLoopback)
      if (this.#byId.has(provider.id)) refuse(provider.id, 'it is registered twice.')
      this.#byId.set(provider.id, provider)
    }
  }

  get all(): RegisteredProvider[] {
    return [...this.#byId.values()]
  }

  /** @throws {AuthpipeError} `unknown_provider` */
  get(id: string): RegisteredProvider {
    const provider = this.#byId.get(id)
    if (!provider) throw createError('unknown_provider', `No provider with this id is registered. Add it to "providers" of createAuthpipe.`)
    return provider
  }

  find(id: string): RegisteredProvider | undefined {
    return this.#byId.get(id)
  }
}
