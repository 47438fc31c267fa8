// What Authpipe knows of a provider: its definition.
import type { Account } from './connection.ts'

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
   * What ends with a token that is revoked: the grant that it is of, or every grant of this app and account. As long as it may be every
   * grant, none is revoked while another connection needs the account.
   * @defaultValue `account`
   * @see RFC 7009 §2.1
   */
  readonly revocationEnds?: 'grant' | 'account'
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
  /**
   * How long a refresh token lives, where the provider says so in its documentation and not in its answers.
   * @defaultValue unknown: it dies of use or revocation alone
   */
  readonly refreshTokenLifetimeSeconds?: number
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

/** How many API requests a provider takes: the least that any of its plans allows. */
export interface RateLimit {
  readonly requests: number
  readonly perSeconds: number
  /**
   * Names what shares the allowance, such as a workspace.
   * @defaultValue all connections of our app share it
   */
  readonly sharedBy?: (place: { readonly account: Account; readonly settings: Readonly<Record<string, string>> }) => string
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
  /** @defaultValue not known */
  readonly rateLimit?: RateLimit
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
