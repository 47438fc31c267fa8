import { isCodeChallenge } from '../codeChallenge.ts'
import { redirectReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import { consentPage } from '../pages/consentPage.ts'
import { errorPage } from '../pages/errorPage.ts'
import { formPostPage } from '../pages/formPostPage.ts'
import { isLoopbackRedirectUri, withParameters } from '../redirectUri.ts'
import type { Person } from '../StandInControl.ts'
import { plainPeople, plainScopes } from './plainPeople.ts'
import type { PlainAuthorizationRequest, PlainState } from './PlainState.ts'

/** GET of the authorization endpoint (RFC 6749 §4.1.1). */
export function authorize(state: PlainState, request: SandboxRequest): Reply {
  const { settings, client, consents } = state
  const clientId = request.query('client_id')
  const redirectUri = request.query('redirect_uri')
  // RFC 6749 §4.1.2.1: with a bad client or redirect URI nobody is sent anywhere.
  if (clientId !== client.clientId) return refuse(state, 'The app is not registered here.')
  if (redirectUri === undefined || !isRegistered(redirectUri, settings.redirectUris)) return refuse(state, 'The redirect URI is not registered.')

  const back = { redirectUri, state: request.query('state') }
  if (request.query('response_type') === undefined) return answer(state, back, { error: 'invalid_request' })
  if (request.query('response_type') !== 'code') return answer(state, back, { error: 'unsupported_response_type' })

  const value = request.query('code_challenge')
  // RFC 7636 §4.3 makes plain the default; §4.4.1 lets a server refuse it, as this one does.
  if (value !== undefined && (request.query('code_challenge_method') !== 'S256' || !isCodeChallenge(value))) {
    return answer(state, back, { error: 'invalid_request', error_description: 'The code challenge method must be S256.' })
  }

  // RFC 6749 §3.3: scopes are separated by spaces; without any, the default is all.
  const scopes = request.query('scope')?.split(' ') ?? plainScopes.map(({ id }) => id)
  if (!scopes.every((scope) => plainScopes.some(({ id }) => id === scope))) return answer(state, back, { error: 'invalid_scope' })

  const asked: PlainAuthorizationRequest = { clientId, ...back, scopes, challenge: value === undefined ? undefined : { value, method: 'S256' } }
  const signedIn = plainPeople.find(({ accountId }) => accountId === settings.signedInAs)
  if (signedIn) return approve(state, asked, signedIn)
  return consentPage({
    providerName: 'Plain',
    coop: settings.coop,
    consentId: consents.open(asked),
    action: '/plain/consent',
    clientId,
    redirectUri,
    scopes: plainScopes.filter(({ id }) => scopes.includes(id)),
    people: plainPeople,
    email: request.query('login_hint'),
    refusal: 'Deny',
  })
}

/** POST of the consent page's form. */
export function decide(state: PlainState, request: SandboxRequest): Reply {
  const asked = state.consents.take(request.parameter('consent'))
  const person = plainPeople.find(({ accountId }) => accountId === request.parameter('account'))
  if (!asked || !person) return refuse(state, 'This page was used already.')
  // RFC 6749 §4.1.2.1
  if (request.parameter('decision') !== 'allow') return answer(state, asked, { error: 'access_denied' })
  return approve(state, asked, person)
}

function approve(state: PlainState, asked: PlainAuthorizationRequest, { accountId }: Person): Reply {
  if (state.settings.suspended.includes(accountId)) return answer(state, asked, { error: 'access_denied' })
  const { clientId, redirectUri, scopes, challenge } = asked
  // RFC 6749 §4.1.2
  return answer(state, asked, { code: state.ledger.issueCode({ clientId, redirectUri, scopes, challenge, accountId }) })
}

function answer(
  { settings, context }: PlainState,
  { redirectUri, state }: Pick<PlainAuthorizationRequest, 'redirectUri' | 'state'>,
  result: Readonly<Record<string, string>>,
): Reply {
  // RFC 9207 §2: iss stands in successful and in failed answers.
  const issuers = { right: `${context.url()}/plain`, wrong: `${context.url()}/another-issuer`, absent: undefined }
  const parameters = { ...result, state, iss: issuers[settings.issuer] }
  return settings.responseMode === 'form_post'
    ? formPostPage({ providerName: 'Plain', coop: settings.coop, redirectUri, parameters })
    : redirectReply(withParameters(redirectUri, parameters))
}

function refuse({ settings }: PlainState, explanation: string): Reply {
  const heading = 'This request cannot go on'
  return errorPage({ providerName: 'Plain', coop: settings.coop, status: 400, heading, explanation, facts: [['error', 'invalid_request']] })
}

// RFC 9700 §2.1: redirect URIs are compared as exact strings.
const isRegistered = (redirectUri: string, registered: readonly string[] | null): boolean =>
  registered === null ? isLoopbackRedirectUri(redirectUri) : registered.includes(redirectUri)
