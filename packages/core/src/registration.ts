// What the host app adds to a provider's definition.
import type { Attachment } from './connection.ts'
import type { AuthKind, ProviderDefinition } from './provider.ts'

/** URLs that replace those of a definition: a sandbox, a test server, a regional host. */
export type EndpointOverrides = Readonly<Partial<Record<string, string>>>

type Way<D extends ProviderDefinition, K extends AuthKind> = Extract<D['auth'][number], { readonly kind: K }>

/** The scope ids that a definition lists. */
export type ScopeId<D extends ProviderDefinition> = Way<D, 'oauth2'>['scopes'][number]['id']

/** The ids of the settings that a definition lists. */
export type SettingId<D extends ProviderDefinition> = D extends { readonly settings: readonly { readonly id: infer Id extends string }[] } ? Id : never

/** The ids of the fields of an API key that a definition lists. */
export type FieldId<D extends ProviderDefinition> = Way<D, 'api_key'>['fields'][number]['id']

declare const facts: unique symbol

/** What the compiler knows of a provider. */
export interface ProviderFacts<Scope extends string, Id extends string, Setting extends string, Field extends string, Kind extends AuthKind> {
  readonly id: Id
  readonly scope: Scope
  readonly setting: Setting
  readonly field: Field
  readonly authKind: Kind
  readonly credentialType: 'webhook_secret' | GivenBy[Kind]
}

/** The credential that each way to connect gives. */
interface GivenBy {
  readonly oauth2: 'oauth_token'
  readonly api_key: 'api_key'
  readonly installation: 'api_key'
}

/** Carries facts for the compiler; nothing of it is there at run time. */
export interface WithFacts<Facts> {
  readonly [facts]?: Facts
}

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

const inspect = Symbol.for('nodejs.util.inspect.custom')

/** A provider together with what the host app adds. Its options do not print. */
export class Registration<Scope extends string = string, Id extends string = string, Setting extends string = string, Field extends string = string, Kind extends AuthKind = AuthKind> {
  declare readonly [facts]?: ProviderFacts<Scope, Id, Setting, Field, Kind>
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

  /** Also where a printer asks accessors for what they hold. */
  [inspect](): string {
    return `Registration { provider: ${JSON.stringify(this.definition.id)}, options: [redacted] }`
  }

  /** Where each tenant brings its own. */
  get find(): FindRegistration | undefined {
    return this.#find
  }
}

/** A provider: call it with what your app registered there. */
export interface Provider<Scope extends string = string, Id extends string = string, Setting extends string = string, Field extends string = string, Kind extends AuthKind = AuthKind>
  extends WithFacts<ProviderFacts<Scope, Id, Setting, Field, Kind>> {
  /** Scopes that the definition lists are offered by the editor; others are accepted, since a provider may have new ones. */
  <const More extends string = never>(options?: RegistrationOptions<Scope | More>): Registration<Scope | More, Id, Setting, Field, Kind>
  /** Where each tenant brings an app of its own: its callback is then `/callback/:provider/:contextId`. */
  (find: FindRegistration<Scope | (string & {})>, shared?: Pick<RegistrationOptions, 'attachment'>): Registration<Scope, Id, Setting, Field, Kind>
  readonly definition: ProviderDefinition
}

/** Any provider, whatever it declares. */
export interface AnyProvider {
  (options?: RegistrationOptions): Registration
  (find: FindRegistration, shared?: Pick<RegistrationOptions, 'attachment'>): Registration
  readonly definition: ProviderDefinition
}
