import { isCodeChallenge } from '../codeChallenge.ts'
import type { FreshworksAccount } from '../freshworks/FreshworksState.ts'
import { redirectReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import { consentPage } from '../pages/consentPage.ts'
import { errorPage } from '../pages/errorPage.ts'
import type { PathParameters } from '../pathPattern.ts'
import { isLoopbackRedirectUri, withParameters } from '../redirectUri.ts'
import type { Person } from '../StandInControl.ts'
import type { CodeChallenge } from '../TokenLedger.ts'
import { freshserviceScopes } from './freshserviceScopes.ts'
import type { FreshserviceAuthorizationRequest, FreshserviceState } from './FreshserviceState.ts'

/** GET of an organization's authorization page. */
export function authorize(state: FreshserviceState, request: SandboxRequest, { organization = '' }: PathParameters): Reply {
  const { settings, consents } = state
  const client = clientOf(state, organization)
  if (!client) return refuse(state, 404, 'There is no such organization.')
  // FS-NANGO: an app belongs to one organization. What follows on bad requests is not documented; RFC 6749 §4.1.2.1 is assumed.
  if (request.query('client_id') !== client.clientId) return refuse(state, 400, 'The app is not registered in this organization.')
  const redirectUri = request.query('redirect_uri')
  if (redirectUri === undefined || !isRegistered(redirectUri, settings.redirectUris)) return refuse(state, 400, 'The redirect URI is not registered.')

  // FS-EXT: response_type, scope and state are mandatory; scopes are separated by spaces.
  const stateParameter = request.query('state')
  const back = (error: string): Reply => redirectReply(withParameters(redirectUri, { error, state: stateParameter }))
  if (stateParameter === undefined || request.query('response_type') === undefined || request.query('scope') === undefined) return back('invalid_request')
  if (request.query('response_type') !== 'code') return back('unsupported_response_type')
  // FS-MCP: a resource parameter is refused.
  if (request.query('resource') !== undefined) return back('invalid_request')
  const scopes = [...new Set(request.query('scope')?.split(' '))]
  if (!scopes.every((scope) => freshserviceScopes.some(({ id }) => id === scope))) return back('invalid_scope')
  const challenge = parseChallenge(request)
  if (challenge === 'malformed') return back('invalid_request')

  const asked: FreshserviceAuthorizationRequest = { organization, clientId: client.clientId, redirectUri, state: stateParameter, scopes, challenge }
  const people = membersOf(state, organization)
  const signedIn = people.find(({ accountId }) => accountId === settings.signedInAs)
  if (signedIn) return approve(state, asked, signedIn)
  return consentPage({
    providerName: 'Freshservice',
    coop: settings.coop,
    consentId: consents.open(asked),
    action: '/freshservice/consent',
    clientId: client.clientId,
    redirectUri,
    scopes: freshserviceScopes.filter(({ id }) => scopes.includes(id)),
    people: people.map(toPerson),
    email: undefined,
    refusal: 'Cancel',
  })
}

/** POST of the consent page's form. */
export function decide(state: FreshserviceState, request: SandboxRequest): Reply {
  const asked = state.consents.take(request.parameter('consent'))
  const account = asked && membersOf(state, asked.organization).find(({ accountId }) => accountId === request.parameter('account'))
  if (!asked || !account) return refuse(state, 400, 'This page was used already.')
  if (request.parameter('decision') !== 'allow') return redirectReply(withParameters(asked.redirectUri, { error: 'access_denied', state: asked.state }))
  return approve(state, asked, account)
}

function approve({ ledger }: FreshserviceState, asked: FreshserviceAuthorizationRequest, { accountId }: FreshworksAccount): Reply {
  const { clientId, redirectUri, scopes, challenge, state } = asked
  return redirectReply(withParameters(redirectUri, { code: ledger.issueCode({ clientId, redirectUri, scopes, challenge, accountId }), state }))
}

/** The app of an organization. */
export const clientOf = ({ clients }: FreshserviceState, organization: string): FreshserviceState['clients'][string] | undefined =>
  Object.hasOwn(clients, organization) ? clients[organization] : undefined

/** Who can sign in at Freshservice, as pages show it. */
export const toPerson = ({ accountId, name, email, kind, organization }: FreshworksAccount): Person => ({
  accountId,
  name,
  email,
  detail: `${kind === 'admin' ? 'Administrator' : 'Agent'} at ${organization}`,
})

// The organization and its product have the same name here; at Freshworks they are two hosts that can differ.
const membersOf = ({ accounts }: FreshserviceState, organization: string): readonly FreshworksAccount[] =>
  accounts.list().filter(({ settings }) => settings.subdomain === organization)

// FS-MCP: S256 and plain. RFC 7636 §4.3: a missing method is plain.
function parseChallenge(request: SandboxRequest): CodeChallenge | undefined | 'malformed' {
  const value = request.query('code_challenge')
  if (value === undefined) return undefined
  const method = request.query('code_challenge_method') ?? 'plain'
  return isCodeChallenge(value) && (method === 'S256' || method === 'plain') ? { value, method } : 'malformed'
}

const isRegistered = (redirectUri: string, registered: readonly string[] | null): boolean =>
  registered === null ? isLoopbackRedirectUri(redirectUri) : registered.includes(redirectUri)

const refuse = ({ settings }: FreshserviceState, status: number, explanation: string): Reply =>
  errorPage({ providerName: 'Freshservice', coop: settings.coop, status, heading: 'This request cannot go on', explanation, facts: [] })
