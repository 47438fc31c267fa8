import type { Provider, ProviderId, Register } from '@authpipe/core'

/** A scope of a provider: any, with those offered by the editor that a provider of {@link Register} declares. */
export type ScopeId<P extends ProviderId = ProviderId> = Register extends { readonly providers: infer Providers } ? ScopeOf<Providers, P> : string
type ScopeOf<Providers, P> = P extends keyof Providers ? (Providers[P] extends Provider<infer Scope> ? Scope | (string & {}) : string) : string
