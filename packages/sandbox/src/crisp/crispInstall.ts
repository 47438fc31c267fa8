import { redirectReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import { consentPage } from '../pages/consentPage.ts'
import { errorPage } from '../pages/errorPage.ts'
import type { PathParameters } from '../pathPattern.ts'
import { withParameters } from '../redirectUri.ts'
import { crispScopes } from './crispScopes.ts'
import type { CrispState } from './CrispState.ts'
import { crispPeople } from './crispWebsites.ts'

/** GET of the install link: lets a person choose the workspace that gets the plugin. */
export function showInstall(state: CrispState, request: SandboxRequest, { pluginId }: PathParameters): Reply {
  const { client, settings, consents } = state
  if (pluginId !== client.clientId) return refuse(state, 404, 'This plugin does not exist', 'The install link names no plugin of the Marketplace.')
  const { pluginScopes } = settings
  return consentPage({
    providerName: 'Crisp',
    coop: settings.coop,
    // CR-WP, CR-NANGO: payload is carried through.
    consentId: consents.open({ payload: request.query('payload') }),
    action: '/crisp/install',
    clientId: `Plugin ${client.clientId}`,
    redirectUri: settings.callbackUrl,
    scopes: crispScopes.filter(({ id }) => pluginScopes === null || pluginScopes.includes(id)),
    people: crispPeople,
    email: undefined,
    heading: 'Install the plugin “Authpipe Sandbox”?',
    choice: 'In which workspace',
    asked: 'The plugin can',
    refusal: 'Cancel',
    approval: 'Install',
  })
}

/** POST of the install page's form. */
export function install(state: CrispState, request: SandboxRequest): Reply {
  const { settings, installations, consents } = state
  const asked = consents.take(request.parameter('consent'))
  const website = crispPeople.find(({ accountId }) => accountId === request.parameter('account'))
  if (!asked || !website) return refuse(state, 400, 'This page was used already', 'Open the install link again.')
  // Nothing is documented for a cancelled install, so nobody is sent back.
  if (request.parameter('decision') !== 'allow') return refuse(state, 200, 'Nothing was installed', 'The plugin was not added to a workspace.')
  // Nothing is documented for a suspended workspace either.
  if (settings.suspended.includes(website.accountId)) return refuse(state, 403, 'This workspace is suspended', 'Plugins cannot be installed in it.')
  // CR-CHAIN, CR-NANGO: the browser goes to the plugin's callback URL with these three.
  const parameters = { website_id: website.accountId, token: installations.install(website.accountId), payload: asked.payload }
  return redirectReply(withParameters(settings.callbackUrl, parameters))
}

const refuse = ({ settings }: CrispState, status: number, heading: string, explanation: string): Reply =>
  errorPage({ providerName: 'Crisp', coop: settings.coop, status, heading, explanation, facts: [] })
