import { createAuthpipe } from '@authpipe/next'
import { providers } from './providers'
import { openSession } from './session'

const helpdesk = process.env.HELPDESK_URL ?? 'http://127.0.0.1:4020'

export const authpipe = createAuthpipe({
  providers: [
    providers.acme({
      clientId: process.env.ACME_CLIENT_ID ?? 'example',
      clientSecret: process.env.ACME_CLIENT_SECRET ?? 'example-secret',
      scopes: ['tickets:read'],
      // helpdesk.ts plays Acme. Without these lines the URLs of the definition count.
      endpoints: { authorizationEndpoint: `${helpdesk}/oauth/authorize`, tokenEndpoint: `${helpdesk}/oauth/token`, apiBaseUrl: `${helpdesk}/api` },
    }),
  ],
  allowInsecureLoopback: true,
  identify: async () => {
    const { userId } = await openSession()
    return userId === undefined ? null : { tenantId: 'org_acme', userId }
  },
})
