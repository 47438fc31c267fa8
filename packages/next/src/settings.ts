import { createError, dnsLabel, normalizeSetting, type AuthKind } from '@authpipe/core'
import type { RegisteredProvider } from './registrations.ts'

/**
 * The settings that a way of connecting needs, out of what a person typed: declared ones only, each one DNS label.
 *
 * @throws {AuthpipeError} `invalid_request` naming the setting
 */
export function checkSettings(provider: RegisteredProvider, kind: AuthKind, typed: Readonly<Record<string, string>>): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const definition of provider.definition.settings ?? []) {
    const { id, label, pattern, onlyFor = ['oauth2', 'api_key'] } = definition
    if (!onlyFor.includes(kind)) continue
    const value = normalizeSetting(definition, (Object.hasOwn(typed, id) ? typed[id] : undefined) ?? '')
    if (!dnsLabel.test(value) || !new RegExp(`^(?:${pattern})$`).test(value)) {
      throw createError('invalid_request', `"${label}" is missing or is not a plain name such as "acme".`, { details: { setting: id } })
    }
    settings[id] = value
  }
  return settings
}
