// What Authpipe knows of a provider (the definition), and what the host app adds to it (the registration).
import type { Account, Attachment } from './connection.ts'
import { createError } from './errors.ts'
import { isSafeTemplate, templateSettings } from './settingTemplate.ts'

/** A permission that a connection can ask for. */
export interface ScopeDefinition {
  readonly id: string
  /** Plain words for the person who consents. */
  readonly description: string
  /** The least role at the provider whose consent the provider accepts. */
  readonly minimumRole?: string
}

/** The ways of connecting: sign-in, a pasted key, an app installed in the provider's own workspace. */
export type AuthKind = 'oauth2' | 'api_key' | 'installation'

/** One input of an API-key form. */
export interface FieldDefinition {
  readonly id: string
  readonly label: string
  /** Whether the value is stored in the vault and never shown again. */
  readonly secret: boolean
  readonly description?: string
  readonly placeholder?: string
  /** Regular expression that the whole value must match. */
  readonly pattern?: string
  /** The provider's page that says where to find the value. */
  readonly helpUrl?: string
}

/** A per-account input that is not secret, such as a subdomain: one DNS label, never a host. */
export interface SettingDefinition {
  readonly id: string
  readonly label: string
  /** Regular expression that the whole value must match, beside being one DNS label. */
  readonly pattern: string
  /** Shown before the input. */
  readonly prefix?: string
  /** Shown after the input. */
  readonly suffix?: string
  readonly placeholder?: string
  readonly helpUrl?: string
  /**
   * The ways of connecting that need it.
   * @defaultValue all but installations, which bring their own
   */
  readonly onlyFor?: readonly AuthKind[]
}

/** How a developer registers their app at the provider. */
export interface SetupGuide {
  readonly steps: readonly string[]
  /** What to know about the callback URL that is registered there. */
  readonly callbackNote?: string
}

/** What a failed token request says about us: see the four classes in docs/errors.md. */
export type TokenErrorClass = 'grant_dead' | 'configuration_wrong' | 'transient'

/** Sign-in by OAuth 2 authorization code. RFC parameter names keep their RFC spelling where they are protocol data. */
export interface OAuth2Definition {
  readonly kind: 'oauth2'
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly revocationEndpoint?: string
  /**
   * How a token is revoked: a form POST, or a DELETE that carries the token as bearer.
   * @defaultValue `post_form`
   * @see RFC 7009 §2.1
   */
  readonly revocationStyle?: 'post_form' | 'delete_bearer'
  /**
   * The `iss` that authorization answers carry. Without it, an `iss` that comes all the same must have the origin of the
   * authorization endpoint.
   * @see RFC 9207 §2.4
   */
  readonly issuer?: string | undefined
  /**
   * `S256` unless the provider cannot, which needs a reason.
   * @see RFC 7636 §4.2
   */
  readonly pkce: 'S256' | { readonly unsupportedBecause: string }
  /**
   * The provider returns to the one URL that is registered there and takes none in its requests.
   * @defaultValue `false`
   */
  readonly omitsRedirectUri?: boolean
  /** @see RFC 6749 §2.3.1 */
  readonly clientAuthentication: 'client_secret_post' | 'client_secret_basic'
  readonly scopes: readonly ScopeDefinition[]
  /**
   * What stands between scopes in a request.
   * @defaultValue `' '`
   */
  readonly scopeSeparator?: ' ' | ','
  /** Parameters that every authorization request carries; none that the flow itself sets. */
  readonly authorizationParams?: Readonly<Record<string, string>>
  /** What to assume where a token answer has no usable `expires_in`. */
  readonly accessTokenLifetimeSeconds: number
  /** Whether a refresh ends the refresh token it used. */
  readonly refreshTokenRotation: boolean
  /**
   * The provider's own meaning of an OAuth `error` at refresh, where it departs from the RFC. `invalid_client` and
   * `unauthorized_client` are never taken as the end of a grant by themselves, whatever stands here.
   */
  readonly refreshErrors?: Readonly<Record<string, TokenErrorClass>>
}

/** Sign-in by a key that the user pastes. */
export interface ApiKeyDefinition {
  readonly kind: 'api_key'
  readonly scheme: 'basic' | 'bearer' | 'header' | 'query'
  /** Header or query parameter that carries the key, for those two schemes. */
  readonly parameterName?: string
  /** Password beside a single key that is the user name of Basic; some providers want a fixed one. */
  readonly basicPassword?: string
  /** Headers that travel beside the key. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fields: readonly FieldDefinition[]
}

/** What an installation's hooks have to work with. */
export interface InstallationContext {
  /** Parameters of the provider's answer, those of `answerParameters`; all present, none of them believed yet. */
  readonly parameters: Readonly<Record<string, string>>
  /** Our app's id at the provider. */
  readonly clientId: string
  /** Asks the provider as our app. */
  request(request: ProviderRequest, settings: Readonly<Record<string, string>>): Promise<ProviderAnswer>
  /** Compares two secrets in constant time. */
  isSame(one: string, other: string): boolean
}

/** An app that is installed in the provider's own workspace and acts there for the whole tenant, with the app's own credential. */
export interface InstallationDefinition {
  readonly kind: 'installation'
  /** Where a person installs the app; an override can replace it. */
  readonly installEndpoint: string
  /** The page to send the person to. `state` has to come back with the answer. */
  readonly installUrl: (page: { readonly installEndpoint: string; readonly clientId: string; readonly state: string }) => string
  /** Parameter of the answer that brings our state back. */
  readonly stateParameter: string
  /** Parameters of the answer that the install needs. */
  readonly answerParameters: readonly string[]
  /**
   * Makes sure with the provider that the install is real: an answer by way of a browser can be forged.
   *
   * @returns the settings of the connection; `undefined` when the provider does not confirm it
   */
  readonly verify: (context: InstallationContext) => Promise<Readonly<Record<string, string>> | undefined>
  /** How our app's secret is sent. */
  readonly scheme: 'basic' | 'bearer'
  /** Headers that travel beside it. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Signed by HMAC with a secret that both sides know. */
export interface HmacWebhook {
  readonly scheme: 'hmac'
  /** Header that carries the signature, and nothing else. */
  readonly header: string
  readonly algorithm: 'sha1' | 'sha256'
  readonly encoding: 'base64' | 'hex'
  /** What is signed, byte for byte; a signed time is in epoch milliseconds. */
  readonly signed: 'body' | { readonly form: '[timestamp;body]'; readonly timestampHeader: string }
  /**
   * Whether customers can also set up hooks by hand that the provider does not sign.
   * @defaultValue `false`
   */
  readonly unsignedToo?: boolean
}

/** Not signed: the JSON body repeats the secret that the hook was registered with. */
export interface BodySecretWebhook {
  readonly scheme: 'body_secret'
  /** Member of the body that holds it. */
  readonly member: string
}

/** Neither signed nor told apart by a secret: only the long random path of the endpoint is. */
export interface UnsignedWebhook {
  readonly scheme: 'none'
}

/** How a provider vouches for the webhooks it sends, and where an event's facts stand in them. */
export type WebhookDefinition = (HmacWebhook | BodySecretWebhook | UnsignedWebhook) & {
  /**
   * Where the type of an event stands.
   * @defaultValue the provider names none
   */
  readonly type?: { readonly header: string } | { readonly member: string }
  /**
   * Member of the body that is unique to an event and the same when it is sent again.
   * @defaultValue the provider names none, so an event goes by the digest of its type and body
   */
  readonly id?: string
  /**
   * Member of the body that names the account, where one hook of our app tells of the accounts of all tenants.
   * @defaultValue hooks are set up for each tenant
   */
  readonly account?: string
}

/** A request that a definition makes to its provider, with the connection's credential applied. */
export interface ProviderRequest {
  /**
   * Below which base URL: the API's, or one of `otherBaseUrls` by its name.
   * @defaultValue `apiBaseUrl`
   */
  readonly base?: string
  /** Starts with `/`; may hold `{setting}` as whole segments. */
  readonly path: string
  /** @defaultValue `GET` */
  readonly method?: 'GET' | 'POST'
  /** Sent as JSON. */
  readonly body?: unknown
}

/** What a provider answered: the body parsed if it was JSON, else `undefined`. */
export interface ProviderAnswer {
  readonly status: number
  readonly body: unknown
}

/** What a provider's answer says about the connection. `unknown` blames nobody. */
export type Verdict =
  | 'healthy'
  | 'credential_dead'
  /** There is no such account at the provider: a mistyped domain. */
  | 'unknown_account'
  /** The app was removed from the workspace. */
  | 'uninstalled'
  | 'insufficient_scope'
  | 'account_suspended'
  | 'plan_unsupported'
  | 'access_denied'
  | 'rate_limited'
  | 'wrong_region'
  | 'unavailable'
  | 'unknown'

/** What {@link ProviderDefinition.identity} has to work with. */
export interface IdentityContext {
  /** Members of the token answer beside the tokens; empty for API keys. */
  readonly tokenResponse: Readonly<Record<string, unknown>>
  readonly scopes: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  /** Asks the provider with the new credential; throws only where no answer came. */
  request(request: ProviderRequest): Promise<ProviderAnswer>
}

/** Everything that Authpipe knows of a provider: public data, and hooks where data is not enough. */
export interface ProviderDefinition {
  /** Lower-case words joined by `-`; part of callback URLs, so it never changes. */
  readonly id: string
  readonly name: string
  readonly category: string
  readonly description: string
  readonly website: string
  /** The provider's own documentation of its API. */
  readonly docsUrl: string
  readonly auth: readonly (OAuth2Definition | ApiKeyDefinition | InstallationDefinition)[]
  /** @defaultValue none */
  readonly settings?: readonly SettingDefinition[]
  /** Where the API starts; may hold `{setting}` placeholders. */
  readonly apiBaseUrl: string
  /** Base URLs beside the API's, by a name that `endpoints` can override too. */
  readonly otherBaseUrls?: Readonly<Record<string, string>>
  /** Headers that every API call needs. */
  readonly apiHeaders?: Readonly<Record<string, string>>
  /** The cheapest read-only request that tells whether a credential works. */
  readonly healthCheck: ProviderRequest
  /**
   * Which account a fresh credential belongs to. A label that cannot be had is left out; an id that cannot be had is an error.
   */
  readonly identity: (context: IdentityContext) => Promise<Account>
  /** Header of a rate-limited answer that says how many seconds to wait. @defaultValue `retry-after` */
  readonly retryAfterHeader?: string
  /** Headers with which to repeat a call that went to the wrong region, once; `undefined` when the answer names none. */
  readonly regionHeaders?: (answer: ProviderAnswer) => Readonly<Record<string, string>> | undefined
  /** What an API answer says. @defaultValue judged by HTTP status alone */
  readonly judge?: (answer: ProviderAnswer) => Verdict
  /** @defaultValue the provider's webhooks are not taken */
  readonly webhook?: WebhookDefinition
  readonly setup: SetupGuide
}

/** URLs that replace those of a definition: a sandbox, a test server, a regional host. */
export type EndpointOverrides = Readonly<Partial<Record<string, string>>>

/** The scope ids that a definition lists. */
export type ScopeId<D extends ProviderDefinition> = Extract<D['auth'][number], { readonly kind: 'oauth2' }>['scopes'][number]['id']

/** What the host app adds to a definition. */
export interface RegistrationOptions<Scope extends string = string> {
  /** Our id at the provider; needed for OAuth. */
  readonly clientId?: string | undefined
  /** @security Comes from the environment, never from source. */
  readonly clientSecret?: string | undefined
  /**
   * Scopes that every connection asks for.
   * @defaultValue none named, so the provider grants what is configured there
   */
  readonly scopes?: readonly Scope[] | undefined
  /**
   * Whether one connection serves the whole tenant or each user has their own.
   * @defaultValue `user`
   */
  readonly attachment?: Attachment | undefined
  /**
   * What the one hook of our app is signed with, for providers that have such a hook; several while one replaces another.
   * @security Comes from the environment, never from source.
   */
  readonly webhookSecret?: string | readonly string[] | undefined
  /** URLs that replace those of the definition, by their names there. */
  readonly endpoints?: EndpointOverrides | undefined
}

/**
 * Finds the registration of one tenant, where tenants bring an app of their own; `null` when this one has none (yet). Asked
 * for each connect, refresh and call that is not answered from memory, so let it be quick.
 */
export type FindRegistration<Scope extends string = string> = (place: {
  readonly tenantId: string
  /** Those of the connection, or of the one that is being made. */
  readonly settings: Readonly<Record<string, string>>
}) => Promise<TenantRegistration<Scope> | null> | TenantRegistration<Scope> | null

/** What a tenant's own registration may set: all but the attachment, which is the same for every tenant, and webhook secrets, which the vault keeps. */
export type TenantRegistration<Scope extends string = string> = Omit<RegistrationOptions<Scope>, 'attachment' | 'webhookSecret'>

/** A provider together with what the host app adds. Its options do not print. */
export class Registration {
  readonly definition: ProviderDefinition
  readonly #options: RegistrationOptions
  readonly #find: FindRegistration | undefined

  constructor(definition: ProviderDefinition, options: RegistrationOptions, find?: FindRegistration) {
    this.definition = definition
    this.#options = options
    this.#find = find
  }

  /** @security Holds the client secret. */
  get options(): RegistrationOptions {
    return this.#options
  }

  /** Where each tenant brings its own. */
  get find(): FindRegistration | undefined {
    return this.#find
  }
}

/** A provider: call it with what your app registered there. */
export interface Provider<Scope extends string = never> {
  /** Scopes that the definition lists are offered by the editor; others are accepted. */
  (options?: RegistrationOptions<Scope | (string & {})>): Registration
  /** Where each tenant brings an app of its own: its callback is then `/callback/:provider/:contextId`. */
  (find: FindRegistration<Scope | (string & {})>, shared?: Pick<RegistrationOptions, 'attachment'>): Registration
  readonly definition: ProviderDefinition
}

/** Authorization request parameters that belong to the flow; a definition cannot set them. */
export const reservedAuthorizationParams: readonly string[] = [
  'response_type',
  'client_id',
  'client_secret',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'nonce',
]

/**
 * Makes a provider from its definition. Built-in and own providers are made the same way.
 *
 * @throws {AuthpipeError} `invalid_configuration` naming the member that is wrong
 * @example
 * const acme = defineProvider({ id: 'acme', name: 'Acme', … })
 * createAuthpipe({ providers: [acme({ clientId, clientSecret })], … })
 */
export function defineProvider<const D extends ProviderDefinition>(definition: D): Provider<ScopeId<D>> {
  checkDefinition(definition)
  const provider = (given: RegistrationOptions | FindRegistration = {}, shared: Pick<RegistrationOptions, 'attachment'> = {}): Registration =>
    typeof given === 'function' ? new Registration(definition, shared, given) : new Registration(definition, given)
  return Object.assign(provider, { definition })
}

function checkDefinition(definition: ProviderDefinition): void {
  const refuse = (problem: string): never => {
    throw createError('invalid_configuration', `The provider definition "${definition.id}" cannot be used: ${problem}`)
  }
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(definition.id)) refuse('its id must be lower-case words joined by "-".')
  if (definition.auth.length === 0) refuse('it needs at least one way to connect in "auth".')

  const settings = new Set((definition.settings ?? []).map((setting) => setting.id))
  const checkUrl = (name: string, template: string | undefined): void => {
    if (template === undefined) return
    if (!isSafeTemplate(template)) refuse(`"${name}" must be a plain URL whose placeholders are the whole first label of the host or a whole path segment.`)
    if (!template.startsWith('https://')) refuse(`"${name}" must start with https://. Point it at a local server with "endpoints" of the registration.`)
    for (const id of templateSettings(template)) if (!settings.has(id)) refuse(`"${name}" uses the setting "${id}", which "settings" does not declare.`)
  }
  checkUrl('apiBaseUrl', definition.apiBaseUrl)
  for (const [name, url] of Object.entries(definition.otherBaseUrls ?? {})) checkUrl(name, url)
  for (const auth of definition.auth) {
    if (auth.kind === 'installation') checkUrl('installEndpoint', auth.installEndpoint)
    if (auth.kind !== 'oauth2') continue
    checkUrl('authorizationEndpoint', auth.authorizationEndpoint)
    checkUrl('tokenEndpoint', auth.tokenEndpoint)
    checkUrl('revocationEndpoint', auth.revocationEndpoint)
    for (const name of Object.keys(auth.authorizationParams ?? {})) {
      if (reservedAuthorizationParams.includes(name)) refuse(`"authorizationParams" cannot set "${name}", which the flow sets.`)
    }
  }
}
