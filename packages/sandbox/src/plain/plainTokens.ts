import { verifierMatches } from '../codeChallenge.ts'
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import type { TokenPair } from '../TokenLedger.ts'
import type { PlainState } from './PlainState.ts'

/** POST of the token endpoint (RFC 6749 §4.1.3 and §6). */
export function answerToken(state: PlainState, request: SandboxRequest): Reply {
  const refusal = refuseClient(state, request)
  if (refusal) return refusal
  switch (request.parameter('grant_type')) {
    case undefined:
      return tokenError('invalid_request', 'The parameter grant_type is missing.')
    case 'authorization_code':
      return exchange(state, request)
    case 'refresh_token':
      return refresh(state, request)
    default:
      return tokenError('unsupported_grant_type')
  }
}

function exchange({ ledger }: PlainState, request: SandboxRequest): Reply {
  const code = request.parameter('code')
  if (code === undefined) return tokenError('invalid_request', 'The parameter code is missing.')
  const found = ledger.findCode(code)
  // RFC 6749 §4.1.2: a code that comes a second time ends the tokens it gave.
  if (found?.state === 'used') ledger.revokeRedeemed(code)
  if (found?.state !== 'live') return tokenError('invalid_grant', 'The code is unknown, expired or used.')
  if (request.parameter('redirect_uri') !== found.approval.redirectUri) return tokenError('invalid_grant', 'The redirect URI differs.')

  const { challenge } = found.approval
  const verifier = request.parameter('code_verifier')
  // RFC 7636 §4.6, and RFC 9700 §2.1.1: a verifier without a challenge is refused too.
  if (challenge ? !verifierMatches(verifier ?? '', challenge) : verifier !== undefined) return tokenError('invalid_grant', 'The code verifier does not match.')
  const pair = ledger.redeem(code)
  return pair ? tokenAnswer(pair) : tokenError('invalid_grant')
}

function refresh({ ledger }: PlainState, request: SandboxRequest): Reply {
  const refreshToken = request.parameter('refresh_token')
  if (refreshToken === undefined) return tokenError('invalid_request', 'The parameter refresh_token is missing.')
  const pair = ledger.refresh(refreshToken)
  // RFC 6749 §5.2
  return typeof pair === 'string' ? tokenError('invalid_grant', 'The refresh token is not valid.') : tokenAnswer(pair)
}

/** POST of the revocation endpoint (RFC 7009 §2). */
export function revoke(state: PlainState, request: SandboxRequest): Reply {
  const refusal = refuseClient(state, request)
  if (refusal) return refusal
  const token = request.parameter('token')
  if (token === undefined) return tokenError('invalid_request', 'The parameter token is missing.')
  const accountId = state.ledger.findToken(token)?.grant.accountId
  if (state.settings.revocationEnds === 'account' && accountId !== undefined) state.ledger.revokeGrants(accountId)
  else state.ledger.revoke(token)
  // RFC 7009 §2.2: 200 for unknown tokens too.
  return emptyReply(200)
}

// RFC 6749 §2.3: by Basic or in the body, never both in one request.
function refuseClient({ client, settings }: PlainState, request: SandboxRequest): Reply | undefined {
  const basic = request.basic()
  if (basic && request.parameter('client_secret') !== undefined) return tokenError('invalid_request', 'The client authenticates in two ways.')
  const clientId = basic ? formDecoded(basic.user) : request.parameter('client_id')
  const clientSecret = basic ? formDecoded(basic.password) : request.parameter('client_secret')
  if (clientId === client.clientId && clientSecret === settings.clientSecret) return undefined
  // RFC 6749 §5.2: the challenge belongs to a client that tried the header.
  const headers: Record<string, string> = request.headers.authorization === undefined ? {} : { 'www-authenticate': 'Basic realm="plain"' }
  return jsonReply(401, { error: 'invalid_client' }, headers)
}

// RFC 6749 §2.3.1 and Appendix B: both parts are form-encoded before they are joined.
const formDecoded = (part: string): string => new URLSearchParams(`part=${part}`).get('part') ?? ''

// RFC 6749 §5.1
const tokenAnswer = ({ grant, accessToken, refreshToken, expiresInSeconds }: TokenPair): Reply =>
  jsonReply(200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    refresh_token: refreshToken,
    scope: grant.scopes.join(' '),
  })

// RFC 6749 §5.2
const tokenError = (error: string, description?: string): Reply =>
  jsonReply(400, { error, ...(description !== undefined && { error_description: description }) })
