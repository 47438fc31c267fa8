import { acme } from './acme'

const helpdesk = process.env.HELPDESK_URL ?? 'http://127.0.0.1:4020'

export const providers = [
  acme({
    clientId: process.env.ACME_CLIENT_ID ?? 'example',
    clientSecret: process.env.ACME_CLIENT_SECRET ?? 'example-secret',
    scopes: ['tickets:read'],
    // helpdesk.ts plays Acme. Without these lines the URLs of the definition count.
    endpoints: { authorizationEndpoint: `${helpdesk}/oauth/authorize`, tokenEndpoint: `${helpdesk}/oauth/token`, apiBaseUrl: `${helpdesk}/api` },
  }),
]

// From here on components and calls take these ids and no other, with their scopes and settings.
declare module '@authpipe/react' {
  interface Register {
    providers: typeof providers
  }
}
