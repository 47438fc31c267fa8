// What an app has to bring for a provider, as its definition says.
import type { ProviderDefinition } from '@authpipe/core'

/** The name under which `@authpipe/next/providers` exports it. */
export function exportName({ id }: ProviderDefinition): string {
  return id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Whether it cannot be registered without an app of ours there: no key is taken instead. */
export function needsClient({ auth }: ProviderDefinition): boolean {
  return auth.every(({ kind }) => kind !== 'api_key')
}

/** Whether a person is sent there and comes back to a URL that is registered. */
export function comesBack({ auth }: ProviderDefinition): boolean {
  return auth.some(({ kind }) => kind !== 'api_key')
}

/** Whether each tenant brings an app of its own: the authorization server is at an address of the customer's. */
export function isAppOfTenant({ auth }: ProviderDefinition): boolean {
  return auth.some((way) => way.kind === 'oauth2' && way.authorizationEndpoint.includes('{'))
}

/** The variables that hold what the provider gave us. */
export function clientVariables({ id }: ProviderDefinition): readonly [clientId: string, clientSecret: string] {
  const prefix = id.toUpperCase().replaceAll('-', '_')
  return [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`]
}
