// Our view of a provider in the terms of oauth4webapi.
import type { OAuth2Definition } from '@authpipe/core'
import * as oauth from 'oauth4webapi'
import type { OutboundFetch } from '../outboundFetch.ts'
import type { OAuthClient } from '../registrations.ts'

/** The `iss` that a session expects, written down when it starts. */
export function expectedIssuer(client: OAuthClient): string {
  return client.issuer ?? new URL(client.authorizationEndpoint).origin
}

/** The provider as oauth4webapi wants it described. */
export function authorizationServer(client: OAuthClient): oauth.AuthorizationServer {
  return {
    issuer: expectedIssuer(client),
    authorization_endpoint: client.authorizationEndpoint,
    token_endpoint: client.tokenEndpoint,
    ...(client.revocationEndpoint ? { revocation_endpoint: client.revocationEndpoint } : {}),
    // A configured issuer means that the provider's answers carry it (RFC 9207 §2.3).
    authorization_response_iss_parameter_supported: client.issuer !== undefined,
  }
}

/** @see RFC 6749 §2.3.1 */
export function clientAuthentication(client: OAuthClient): oauth.ClientAuth {
  return client.definition.clientAuthentication === 'client_secret_basic' ? basic(client) : oauth.ClientSecretPost(client.clientSecret)
}

/**
 * Basic with form-encoded id and secret. Only what has to be encoded is: the encoder of oauth4webapi writes `_` as `%5F` too,
 * which servers that do not decode take for another client.
 *
 * @see RFC 6749 §2.3.1 and appendix B
 */
function basic({ clientId, clientSecret }: OAuthClient): oauth.ClientAuth {
  const encode = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+')
  const authorization = `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`
  return (_server, _client, _body, headers) => headers.set('authorization', authorization)
}

/** How oauth4webapi is made to send through our outbound client. */
export interface SendOptions {
  readonly [oauth.customFetch]: (url: string, init: oauth.CustomFetchOptions<string, oauth.ProtectedResourceRequestBody>) => Promise<Response>
  readonly [oauth.allowInsecureRequests]: true
}

/** Lets oauth4webapi send through our one outbound client, which has its own rule on http to this machine. */
export function sendOptions(fetch: OutboundFetch, { omitsRedirectUri = false }: OAuth2Definition): SendOptions {
  return {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (url, { method, headers, body }) => {
      const form = new URLSearchParams(body instanceof URLSearchParams ? body : undefined)
      if (omitsRedirectUri) form.delete('redirect_uri')
      return fetch(url, { method, headers, body: form.toString() })
    },
  }
}
