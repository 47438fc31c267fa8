import { createError, InvalidShape, type InstallationDefinition, type ProviderDefinition } from '@authpipe/core'
import type { AppliedCredential } from '@authpipe/core/server'
import { sendProviderRequest } from '../credentials/providerRequest.ts'
import type { Engine } from '../engine.ts'
import { isSameSecret } from '../isSameSecret.ts'
import type { InstalledApp, RegisteredProvider } from '../registrations.ts'
import { checkSettings } from '../settings.ts'

function installationOf({ auth }: ProviderDefinition): InstallationDefinition | undefined {
  return auth.find((way) => way.kind === 'installation')
}

/** The parameters of an install's answer that are read; others are dropped on arrival. */
export function installParameters(definition: ProviderDefinition): readonly string[] {
  const installation = installationOf(definition)
  return installation ? [installation.stateParameter, ...installation.answerParameters] : []
}

/** The state of an answer: a sign-in names it `state`, an installation by a name of its own. */
export function stateOf(definition: ProviderDefinition, form: URLSearchParams): string {
  return form.get('state') ?? form.get(installationOf(definition)?.stateParameter ?? 'state') ?? ''
}

/** Our app's own credential, as its requests carry it. */
export function applyApp({ definition, clientSecret }: InstalledApp): AppliedCredential & { readonly headers: Readonly<Record<string, string>> } {
  const authorization = definition.scheme === 'basic' ? `Basic ${Buffer.from(clientSecret, 'utf8').toString('base64')}` : `Bearer ${clientSecret}`
  return { headers: { ...definition.headers, Authorization: authorization } }
}

/**
 * Makes sure with the provider that an install is real.
 *
 * @returns the settings of the new connection
 * @throws {AuthpipeError} `authorization_failed` when the provider does not confirm it; `provider_unreachable` (retryable)
 */
export async function verifyInstall(engine: Engine, provider: RegisteredProvider, form: URLSearchParams): Promise<Record<string, string>> {
  const app = provider.installation
  const parameters: Record<string, string> = {}
  for (const name of app.definition.answerParameters) {
    const [value, ...more] = form.getAll(name)
    if (!value || more.length > 0) throw createError('invalid_request', `The provider's answer needs "${name}" once. Start again.`)
    parameters[name] = value
  }
  const settings = await app.definition
    .verify({
      parameters,
      clientId: app.clientId,
      request: (request, place) => sendProviderRequest(engine.outbound.fetch, provider, place, applyApp(app), request),
      isSame: isSameSecret,
    })
    .catch((error: unknown) => {
      if (error instanceof InvalidShape) return undefined
      throw error
    })
  if (!settings) throw createError('authorization_failed', `${provider.definition.name} does not confirm this install. Nothing was stored. Start again.`)
  return checkSettings(provider, 'api_key', settings)
}
