import { randomBytes } from 'node:crypto'
import type { AuthorizationRequest } from '../oauth/authorizationRequest.ts'
import type { InstalledApp } from '../registrations.ts'

/**
 * Builds the page that a person installs our app on, with fresh state: 256 bits of randomness.
 *
 * @param state - in place of one that is nothing but random
 */
export function createInstallRequest({ definition, clientId, installEndpoint }: InstalledApp, state = randomBytes(32).toString('base64url')): AuthorizationRequest {
  return { url: definition.installUrl({ installEndpoint, clientId, state }), state, codeVerifier: undefined }
}
