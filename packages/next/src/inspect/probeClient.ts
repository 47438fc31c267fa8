import { createError } from '@authpipe/core'
import { randomUUID } from 'node:crypto'
import type { BaseUrl } from '../baseUrl.ts'
import { callbackUrl } from '../callbackUrl.ts'
import { createAuthorizationRequest } from '../oauth/authorizationRequest.ts'
import { judgeAuthorizationResponse } from '../oauth/authorizationResponse.ts'
import { exchangeCode, TokenRequestFailed } from '../oauth/tokenRequests.ts'
import type { OutboundFetch } from '../outboundFetch.ts'
import type { RegisteredProvider } from '../registrations.ts'

/**
 * Whether a provider knows our client id and secret. `cannot_tell`: its answer to a wrong secret is the same as to a wrong code;
 * `no_answer`: it gave none that can be read.
 */
export type ClientVerdict = 'accepted' | 'refused' | 'cannot_tell' | 'no_answer'

/**
 * Redeems a code that nobody ever gave out: a provider that complains about the code has taken our client for good before.
 *
 * @see RFC 6749 §5.2
 */
export async function probeClient(fetch: OutboundFetch, provider: RegisteredProvider, baseUrl: BaseUrl): Promise<ClientVerdict> {
  const client = provider.oauth({})
  const redirectUri = callbackUrl(baseUrl, provider.id, undefined)
  const { state, codeVerifier } = await createAuthorizationRequest(client, redirectUri, provider.scopes)
  const answer = new URLSearchParams({ code: `authpipe-doctor-${randomUUID()}`, state, ...(client.issuer === undefined ? {} : { iss: client.issuer }) })
  const response = judgeAuthorizationResponse(client, state, answer)
  if (response.kind !== 'code') throw createError('internal_error', 'An answer with a code was judged to have none.')
  try {
    await exchangeCode(fetch, client, { parameters: response.parameters, redirectUri, codeVerifier })
    return 'accepted'
  } catch (error) {
    if (!(error instanceof TokenRequestFailed) || (error.failureClass !== 'configuration_wrong' && error.failureClass !== 'grant_dead')) return 'no_answer'
    const { oauthError = '' } = error
    if (oauthError === 'invalid_client') return 'refused'
    // Other words than these are said of anything, by some even `unauthorized_client`.
    return oauthError === 'invalid_grant' || client.definition.refreshErrors?.[oauthError] === 'grant_dead' ? 'accepted' : 'cannot_tell'
  }
}
