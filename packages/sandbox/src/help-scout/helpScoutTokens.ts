import { jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import type { TokenPair } from '../TokenLedger.ts'
import type { HelpScoutState } from './HelpScoutState.ts'

/** POST /v2/oauth2/token: redeems codes and refreshes tokens. */
export function answerToken({ client, settings, ledger }: HelpScoutState, request: SandboxRequest): Reply {
  // HS-AUTH: JSON, form and query are all accepted.
  const parameter = (name: string): string | undefined => request.parameter(name) ?? request.query(name)
  // The answer to a wrong client is not documented; RFC 6749 §5.2 is assumed.
  if (parameter('client_id') !== client.clientId || parameter('client_secret') !== settings.clientSecret) {
    return tokenError(401, 'invalid_client', 'Client authentication failed')
  }
  switch (parameter('grant_type')) {
    case 'authorization_code': {
      // HS-AUTH, HS-SDK: redirect_uri is no field of the exchange. The answer to a dead code is assumed to be like that to a dead token.
      const pair = ledger.redeem(parameter('code') ?? '')
      return pair ? tokenAnswer(pair) : tokenError(400, 'invalid_request', 'Invalid code')
    }
    case 'refresh_token': {
      const pair = ledger.refresh(parameter('refresh_token') ?? '')
      // HS-ISS, observed: invalid_request where RFC 6749 would say invalid_grant.
      return typeof pair === 'string' ? tokenError(400, 'invalid_request', 'Invalid refresh_token') : tokenAnswer(pair)
    }
    default:
      // client_credentials exists at Help Scout and is not played here. RFC 6749 §5.2.
      return tokenError(400, 'unsupported_grant_type', 'Unsupported grant_type')
  }
}

// HS-AUTH: these four members.
const tokenAnswer = ({ accessToken, refreshToken, expiresInSeconds }: TokenPair): Reply =>
  jsonReply(200, { refresh_token: refreshToken, token_type: 'bearer', access_token: accessToken, expires_in: expiresInSeconds })

// HS-ISS: the body of a refusal.
const tokenError = (status: number, error: string, description: string): Reply => jsonReply(status, { error_description: description, error })
