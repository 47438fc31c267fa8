/**
 * Merge your own providers into this to have their ids checked, on the server and in components, and the scopes that they declare offered.
 * Which package is named makes no difference.
 *
 * @example
 * // lib/providers.ts
 * export const providers = { livechat, 'help-scout': helpScout, acme }
 *
 * declare module '@authpipe/next' {
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
