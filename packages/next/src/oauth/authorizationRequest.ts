import * as oauth from 'oauth4webapi'
import type { OAuthClient } from '../registrations.ts'

/** A request that sends the user to the provider, with what must be kept to judge the answer. */
export interface AuthorizationRequest {
  readonly url: string
  /** Holds 256 bits of randomness; only its hash is stored. */
  readonly state: string
  /** Absent where the provider has no PKCE. */
  readonly codeVerifier: string | undefined
}

/**
 * Builds an authorization request with fresh state and, unless the definition opts out with a reason, PKCE by S256.
 *
 * @param state - in place of one that is nothing but random
 * @see RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 9700 §2.1
 */
export async function createAuthorizationRequest(
  client: OAuthClient,
  redirectUri: string,
  scopes: readonly string[],
  state = oauth.generateRandomState(),
): Promise<AuthorizationRequest> {
  const { definition } = client
  const codeVerifier = definition.pkce === 'S256' ? oauth.generateRandomCodeVerifier() : undefined

  const url = new URL(client.authorizationEndpoint)
  for (const [name, value] of Object.entries(definition.authorizationParams ?? {})) url.searchParams.set(name, value)
  url.searchParams.set('response_type', 'code')
  url.searchParams.set('client_id', client.clientId)
  if (!definition.omitsRedirectUri) url.searchParams.set('redirect_uri', redirectUri)
  if (scopes.length > 0) url.searchParams.set('scope', scopes.join(definition.scopeSeparator ?? ' '))
  url.searchParams.set('state', state)
  if (codeVerifier !== undefined) {
    url.searchParams.set('code_challenge', await oauth.calculatePKCECodeChallenge(codeVerifier))
    url.searchParams.set('code_challenge_method', 'S256')
  }
  return { url: url.href, state, codeVerifier }
}
