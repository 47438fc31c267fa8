import type { Provider } from '@authpipe/core'

/**
 * Merge your own providers into this to have their ids checked, and the scopes that they declare offered.
 *
 * @example
 * // providers.ts, on the server
 * export const providers = { livechat, 'help-scout': helpScout, acme }
 *
 * // authpipe.d.ts
 * declare module '@authpipe/react' {
 *   interface Register { providers: typeof providers }
 * }
 */
export interface Register {}

/** Ids of the providers that come with Authpipe. */
export type BuiltInProviderId = 'livechat' | 'help-scout' | 'freshdesk' | 'freshservice' | 'crisp'

/** Id of a provider: those of {@link Register} where it was merged into, else any, with the built-in ones offered by the editor. */
export type ProviderId = Register extends { readonly providers: infer Providers }
  ? Extract<keyof Providers, string>
  : BuiltInProviderId | (string & {})

/** A scope of a provider: any, with those offered by the editor that a provider of {@link Register} declares. */
export type ScopeId<P extends ProviderId = ProviderId> = Register extends { readonly providers: infer Providers } ? ScopeOf<Providers, P> : string
type ScopeOf<Providers, P> = P extends keyof Providers ? (Providers[P] extends Provider<infer Scope> ? Scope | (string & {}) : string) : string
