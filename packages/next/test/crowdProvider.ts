import { defineProvider, type Registration } from '@authpipe/core'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { randomUUID } from 'node:crypto'

/** The plain stand-in of a sandbox, as a provider at which everybody who signs in is somebody else. */
export function crowdProvider(id: string, sandboxUrl: string): Registration {
  const crowd = defineProvider({
    id,
    name: 'Crowd',
    category: 'Test',
    description: 'A textbook OAuth 2 provider with a great many accounts.',
    website: 'https://plain.example',
    docsUrl: 'https://plain.example/docs',
    auth: [
      {
        kind: 'oauth2',
        authorizationEndpoint: 'https://plain.example/authorize',
        tokenEndpoint: 'https://plain.example/token',
        revocationEndpoint: 'https://plain.example/revoke',
        issuer: 'https://plain.example',
        pkce: 'S256',
        clientAuthentication: 'client_secret_basic',
        scopes: [{ id: 'profile', description: 'Read your profile' }],
        accessTokenLifetimeSeconds: 3600,
        refreshTokenRotation: true,
      },
    ],
    apiBaseUrl: 'https://plain.example/api',
    healthCheck: { path: '/me' },
    identity: async () => ({ id: randomUUID() }),
    setup: { steps: ['Register an app.'] },
  })
  return crowd({ ...sandboxClient('plain'), scopes: ['profile'], endpoints: sandboxEndpoints('plain', sandboxUrl) })
}
