/**
 * Merge your own list into this to have provider ids checked.
 *
 * @example
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
