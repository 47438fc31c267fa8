// What providers say of our app there.
import type { InspectedProvider, Inspection } from '@authpipe/next/inspect'
import type { Mode } from '../app/loadEnvironment.ts'
import { notChecked, ok, problem, type Finding } from './Finding.ts'

export async function checkProviders(inspection: Inspection, mode: Mode): Promise<readonly Finding[]> {
  const providers = listed(inspection)
  const findings = await Promise.all(providers.map(async (provider) => [...checkStandIn(provider, mode), await checkClient(inspection, provider), await checkRedirectUri(inspection, provider)]))
  return findings.flat().filter((finding) => finding !== undefined)
}

/** None where the base URL cannot be used, which is a finding of its own. */
function listed(inspection: Inspection): readonly InspectedProvider[] {
  try {
    return inspection.listProviders()
  } catch {
    return []
  }
}

function checkStandIn({ id, name, isLocal }: InspectedProvider, mode: Mode): readonly Finding[] {
  if (mode !== 'production' || !isLocal) return []
  return [problem('sandbox', `In production ${name} would be played by a stand-in on this machine.`, 'Take "endpoints" and "allowInsecureLoopback" out of the options, and pass the clientId and clientSecret of your own app.', { subject: id })]
}

async function checkClient(inspection: Inspection, { id, name, callback, canBeAsked, isLocal }: InspectedProvider): Promise<Finding | undefined> {
  const about = { subject: id }
  if (callback.kind === 'none') return undefined
  if (callback.kind === 'per_tenant') return notChecked('client', `Each tenant brings an app of its own at ${name}.`, about)
  if (!canBeAsked) return notChecked('client', `${name} tells nobody about an app before a customer connects it.`, about)
  switch (await inspection.probeClient(id)) {
    case 'accepted':
      return ok('client', `${name} takes the client id and secret.`, about)
    case 'refused':
      return problem('client', `${name} refuses this client id or secret.`, `Compare clientId and clientSecret of its registration with its console, where the secret may have been replaced.`, about)
    case 'cannot_tell':
      return notChecked('client', `${name} answers a wrong secret as it answers a wrong code, so only a connect tells.`, about)
    case 'no_answer':
      return notChecked('client', silence(name, isLocal), about)
  }
}

async function checkRedirectUri(inspection: Inspection, { id, name, callback, canBeAsked, isLocal }: InspectedProvider): Promise<Finding | undefined> {
  const about = { subject: id }
  if (callback.kind === 'none') return undefined
  if (callback.kind === 'per_tenant') return notChecked('redirect-uri', `Each tenant registers its own at ${name}: await authpipe.callbackUrl({ provider: '${id}', tenantId }) gives it.`, about)
  const mustBe = `Registered must be, to the letter: ${callback.url}`
  if (!canBeAsked) return notChecked('redirect-uri', `${name} tells nobody which it has. ${mustBe}`, about)
  switch (await inspection.probeRedirectUri(id)) {
    case 'accepted':
      return ok('redirect-uri', `${name} knows ${callback.url}`, about)
    case 'refused':
      return problem('redirect-uri', `${name} does not know the redirect URI ${callback.url}`, 'Register it there to the letter, or correct AUTHPIPE_BASE_URL if it is not where your app is.', about)
    case 'cannot_tell':
      return notChecked('redirect-uri', `${name} does not tell before somebody signs in. ${mustBe}`, about)
    case 'no_answer':
      return notChecked('redirect-uri', `${silence(name, isLocal)} ${mustBe}`, about)
  }
}

const silence = (name: string, isLocal: boolean): string => (isLocal ? `The stand-in of ${name} does not answer; "npx authpipe sandbox" starts it.` : `${name} gave no answer.`)
