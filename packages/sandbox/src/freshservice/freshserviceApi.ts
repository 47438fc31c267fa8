import { accessDenied, answerFreshworks, apiError, invalidCredentials } from '../freshworks/answerFreshworks.ts'
import { findByKey } from '../freshworks/freshworksAccounts.ts'
import type { FreshworksAccount } from '../freshworks/FreshworksState.ts'
import { listTickets } from '../freshworks/freshworksTickets.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import type { PathParameters } from '../pathPattern.ts'
import type { FreshserviceState } from './FreshserviceState.ts'

/** GET /agents/me: the agent who calls. FS-3P: not in the official reference, used by several clients. */
export const agentsMe = (state: FreshserviceState, request: SandboxRequest, path: PathParameters): Reply =>
  answerCall(state, request, path, ({ agentId, name, email }) => {
    const [firstName, lastName] = name.split(' ')
    // FS-3P, FS-W6W: wrapped by the name of the resource.
    return jsonReply(200, { agent: { id: agentId, first_name: firstName, last_name: lastName, email, active: true, time_zone: 'Copenhagen', language: 'en' } })
  })

/** GET /tickets: the newest tickets. FS-W6W: wrapped by the name of the resource. */
export const tickets = (state: FreshserviceState, request: SandboxRequest, path: PathParameters): Reply =>
  answerCall(state, request, path, ({ accountId, settings: { subdomain } }) => {
    if (state.settings.restricted.includes(accountId)) return accessDenied()
    const grant = state.ledger.findAccess(request.bearer() ?? '')
    // FS-EXT: a token reaches as far as its scopes; that a missing one is access_denied is assumed.
    if (grant && !grant.scopes.includes('freshservice.tickets.view')) return accessDenied()
    const page = listTickets(subdomain, request, state.context.now())
    return 'status' in page ? page : jsonReply(200, { tickets: page.tickets })
  })

const answerCall = (state: FreshserviceState, request: SandboxRequest, { subdomain = '' }: PathParameters, answer: (account: FreshworksAccount) => Reply): Reply =>
  answerFreshworks(state, subdomain, {
    request,
    identify: () => identify(state, request, subdomain),
    answer,
    // FS-W6W, measured: answers of the API have this header, that of a subdomain which nobody has does not.
    headers: { 'x-freshservice-api-version': 'latest=v2; requested=v2' },
  })

function identify(state: FreshserviceState, request: SandboxRequest, subdomain: string): FreshworksAccount | Reply {
  // FS-W6W, measured: a call without credentials is 403, not 401. Its body is not established.
  if (request.headers.authorization === undefined) return accessDenied()
  const accessToken = request.bearer()
  if (accessToken !== undefined) return identifyToken(state, accessToken, subdomain)
  const user = request.basic()?.user ?? ''
  const account = findByKey(state, subdomain, user)
  if (account) return account
  // FS-PWD, FS-API: user name and password were removed in 2023. The text is inferred.
  return user.includes('@') ? apiError(401, 'unsupported_authentication_type', 'Username/password authentication is not supported.') : invalidCredentials()
}

function identifyToken({ ledger, accounts }: FreshserviceState, accessToken: string, subdomain: string): FreshworksAccount | Reply {
  const token = ledger.findToken(accessToken)
  // FS-API: both codes are documented with 401; their texts are inferred.
  if (token?.state === 'expired') return apiError(401, 'access_token_expired', 'The access token has expired.')
  const grant = ledger.findAccess(accessToken)
  const account = accounts.list().find(({ accountId, settings }) => accountId === grant?.accountId && settings.subdomain === subdomain)
  return account ?? apiError(401, 'access_token_invalid', 'The access token is invalid.')
}
