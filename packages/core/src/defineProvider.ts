import { createError } from './errors.ts'
import type { ProviderDefinition } from './provider.ts'
import { Registration, type FieldId, type FindRegistration, type Provider, type RegistrationOptions, type ScopeId, type SettingId } from './registration.ts'
import { isSafeTemplate, templateSettings } from './settingTemplate.ts'

/** Authorization request parameters that belong to the flow; a definition cannot set them. */
export const reservedAuthorizationParams: readonly string[] = [
  'response_type',
  'client_id',
  'client_secret',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'nonce',
]

/**
 * Makes a provider from its definition. Built-in and own providers are made the same way.
 *
 * @throws {AuthpipeError} `invalid_configuration` naming the member that is wrong
 * @example
 * const acme = defineProvider({ id: 'acme', name: 'Acme', … })
 * createAuthpipe({ providers: [acme({ clientId, clientSecret })], … })
 */
export function defineProvider<const D extends ProviderDefinition>(definition: D): Provider<ScopeId<D>, D['id'], SettingId<D>, FieldId<D>, D['auth'][number]['kind']> {
  checkDefinition(definition)
  // Of no scopes and settings, so it is one of any.
  type Any = Registration<never, never, never, never, never>
  const provider = (given: RegistrationOptions | FindRegistration = {}, shared: Pick<RegistrationOptions, 'attachment'> = {}): Any =>
    typeof given === 'function' ? new Registration(definition, shared, given) : new Registration(definition, given)
  return Object.assign(provider, { definition })
}

function checkDefinition(definition: ProviderDefinition): void {
  const refuse = (problem: string): never => {
    throw createError('invalid_configuration', `The provider definition "${definition.id}" cannot be used: ${problem}`)
  }
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(definition.id)) refuse('its id must be lower-case words joined by "-".')
  if (definition.auth.length === 0) refuse('it needs at least one way to connect in "auth".')

  const { rateLimit } = definition
  if (rateLimit && !(rateLimit.requests > 0 && rateLimit.perSeconds > 0)) refuse('"rateLimit" needs more than 0 requests in more than 0 seconds.')

  const settings = new Set((definition.settings ?? []).map((setting) => setting.id))
  const checkUrl = (name: string, template: string | undefined): void => {
    if (template === undefined) return
    if (!isSafeTemplate(template)) refuse(`"${name}" must be a plain URL whose placeholders are the whole first label of the host or a whole path segment.`)
    if (!template.startsWith('https://')) refuse(`"${name}" must start with https://. Point it at a local server with "endpoints" of the registration.`)
    for (const id of templateSettings(template)) if (!settings.has(id)) refuse(`"${name}" uses the setting "${id}", which "settings" does not declare.`)
  }
  checkUrl('apiBaseUrl', definition.apiBaseUrl)
  for (const [name, url] of Object.entries(definition.otherBaseUrls ?? {})) checkUrl(name, url)
  for (const auth of definition.auth) {
    if (auth.kind === 'installation') checkUrl('installEndpoint', auth.installEndpoint)
    if (auth.kind !== 'oauth2') continue
    checkUrl('authorizationEndpoint', auth.authorizationEndpoint)
    checkUrl('tokenEndpoint', auth.tokenEndpoint)
    checkUrl('revocationEndpoint', auth.revocationEndpoint)
    for (const name of Object.keys(auth.authorizationParams ?? {})) {
      if (reservedAuthorizationParams.includes(name)) refuse(`"authorizationParams" cannot set "${name}", which the flow sets.`)
    }
  }
}
