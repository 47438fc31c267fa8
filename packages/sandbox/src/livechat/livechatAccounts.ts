import { randomUUID } from 'node:crypto'

import { verifierMatches } from '../codeChallenge.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import type { TokenPair } from '../TokenLedger.ts'
import { livechatPeople, type LivechatPerson } from './livechatPeople.ts'
import { containsScope } from './livechatScopes.ts'
import type { LivechatState } from './LivechatState.ts'

/** POST /v2/token: redeems codes and refreshes tokens. */
export function answerToken(state: LivechatState, request: SandboxRequest): Reply {
  const { client, settings } = state
  // LC-OAUTH: credentials travel in the body, as form or JSON; HTTP Basic is not documented, so it is not read.
  // LC-TROUBLE: a missing or unknown client_id and a wrong secret are both unauthorized_client.
  if (request.parameter('client_id') !== client.clientId) {
    // LC-TROUBLE: invalid_client is a refresh token that is used with another client_id.
    const foreign = state.ledger.findToken(request.parameter('refresh_token') ?? '')?.state === 'live'
    return foreign ? accountsError(401, 'invalid_client', 'The refresh token belongs to another client.') : unauthorizedClient()
  }
  // LC-OAUTH, LC-GA: server-side apps send their secret at exchange and refresh, even with PKCE.
  if (request.parameter('client_secret') !== settings.clientSecret) return unauthorizedClient()

  switch (request.parameter('grant_type')) {
    case undefined:
      return missing('grant_type')
    // LC-GA: the OpenAPI file spells it code, the guide authorization_code.
    case 'authorization_code':
    case 'code':
      return exchange(state, request)
    case 'refresh_token':
      return refresh(state, request)
    default:
      // LC-GA: 403 for a wrong grant_type.
      return accountsError(403, 'unsupported_grant_type', 'The grant type is not supported.')
  }
}

function exchange({ ledger }: LivechatState, request: SandboxRequest): Reply {
  const code = request.parameter('code')
  const redirectUri = request.parameter('redirect_uri')
  if (code === undefined) return missing('code')
  if (redirectUri === undefined) return missing('redirect_uri')

  // LC-TROUBLE: an expired or reused code and a wrong redirect URI are unauthorized_client too.
  const found = ledger.findCode(code)
  if (found?.state !== 'live' || found.approval.redirectUri !== redirectUri) return unauthorizedClient()

  const { challenge } = found.approval
  if (challenge) {
    // LC-OAUTH: code_verifier is required when a challenge was sent. Its error is not documented; RFC 7636 §4.6 says invalid_grant.
    const verifier = request.parameter('code_verifier')
    if (verifier === undefined) return missing('code_verifier')
    if (!verifierMatches(verifier, challenge)) return accountsError(401, 'invalid_grant', 'The code verifier does not match.')
  }
  const pair = ledger.redeem(code)
  return pair ? tokenAnswer(pair) : unauthorizedClient()
}

function refresh({ ledger }: LivechatState, request: SandboxRequest): Reply {
  const refreshToken = request.parameter('refresh_token')
  if (refreshToken === undefined) return missing('refresh_token')

  const pair = ledger.refresh(refreshToken)
  // LC-TROUBLE: an expired refresh token is invalid_grant, one that is not found is unauthorized_client.
  if (pair === 'expired') return accountsError(401, 'invalid_grant', 'The refresh token has expired.')
  // LC-OAUTH: where tokens rotate they are single use; the answer to a second use is taken to be "not found".
  return pair === 'unknown' || pair === 'reused' ? unauthorizedClient() : tokenAnswer(pair)
}

/** DELETE /v2/token: ends a token together with its pair. */
export function revoke({ ledger }: LivechatState, request: SandboxRequest): Reply {
  // LC-OAUTH: an access or refresh token as bearer, or in the query as code.
  const token = request.bearer() ?? request.query('code')
  if (token === undefined) return accountsError(401, 'unauthorized', 'No token was sent.')
  // LC-GA: 404 resource_not_found where there is no such token.
  return ledger.revoke(token) ? jsonReply(200, {}) : accountsError(404, 'resource_not_found', 'The token was not found.')
}

/** GET /v2/info: what an access token is good for. */
export function info({ ledger, context }: LivechatState, request: SandboxRequest): Reply {
  const accessToken = request.bearer() ?? request.query('code') ?? ''
  const grant = ledger.findAccess(accessToken)
  // LC-OAUTH: refresh tokens are not accepted. LC-GA does not name the status of a dead token; 401 is assumed.
  if (!grant) return unauthorized()
  const expiresAt = ledger.findToken(accessToken)?.expiresAt ?? 0
  return jsonReply(200, {
    access_token: accessToken,
    account_id: grant.accountId,
    client_id: grant.clientId,
    expires_in: Math.floor((expiresAt - context.now()) / 1000),
    organization_id: personOf(grant.accountId)?.organization.organizationId,
    scope: grant.scopes.join(','),
    token_type: 'Bearer',
  })
}

/** GET /v2/accounts/me: who the token speaks for. */
export function accountsMe({ ledger }: LivechatState, request: SandboxRequest): Reply {
  const grant = ledger.findAccess(request.bearer() ?? '')
  const person = grant && personOf(grant.accountId)
  if (!person) return unauthorized()
  // LC-GA: needs accounts--my:ro; 403 is access_denied with insufficient_scope.
  if (!containsScope(grant.scopes, 'accounts--my:ro')) {
    return accountsError(403, 'access_denied', 'The token lacks the scope accounts--my:ro.', { sub_error: 'insufficient_scope' })
  }
  return jsonReply(200, {
    account_id: person.accountId,
    name: person.name,
    email: person.email,
    email_verified: true,
    default_product: 'livechat',
    default_organization_id: person.organization.organizationId,
    // LC-GA: roles only with accounts.roles--all:ro.
    ...(containsScope(grant.scopes, 'accounts.roles--all:ro') && { roles: [{ product: 'livechat', role: person.role }] }),
    created_at: '2024-03-04T09:12:00Z',
    updated_at: '2026-06-18T15:40:00Z',
  })
}

/** GET /v2/organizations/my: the organization the token speaks for. */
export function organizationsMy({ ledger }: LivechatState, request: SandboxRequest): Reply {
  const grant = ledger.findAccess(request.bearer() ?? '')
  const organization = grant && personOf(grant.accountId)?.organization
  if (!organization) return unauthorized()
  // LC-GA: no scope is listed for it.
  return jsonReply(200, {
    organization_id: organization.organizationId,
    name: organization.name,
    invitation_mode: 'everyone',
    domain_whitelist: [organization.domain],
    products: [{ product: 'livechat' }],
    company: { name: organization.name },
  })
}

const personOf = (accountId: string): LivechatPerson | undefined => livechatPeople.find((person) => person.accountId === accountId)

// LC-OAUTH: the fields of the token answer; expires_in in seconds, scopes joined by commas, no license_id.
function tokenAnswer({ grant, accessToken, refreshToken, expiresInSeconds }: TokenPair): Reply {
  return jsonReply(200, {
    access_token: accessToken,
    account_id: grant.accountId,
    expires_in: expiresInSeconds,
    organization_id: personOf(grant.accountId)?.organization.organizationId,
    refresh_token: refreshToken,
    scope: grant.scopes.join(','),
    token_type: 'Bearer',
  })
}

// LC-GA: the error body of the accounts host.
function accountsError(status: number, error: string, description: string, more: Readonly<Record<string, unknown>> = {}): Reply {
  return jsonReply(status, { error, error_description: description, sub_error: null, request_id: randomUUID(), ...more })
}

const unauthorizedClient = (): Reply =>
  accountsError(401, 'unauthorized_client', 'The client is not authorized to request a token using this method.')

const unauthorized = (): Reply => accountsError(401, 'unauthorized', 'The access token is not valid.')

// LC-GA: 422 for missing parameters, with a map of the invalid fields.
const missing = (parameter: string): Reply =>
  accountsError(422, 'invalid_request', `The parameter ${parameter} is missing.`, { invalid_fields: { [parameter]: 'missing' } })
