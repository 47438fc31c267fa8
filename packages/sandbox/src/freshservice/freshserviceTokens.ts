import { verifierMatches } from '../codeChallenge.ts'
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import type { PathParameters } from '../pathPattern.ts'
import type { TokenPair } from '../TokenLedger.ts'
import { clientOf } from './freshserviceAuthorization.ts'
import type { FreshserviceState } from './FreshserviceState.ts'

/** POST of an organization's token endpoint. Its refusals are not documented; RFC 6749 §5.2 is assumed. */
export function answerToken(state: FreshserviceState, request: SandboxRequest, { organization = '' }: PathParameters): Reply {
  const { ledger, settings } = state
  const client = clientOf(state, organization)
  if (!client) return emptyReply(404)
  // FS-EXT: HTTP Basic, and nothing in the body.
  const sent = request.basic()
  if (sent?.user !== client.clientId || sent.password !== settings.clientSecret) {
    return jsonReply(401, { error: 'invalid_client' }, { 'www-authenticate': 'Basic realm="freshworks"' })
  }
  switch (request.parameter('grant_type')) {
    case 'authorization_code': {
      const code = request.parameter('code') ?? ''
      const approval = ledger.findCode(code)?.approval
      const { challenge, clientId, redirectUri } = approval ?? {}
      // FS-EXT: grant_type, code and redirect_uri; a code is good for the app that asked for it.
      if (clientId !== client.clientId || redirectUri !== request.parameter('redirect_uri')) return tokenError('invalid_grant')
      if (challenge && !verifierMatches(request.parameter('code_verifier') ?? '', challenge)) return tokenError('invalid_grant')
      const pair = ledger.redeem(code)
      return pair ? tokenAnswer(pair) : tokenError('invalid_grant')
    }
    case 'refresh_token': {
      const refreshToken = request.parameter('refresh_token') ?? ''
      if (ledger.findToken(refreshToken)?.grant.clientId !== client.clientId) return tokenError('invalid_grant')
      const pair = ledger.refresh(refreshToken)
      return typeof pair === 'string' ? tokenError('invalid_grant') : tokenAnswer(pair)
    }
    default:
      return tokenError('unsupported_grant_type')
  }
}

// RFC 6749 §5.1. FS-EXT: the access token is a JWT; here it is opaque, as it is to a client.
const tokenAnswer = ({ grant, accessToken, refreshToken, expiresInSeconds }: TokenPair): Reply =>
  jsonReply(200, { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds, refresh_token: refreshToken, scope: grant.scopes.join(' ') })

const tokenError = (error: string): Reply => jsonReply(400, { error })
