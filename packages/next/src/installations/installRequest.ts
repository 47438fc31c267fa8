import { randomBytes } from 'node:crypto'
import type { AuthorizationRequest } from '../oauth/authorizationRequest.ts'
import type { InstalledApp } from '../registrations.ts'

/** Builds the page that a person installs our app on, with fresh state: 256 bits of randomness. */
export function createInstallRequest({ definition, clientId, installEndpoint }: InstalledApp): AuthorizationRequest {
  const state = randomBytes(32).toString('base64url')
  return { url: definition.installUrl({ installEndpoint, clientId, state }), state, codeVerifier: undefined }
}
