import { createError, dnsLabel, normalizeSetting } from '@authpipe/core'
import type { RegisteredProvider } from './registrations.ts'

/**
 * The settings of a provider out of what a person typed: declared ones only, each one DNS label.
 *
 * @throws {AuthpipeError} `invalid_request` naming the setting
 */
export function checkSettings(provider: RegisteredProvider, typed: Readonly<Record<string, string>>): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const definition of provider.definition.settings ?? []) {
    const { id, label, pattern } = definition
    const value = normalizeSetting(definition, (Object.hasOwn(typed, id) ? typed[id] : undefined) ?? '')
    if (!dnsLabel.test(value) || !new RegExp(`^(?:${pattern})$`).test(value)) {
      throw createError('invalid_request', `"${label}" is missing or is not a plain name such as "acme".`, { details: { setting: id } })
    }
    settings[id] = value
  }
  return settings
}
