import { defineProvider } from '@authpipe/next/providers'

/** An integration that Authpipe does not bring: this file is all it takes. In the demo the sandbox plays its part. */
export const plain = defineProvider({
  id: 'plain',
  name: 'Plain',
  category: 'Productivity',
  description: 'A provider that does what the OAuth standards say and nothing else.',
  website: 'https://plain.example',
  docsUrl: 'https://plain.example/docs',
  auth: [
    {
      kind: 'oauth2',
      authorizationEndpoint: 'https://plain.example/authorize',
      tokenEndpoint: 'https://plain.example/token',
      revocationEndpoint: 'https://plain.example/revoke',
      pkce: 'S256',
      clientAuthentication: 'client_secret_basic',
      scopes: [
        { id: 'profile', description: 'See your name and e-mail address' },
        { id: 'things:read', description: 'See your things' },
      ],
      accessTokenLifetimeSeconds: 3_600,
      refreshTokenRotation: true,
    },
  ],
  apiBaseUrl: 'https://plain.example/api',
  healthCheck: { path: '/me' },
  async identity({ request }) {
    const { status, body } = await request({ path: '/me' })
    if (status !== 200 || typeof body !== 'object' || body === null || !('id' in body) || typeof body.id !== 'string') {
      throw new Error('Plain did not say whose account this is.')
    }
    return { id: body.id, ...('email' in body && typeof body.email === 'string' ? { label: body.email } : {}) }
  },
  setup: { steps: [] },
})
