// URL templates with per-account settings, such as `https://{subdomain}.acme.com/api`.
import { createError } from './errors.ts'

/** One DNS label (RFC 1123 §2.1), lower case: what a user types can never become another host. */
export const dnsLabel: RegExp = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

const placeholder = /\{([A-Za-z][A-Za-z0-9]*)\}/g

/** The setting ids that a template names, in order. */
export function templateSettings(template: string): string[] {
  return Array.from(template.matchAll(placeholder), (match) => match[1] ?? '')
}

/**
 * Whether a template keeps its placeholders where they cannot change the host's owner: in the host part only as the whole
 * first label before a fixed suffix of at least two labels, in the path only as a whole segment, nowhere else.
 */
export function isSafeTemplate(template: string): boolean {
  const parts = /^(https?):\/\/([^/?#]+)(\/[^?#]*)?$/.exec(template)
  if (!parts) return false
  const [, , authority = '', path = ''] = parts
  const host = /^(?:\{[A-Za-z][A-Za-z0-9]*\}\.(?=[^.:]+\.[^.:]+))?[a-z0-9.-]+(:\d+)?$/i
  const segment = /^(?:\{[A-Za-z][A-Za-z0-9]*\}|[^{}]*)$/
  return host.test(authority) && path.split('/').every((part) => segment.test(part))
}

/**
 * Puts settings into a template.
 *
 * @throws {AuthpipeError} `invalid_request` when a setting is missing or is not one DNS label
 */
export function expandTemplate(template: string, settings: Readonly<Record<string, string>>): string {
  return template.replace(placeholder, (_, id: string) => {
    const value = Object.hasOwn(settings, id) ? settings[id] : undefined
    if (value === undefined || !dnsLabel.test(value)) {
      throw createError('invalid_request', `The setting "${id}" is missing or has characters that cannot stand in a host name. Give just the name, such as "acme".`, {
        details: { setting: id },
      })
    }
    return value
  })
}
