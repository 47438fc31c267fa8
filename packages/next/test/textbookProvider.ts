import { defineProvider, type OAuth2Definition } from '@authpipe/core'

/** A textbook OAuth provider under some id, defined as a reader of the documentation would. */
export const textbookProvider = (id: string, scopes: readonly { readonly id: string; readonly description: string }[], facts: Pick<OAuth2Definition, 'revocationEnds'> = {}) =>
  defineProvider({
    id,
    name: 'Plain',
    category: 'Test',
    description: 'A textbook OAuth 2 provider.',
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
        scopes,
        accessTokenLifetimeSeconds: 3600,
        refreshTokenRotation: true,
        ...facts,
      },
    ],
    apiBaseUrl: 'https://plain.example/api',
    healthCheck: { path: '/me' },
    identity: async ({ request }) => {
      const { body } = await request({ path: '/me' })
      // OpenID Connect says "sub" (Core §5.3.2).
      const { id: account, sub, email } = body as { id?: string; sub?: string; email?: string }
      return { id: account ?? sub ?? '', ...(email === undefined ? {} : { label: email }) }
    },
    setup: { steps: ['Register an app.'] },
  })

/** The stand-in `plain` of the sandbox. */
export const plain = textbookProvider('plain', [
  { id: 'profile', description: 'Read your profile' },
  { id: 'things:read', description: 'Read your things' },
])
