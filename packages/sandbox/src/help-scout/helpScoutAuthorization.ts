import { redirectReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import { consentPage } from '../pages/consentPage.ts'
import { errorPage } from '../pages/errorPage.ts'
import { isLoopbackRedirectUri, withParameters } from '../redirectUri.ts'
import { helpScoutPeople } from './helpScoutPeople.ts'
import type { HelpScoutAuthorizationRequest, HelpScoutState } from './HelpScoutState.ts'

const quickStartUrl = 'http://localhost:3000/api/authpipe/callback/help-scout'

/** GET of the authorization page. HS-AUTH: it reads client_id and state; other parameters do no harm and mean nothing. */
export function authorize(state: HelpScoutState, request: SandboxRequest): Reply {
  const { settings, client, consents } = state
  if (request.query('client_id') !== client.clientId) return refuse(state, 'The app is not registered here.')
  // HS-AUTH: the target is the Redirection URL of the app, and redirect_uri is no parameter. Where none is set here, the
  // stand-in takes what is sent, or what an app has that follows the quick start, so that it works without set-up.
  const sent = request.query('redirect_uri')
  const redirectUrl = settings.redirectUrl ?? (sent !== undefined && isLoopbackRedirectUri(sent) ? sent : quickStartUrl)

  const asked: HelpScoutAuthorizationRequest = { redirectUrl, state: request.query('state') }
  const signedIn = helpScoutPeople.find(({ accountId }) => accountId === settings.signedInAs)
  if (signedIn) return approve(state, asked, signedIn.accountId)
  return consentPage({
    providerName: 'Help Scout',
    coop: settings.coop,
    consentId: consents.open(asked),
    action: '/help-scout/consent',
    clientId: client.clientId,
    redirectUri: redirectUrl,
    // HS-AUTH: there are no scopes; a token may do whatever its person may.
    scopes: [{ description: 'Do everything that you can do in Help Scout' }],
    people: helpScoutPeople,
    email: undefined,
    refusal: 'Cancel',
  })
}

/** POST of the consent page's form. */
export function decide(state: HelpScoutState, request: SandboxRequest): Reply {
  const asked = state.consents.take(request.parameter('consent'))
  const person = helpScoutPeople.find(({ accountId }) => accountId === request.parameter('account'))
  if (!asked || !person) return refuse(state, 'This page was used already.')
  // HS-AUTH documents no answer to a refusal; that of RFC 6749 §4.1.2.1 is assumed.
  if (request.parameter('decision') !== 'allow') return redirectReply(withParameters(asked.redirectUrl, { error: 'access_denied', state: asked.state }))
  return approve(state, asked, person.accountId)
}

function approve({ ledger, client }: HelpScoutState, { redirectUrl, state }: HelpScoutAuthorizationRequest, accountId: string): Reply {
  const code = ledger.issueCode({ clientId: client.clientId, accountId, scopes: [], redirectUri: redirectUrl, challenge: undefined })
  // HS-AUTH
  return redirectReply(withParameters(redirectUrl, { code, state }))
}

const refuse = ({ settings }: HelpScoutState, explanation: string): Reply =>
  errorPage({ providerName: 'Help Scout', coop: settings.coop, status: 400, heading: 'This request cannot go on', explanation, facts: [] })
