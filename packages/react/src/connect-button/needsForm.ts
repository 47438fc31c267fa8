import type { AuthSummary, ProviderSummary } from '@authpipe/core'

/** Built-in providers that take keys. Of all others a page knows it only once it has read the providers. */
export const keyProviders: readonly string[] = ['freshdesk', 'freshservice', 'crisp']

/** Whether connecting begins with a form of ours, for a key or a setting, and not with the provider's own window. */
export function needsForm(
  provider: string,
  summary: ProviderSummary | undefined,
  method: AuthSummary['kind'] | undefined,
  settings: Readonly<Record<string, string>> = {},
): boolean {
  if (!summary) return method ? method === 'api_key' : keyProviders.includes(provider)
  const takesKey = summary.auth.some(({ kind }) => kind === 'api_key' && kind === (method ?? kind))
  return takesKey || summary.settings.some(({ id, onlyFor }) => !settings[id] && (!onlyFor || onlyFor.includes('oauth2')))
}
