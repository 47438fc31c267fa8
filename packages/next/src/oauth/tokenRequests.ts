// Requests to a provider's token and revocation endpoints. The protocol is oauth4webapi's; what an answer means for a
// connection is decided here, in one of four classes.
import { AuthpipeError, createError, type TokenErrorClass } from '@authpipe/core'
import { readRetryAfter } from '@authpipe/core/server'
import * as oauth from 'oauth4webapi'
import { wasNotSent, type OutboundFetch } from '../outboundFetch.ts'
import type { OAuthClient } from '../registrations.ts'
import { authorizationServer, clientAuthentication, sendOptions, type SendOptions } from './authorizationServer.ts'
import { normalizeTokenResponse, readGrantLifetimeSeconds, type TokenSet } from './tokenResponse.ts'

/** What a failed token request says: `outcome_unknown` means that the provider may have acted on it. */
export type TokenFailureClass = TokenErrorClass | 'outcome_unknown'

/** A token request that brought no tokens, with its class. `oauthError` is the provider's own word (RFC 6749 §5.2). */
export class TokenRequestFailed extends Error {
  override readonly name = 'TokenRequestFailed'
  readonly failureClass: TokenFailureClass
  readonly oauthError: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(failureClass: TokenFailureClass, facts: { oauthError?: string | undefined; retryAfterSeconds?: number | undefined; cause?: unknown } = {}) {
    super(`token request failed: ${failureClass}${facts.oauthError ? ` (${facts.oauthError})` : ''}`, { cause: facts.cause })
    this.failureClass = failureClass
    this.oauthError = facts.oauthError
    this.retryAfterSeconds = facts.retryAfterSeconds
  }
}

/**
 * Redeems an authorization code.
 *
 * @param parameters - as judged by `judgeAuthorizationResponse`
 * @throws {TokenRequestFailed}
 * @see RFC 6749 §4.1.3, RFC 7636 §4.5
 */
export async function exchangeCode(
  fetch: OutboundFetch,
  client: OAuthClient,
  request: { readonly parameters: URLSearchParams; readonly redirectUri: string; readonly codeVerifier: string | undefined },
): Promise<TokenSet> {
  const server = authorizationServer(client)
  const self = { client_id: client.clientId }
  return ask(fetch, client, {
    send: (options) =>
      oauth.authorizationCodeGrantRequest(server, self, clientAuthentication(client), request.parameters, request.redirectUri, request.codeVerifier ?? oauth.nopkce, options),
    process: (response) => oauth.processAuthorizationCodeResponse(server, self, response),
    errors: {},
    // A code is good for one try: whatever the provider has against it, it is spent.
    otherErrors: 'grant_dead',
  })
}

/**
 * Asks for a new access token.
 *
 * @throws {TokenRequestFailed}
 * @see RFC 6749 §6
 */
export async function refreshTokens(fetch: OutboundFetch, client: OAuthClient, refreshToken: string): Promise<TokenSet> {
  const server = authorizationServer(client)
  const self = { client_id: client.clientId }
  return ask(fetch, client, {
    send: (options) => oauth.refreshTokenGrantRequest(server, self, clientAuthentication(client), refreshToken, options),
    process: (response) => oauth.processRefreshTokenResponse(server, self, response),
    errors: client.definition.refreshErrors ?? {},
    otherErrors: 'transient',
  })
}

interface Exchange {
  readonly send: (options: SendOptions) => Promise<Response>
  readonly process: (response: Response) => Promise<oauth.TokenEndpointResponse>
  /** The provider's own meaning of an `error`. */
  readonly errors: Readonly<Record<string, TokenErrorClass>>
  /** What any other `error` means. */
  readonly otherErrors: TokenErrorClass
}

async function ask(fetch: OutboundFetch, client: OAuthClient, exchange: Exchange): Promise<TokenSet> {
  let answer: Response
  try {
    answer = await exchange.send(sendOptions(fetch, client.definition))
  } catch (cause) {
    throw new TokenRequestFailed(wasNotSent(cause) ? 'transient' : 'outcome_unknown', { cause })
  }
  const retryAfterSeconds = readRetryAfter(answer.headers.get('retry-after'))
  try {
    const { response, extra } = await normalizeTokenResponse(client, answer)
    const tokens = await exchange.process(response)
    return {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      lifetimeSeconds: tokens.expires_in,
      grantLifetimeSeconds: readGrantLifetimeSeconds(extra),
      scopes: tokens.scope?.split(' ').filter((scope) => scope !== ''),
      extra,
    }
  } catch (thrown) {
    throw classify(thrown, answer.status, exchange, retryAfterSeconds)
  }
}

/**
 * `invalid_grant` ends a grant; `invalid_client` and `unauthorized_client` speak of our configuration, whatever the provider
 * or its definition says; 5xx and 429 pass. An answer that cannot be read may still have rotated the token.
 *
 * @see RFC 6749 §5.2
 */
function classify(thrown: unknown, status: number, { errors, otherErrors }: Exchange, retryAfterSeconds: number | undefined): TokenRequestFailed {
  if (thrown instanceof oauth.ResponseBodyError) {
    const oauthError = thrown.error
    const facts = { oauthError, retryAfterSeconds }
    if (oauthError === 'invalid_client' || oauthError === 'unauthorized_client') return new TokenRequestFailed('configuration_wrong', facts)
    if (status >= 500 || status === 429 || status === 408) return new TokenRequestFailed('transient', facts)
    if (Object.hasOwn(errors, oauthError)) return new TokenRequestFailed(errors[oauthError] ?? 'transient', facts)
    return new TokenRequestFailed(oauthError === 'invalid_grant' ? 'grant_dead' : otherErrors, facts)
  }
  // oauth4webapi's errors hold the whole answer, tokens included, so they go no further.
  const cause = thrown instanceof AuthpipeError ? thrown : createError('provider_response_invalid', "The provider's token answer cannot be used.")
  if (status >= 300 && status < 500) return new TokenRequestFailed('transient', { retryAfterSeconds, cause })
  return new TokenRequestFailed(status >= 500 ? 'transient' : 'outcome_unknown', { retryAfterSeconds, cause })
}

/**
 * Revokes a token at the provider. A token that the provider does not know counts as revoked.
 *
 * @throws {AuthpipeError} `provider_unreachable` or `provider_rate_limited` (both retryable): try again later, and not before
 * `retryAfterSeconds` where the details hold one; `provider_misconfigured` when our client is refused, and the token lives on
 * @see RFC 7009 §2.1, §2.2
 */
export async function revokeToken(fetch: OutboundFetch, client: OAuthClient, token: string, hint: 'access_token' | 'refresh_token'): Promise<void> {
  if (client.revocationEndpoint === undefined) return
  const response = await sendRevocation(fetch, client, client.revocationEndpoint, token, hint)
  if (client.definition.revocationStyle !== 'delete_bearer' && (await isClientRefused(response))) {
    throw createError('provider_misconfigured', "The provider refuses this app's client id or secret at revocation. Compare them with the provider's console; the token is sent again later.")
  }
  if (!response.bodyUsed) await response.body?.cancel()
  const retryAfterSeconds = readRetryAfter(response.headers.get('retry-after'))
  const options = retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } }
  if (response.status === 429) throw createError('provider_rate_limited', 'The provider limits our revocation requests; this one is sent again later.', options)
  if (response.status >= 500) throw createError('provider_unreachable', `The provider answered a revocation with HTTP ${response.status}; it is sent again later.`, options)
}

/** Whether an answer speaks of us and not of the token (RFC 7009 §2.2.1, RFC 6749 §5.2). */
async function isClientRefused(response: Response): Promise<boolean> {
  if (response.status === 401) return true
  if (response.status !== 400) return false
  const body: unknown = await response.json().catch(() => undefined)
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  return error === 'invalid_client' || error === 'unauthorized_client'
}

function sendRevocation(fetch: OutboundFetch, client: OAuthClient, endpoint: string, token: string, hint: string): Promise<Response> {
  if (client.definition.revocationStyle === 'delete_bearer') return fetch(endpoint, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
  return oauth.revocationRequest(authorizationServer(client), { client_id: client.clientId }, clientAuthentication(client), token, {
    ...sendOptions(fetch, client.definition),
    additionalParameters: { token_type_hint: hint },
  })
}

/** Turns a failed code exchange into the error that the session keeps. */
export function codeExchangeError(failure: unknown): AuthpipeError {
  if (!(failure instanceof TokenRequestFailed)) return failure instanceof AuthpipeError ? failure : createError('code_exchange_failed', 'The code could not be redeemed.', { cause: failure })
  switch (failure.failureClass) {
    case 'configuration_wrong':
      return createError('provider_misconfigured', "The provider refuses this app's client id or secret. Compare them with the provider's console.", { cause: failure })
    case 'grant_dead':
      return createError('code_exchange_failed', 'The provider refused the authorization code. Start again.', { cause: failure })
    case 'transient':
    case 'outcome_unknown':
      return failure.cause instanceof AuthpipeError && failure.cause.code === 'provider_response_invalid'
        ? failure.cause
        : createError('provider_unreachable', 'The provider did not answer as it should while the code was redeemed. Start again.', { cause: failure })
  }
}
