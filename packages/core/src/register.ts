// What the compiler learns of an app's providers.
import type { CredentialType } from './connection.ts'
import type { AuthKind } from './provider.ts'
import type { ProviderFacts, WithFacts } from './registration.ts'

/**
 * Merge your registrations into this to have ids, scopes, settings and kinds of credentials checked, on the server and in components.
 * Which package is named makes no difference.
 *
 * @example
 * // lib/providers.ts
 * export const providers = [livechat({ clientId, clientSecret }), acme({ scopes: ['things:read'] })]
 *
 * declare module '@authpipe/next' {
 *   interface Register { providers: typeof providers }
 * }
 */
export interface Register {}

/** Ids of the providers that come with Authpipe. */
export type BuiltInProviderId = 'livechat' | 'help-scout' | 'freshdesk' | 'freshservice' | 'crisp'

type Facts = ProviderFacts<string, string, string, string, AuthKind>
type FactsOf<One> = One extends WithFacts<infer F extends Facts> ? F : Facts

/** What is known of the providers: a list of registrations, or providers by their ids. */
type FactsOfAll<Providers> = Providers extends readonly (infer One)[] ? FactsOf<One> : { [Id in keyof Providers]: FactsOf<Providers[Id]> & { readonly id: Id } }[keyof Providers]

/** `Otherwise` where nothing is registered. */
type Registered<Otherwise, Member extends keyof Facts, Id extends string = string> = Register extends { readonly providers: infer Providers }
  ? Extract<FactsOfAll<Providers>, { readonly id: Id }>[Member]
  : Otherwise

/** Id of a provider: those of {@link Register} where it was merged into, else any, with the built-in ones offered by the editor. */
export type ProviderId = Registered<BuiltInProviderId | (string & {}), 'id'>

/** A scope that a provider of {@link Register} declares, or that its registration names beside those; else any. */
export type ProviderScope<P extends ProviderId = ProviderId> = Registered<string, 'scope', P>

/** How a provider of {@link Register} is connected. */
export type ProviderAuthKind<P extends ProviderId = ProviderId> = Registered<AuthKind, 'authKind', P>

/** Per-account inputs of a provider of {@link Register}, such as `{ subdomain }`. Which of them are needed depends on the way to connect. */
export type ProviderSettings<P extends ProviderId = ProviderId> = OfIds<Registered<string, 'setting', P>, string | undefined>

/** Values of the API-key form of a provider of {@link Register}, by field id. */
export type ProviderFields<P extends ProviderId = ProviderId> = OfIds<Registered<string, 'field', P>, string>

/** What a provider of {@link Register} gives: a token, a key; and any may have a webhook secret. */
export type ProviderCredentialType<P extends ProviderId = ProviderId> = Registered<CredentialType, 'credentialType', P>

type OfIds<Id extends string, Value> = string extends Id ? Readonly<Record<string, string>> : undefined extends Value ? { readonly [I in Id]?: string } : { readonly [I in Id]: string }
