import type { SettingDefinition } from './provider.ts'

/**
 * What a person means by what they typed or pasted: `https://Acme.freshdesk.com/a/tickets/1` and `acme.freshdesk.com` are
 * both `acme`. It tidies and never judges: anything that is not plainly the setting's own host stays as it was typed, for
 * the label rule to refuse.
 */
export function normalizeSetting({ suffix }: Pick<SettingDefinition, 'suffix'>, typed: string): string {
  const text = typed.trim().toLowerCase()
  if (!suffix) return text
  const host = text.replace(/^https?:\/\//, '').replace(/[/?#].*$/, '').replace(/\.$/, '')
  return host.endsWith(suffix) ? host.slice(0, -suffix.length) : text
}
