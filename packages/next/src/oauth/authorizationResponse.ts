import { createError } from '@authpipe/core'
import * as oauth from 'oauth4webapi'
import type { OAuthClient } from '../registrations.ts'
import { authorizationServer } from './authorizationServer.ts'

/** The parameters of a provider's answer that we read; others are dropped on arrival. */
export const responseParameters = ['state', 'code', 'iss', 'error'] as const

/** A judged answer: oauth4webapi's mark that state and issuer were looked at travels with it to the code exchange. */
export type AuthorizationResponse = { readonly kind: 'code'; readonly parameters: URLSearchParams } | { readonly kind: 'denied' } | { readonly kind: 'failed' }

/**
 * Judges what the provider's redirect brought back, before anything is consumed.
 *
 * @param state - the state whose hash found the session
 * @throws {AuthpipeError} `issuer_mismatch` for a foreign or missing `iss`, error answers included; `invalid_request` where a
 * parameter comes twice or the code is missing
 * @see RFC 6749 §4.1.2, RFC 9207 §2.4
 */
export function judgeAuthorizationResponse(client: OAuthClient, state: string, parameters: URLSearchParams): AuthorizationResponse {
  for (const name of responseParameters) {
    if (parameters.getAll(name).length > 1) throw createError('invalid_request', `The provider's answer has "${name}" more than once, so it cannot be trusted. Start again.`)
  }
  checkIssuer(client, parameters.get('iss'))

  const error = parameters.get('error')
  if (error !== null) return { kind: error === 'access_denied' ? 'denied' : 'failed' }
  if (!parameters.get('code')) throw createError('invalid_request', "The provider's answer has no code. Start again.")

  const standard = new URLSearchParams()
  for (const name of responseParameters) {
    const value = parameters.get(name)
    // An issuer that nobody configured was compared by origin above; oauth4webapi would want it letter for letter.
    if (value !== null && (name !== 'iss' || client.issuer !== undefined)) standard.set(name, value)
  }
  return { kind: 'code', parameters: oauth.validateAuthResponse(authorizationServer(client), { client_id: client.clientId }, standard, state) }
}

function checkIssuer(client: OAuthClient, iss: string | null): void {
  const matches =
    client.issuer !== undefined
      ? iss === client.issuer
      : iss === null || (URL.canParse(iss) && new URL(iss).origin === new URL(client.authorizationEndpoint).origin)
  if (!matches) throw createError('issuer_mismatch', 'The answer came from another issuer than the one that was asked. Nothing was redeemed. Start again.')
}
