import { defineProvider } from '@authpipe/next/providers'

/** Acme Helpdesk, of which Authpipe knows nothing: this file is what its documentation says. */
export const acme = defineProvider({
  id: 'acme',
  name: 'Acme Helpdesk',
  category: 'Customer Support',
  description: 'Read the tickets of Acme Helpdesk.',
  website: 'https://acme.example',
  docsUrl: 'https://acme.example/docs',
  auth: [
    {
      kind: 'oauth2',
      authorizationEndpoint: 'https://acme.example/oauth/authorize',
      tokenEndpoint: 'https://acme.example/oauth/token',
      pkce: 'S256',
      clientAuthentication: 'client_secret_basic',
      scopes: [{ id: 'tickets:read', description: 'Read tickets' }],
      accessTokenLifetimeSeconds: 3_600,
      refreshTokenRotation: false,
    },
  ],
  apiBaseUrl: 'https://acme.example/api',
  healthCheck: { path: '/me' },
  async identity({ request }) {
    const { body } = await request({ path: '/me' })
    // What is thrown here ends the attempt, and nothing is stored.
    if (typeof body !== 'object' || body === null || !('email' in body) || typeof body.email !== 'string') throw new Error('Acme did not say whose account this is.')
    return { id: body.email, label: body.email }
  },
  setup: { steps: ['Open acme.example/apps and register an app with the callback URL below.'] },
})
