import { isCodeChallenge } from '../codeChallenge.ts'
import { redirectReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import { consentPage } from '../pages/consentPage.ts'
import { errorPage } from '../pages/errorPage.ts'
import { isLoopbackRedirectUri, parsePlainUri, withParameters } from '../redirectUri.ts'
import type { CodeChallenge } from '../TokenLedger.ts'
import { livechatPeople, type LivechatPerson } from './livechatPeople.ts'
import { livechatScopes, mayConsent } from './livechatScopes.ts'
import type { LivechatAuthorizationRequest, LivechatState } from './LivechatState.ts'

/** Why an authorization ends on LiveChat's own page. */
interface Refusal {
  readonly exception: 'invalid_request' | 'unauthorized_client' | 'access_denied' | 'unsupported_response_type' | 'invalid_scope'
  readonly details?: 'client_id_not_found' | 'redirect_uri_not_set' | 'invalid_redirect_uri' | 'too_many_redirects'
}

/** GET of the root path: shows the consent page, or goes straight on for somebody who approved before. */
export function authorize(state: LivechatState, request: SandboxRequest): Reply {
  const asked = parseAuthorizationRequest(state, request)
  if ('exception' in asked) return refuse(state, asked)

  const signedIn = livechatPeople.find(({ accountId }) => accountId === state.settings.signedInAs)
  // LC-OAUTH: without prompt=consent the app's author never sees the consent screen.
  if (signedIn && request.query('prompt') !== 'consent') return approve(state, asked, signedIn)

  // LC-SDK: organization_id narrows to one organization, email names the person expected.
  const organizationId = request.query('organization_id')
  const people = livechatPeople.filter(({ organization }) => organizationId === undefined || organization.organizationId === organizationId)
  return consentPage({
    providerName: 'LiveChat',
    coop: state.settings.coop,
    consentId: state.consents.open(asked),
    action: '/livechat/consent',
    clientId: asked.clientId,
    redirectUri: asked.redirectUri,
    scopes: asked.scopes,
    people: people.length > 0 ? people : livechatPeople,
    email: request.query('email') ?? signedIn?.email,
    refusal: 'Cancel',
  })
}

/** POST of the consent page's form. */
export function decide(state: LivechatState, request: SandboxRequest): Reply {
  const asked = state.consents.take(request.parameter('consent'))
  const person = livechatPeople.find(({ accountId }) => accountId === request.parameter('account'))
  if (!asked || !person) return refuse(state, { exception: 'invalid_request' })
  // LC-TROUBLE: errors are shown here and never sent back to redirect_uri; Cancel is taken to follow that rule.
  if (request.parameter('decision') !== 'allow') return refuse(state, { exception: 'access_denied' })
  return approve(state, asked, person)
}

/** GET of the page that LiveChat shows for every failed authorization. */
export function ooops(state: LivechatState, request: SandboxRequest): Reply {
  const exception = request.query('oauth_exception') ?? 'server_error'
  const details = request.query('exception_details')
  return errorPage({
    providerName: 'LiveChat',
    coop: state.settings.coop,
    status: 200,
    heading: 'Ooops, something went wrong',
    explanation: exception === 'access_denied' ? 'Access was not granted.' : 'LiveChat cannot authorize this app.',
    facts: [['oauth_exception', exception], ...(details === undefined ? [] : [['exception_details', details] as const])],
  })
}

function approve(state: LivechatState, asked: LivechatAuthorizationRequest, person: LivechatPerson): Reply {
  const { settings, ledger, context } = state
  if (settings.suspended.includes(person.accountId)) return refuse(state, { exception: 'access_denied' })
  // LC-SCOPES, LC-TROUBLE: consent by somebody below the scope's role is invalid_scope.
  if (!asked.scopes.every((scope) => mayConsent(person.role, scope))) return refuse(state, { exception: 'invalid_scope' })
  // LC-TROUBLE: three redirects in 30 seconds for each client and user. The exception's name beside the detail is not documented.
  if (settings.limitRedirects && redirectedTooOften(state, person)) return refuse(state, { exception: 'access_denied', details: 'too_many_redirects' })

  const { clientId, redirectUri, challenge } = asked
  const code = ledger.issueCode({ clientId, redirectUri, challenge, accountId: person.accountId, scopes: asked.scopes.map(({ id }) => id) })
  state.redirects.set(person.accountId, [...(state.redirects.get(person.accountId) ?? []), context.now()])
  // LC-OAUTH, LC-TROUBLE: code and state; the colon of the code's prefix arrives percent-encoded.
  return redirectReply(withParameters(redirectUri, { code, state: asked.state }))
}

const redirectedTooOften = ({ redirects, context }: LivechatState, { accountId }: LivechatPerson): boolean =>
  (redirects.get(accountId) ?? []).filter((at) => context.now() - at < 30_000).length >= 3

// LC-TROUBLE: authorization errors land on /ooops?oauth_exception=…&exception_details=…
function refuse({ context }: LivechatState, { exception, details }: Refusal): Reply {
  return redirectReply(withParameters(`${context.url()}/livechat/ooops`, { oauth_exception: exception, exception_details: details }))
}

function parseAuthorizationRequest(state: LivechatState, request: SandboxRequest): LivechatAuthorizationRequest | Refusal {
  const { settings, client } = state
  const clientId = request.query('client_id')
  // LC-TROUBLE: a missing or unknown client_id is unauthorized_client.
  if (clientId !== client.clientId) return { exception: 'unauthorized_client', details: 'client_id_not_found' }

  const redirectUri = request.query('redirect_uri')
  if (redirectUri === undefined) return { exception: 'invalid_request', details: 'redirect_uri_not_set' }
  if (!isRegistered(redirectUri, settings.redirectUris)) return { exception: 'invalid_request', details: 'invalid_redirect_uri' }

  // LC-TROUBLE: token is for JavaScript apps; with this server-side app it is a mismatch, thus invalid_request.
  const responseType = request.query('response_type')
  if (responseType === undefined || responseType === 'token') return { exception: 'invalid_request' }
  if (responseType !== 'code') return { exception: 'unsupported_response_type' }

  const challenge = parseChallenge(request)
  if (challenge === 'malformed') return { exception: 'invalid_request' }

  // LC-SDK: scope narrows to a part of what the app has configured; leaving it out asks for all of that.
  const wanted = request.query('scope')?.split(',') ?? settings.configuredScopes
  const scopes = [...new Set(wanted)].flatMap((wantedId) => {
    const scope = livechatScopes.find(({ id }) => id === wantedId)
    return scope && settings.configuredScopes.includes(wantedId) ? [scope] : []
  })
  if (scopes.length === 0) return { exception: 'invalid_scope' }

  return { clientId, redirectUri, state: request.query('state'), scopes, challenge }
}

function parseChallenge(request: SandboxRequest): CodeChallenge | undefined | 'malformed' {
  const value = request.query('code_challenge')
  if (value === undefined) return undefined
  // LC-OAUTH: S256 and plain; the table spells s256; a missing method means plain.
  const method = request.query('code_challenge_method') ?? 'plain'
  if (!isCodeChallenge(value)) return 'malformed'
  if (method === 'S256' || method === 's256') return { value, method: 'S256' }
  return method === 'plain' ? { value, method } : 'malformed'
}

// LC-OAUTH: scheme, host and port equal, the registered path contained in the requested one; no traversal, query or fragment.
function isRegistered(redirectUri: string, registered: readonly string[] | null): boolean {
  if (registered === null) return isLoopbackRedirectUri(redirectUri)
  const asked = parsePlainUri(redirectUri)
  if (!asked) return false
  return registered.some((candidate) => {
    const known = parsePlainUri(candidate)
    if (!known || known.protocol !== asked.protocol || known.host !== asked.host) return false
    return asked.pathname === known.pathname || asked.pathname.startsWith(known.pathname.endsWith('/') ? known.pathname : `${known.pathname}/`)
  })
}
