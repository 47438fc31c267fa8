import { defineProvider } from '../defineProvider.ts'
import type { IdentityContext, ProviderAnswer, Verdict } from '../provider.ts'
import { numberOrText, object, optional, text } from '../shape.ts'
import { statusVerdict } from './statusVerdict.ts'

/**
 * Freshservice: the API key of one agent, on the subdomain of their company; or sign-in by an OAuth app that each Freshworks
 * organization registers for itself, which makes the registration a function of the tenant.
 *
 * What is peculiar to it: payloads are wrapped by the name of the resource; a request without credentials is answered with
 * 403 and not 401; who the key belongs to is not part of the official reference and is asked for as a courtesy.
 *
 * @see https://api.freshservice.com/ (checked 2026-11-22)
 */
export const freshservice = defineProvider({
  id: 'freshservice',
  name: 'Freshservice',
  category: 'Customer Support',
  description: 'Manage IT service requests, incidents, and assets through Freshservice API.',
  website: 'https://www.freshworks.com/freshservice/',
  docsUrl: 'https://api.freshservice.com/',
  auth: [
    {
      kind: 'api_key',
      scheme: 'basic',
      basicPassword: 'X',
      fields: [
        {
          id: 'apiKey',
          label: 'API key',
          secret: true,
          description: 'Found under Profile settings, below the delegation section. An administrator may have to allow it.',
          helpUrl: 'https://api.freshservice.com/#authentication',
        },
      ],
    },
    {
      kind: 'oauth2',
      authorizationEndpoint: 'https://{organization}.myfreshworks.com/org/oauth/v2/authorize',
      tokenEndpoint: 'https://{organization}.myfreshworks.com/org/oauth/v2/token',
      pkce: { unsupportedBecause: 'Its documentation names no challenge, and integrations that run today send none.' },
      clientAuthentication: 'client_secret_basic',
      accessTokenLifetimeSeconds: 1_800,
      // https://developers.freshworks.com/docs/app-sdk/v3.0/service_user/oauth-implementation-in-apps/oauth-in-external-apps (checked 2026-11-22)
      refreshTokenLifetimeSeconds: 31_536_000,
      refreshTokenRotation: false,
      scopes: [
        { id: 'freshservice.tickets.view', description: 'Read tickets' },
        { id: 'freshservice.tickets.create', description: 'Create tickets' },
        { id: 'freshservice.assets.view', description: 'Read assets' },
        { id: 'freshservice.assets.manage', description: 'Read and edit assets' },
        { id: 'freshservice.changes.edit', description: 'Edit changes' },
        { id: 'freshservice.problems.delete', description: 'Delete problems' },
        { id: 'freshservice.contracts.view', description: 'Read contracts' },
        { id: 'freshservice.departments.view', description: 'Read departments' },
      ],
    },
  ],
  settings: [
    { id: 'organization', label: 'Organization', pattern: '[a-z0-9-]+', prefix: 'https://', suffix: '.myfreshworks.com', placeholder: 'acme', onlyFor: ['oauth2'] },
    { id: 'subdomain', label: 'Domain', pattern: '[a-z0-9-]+', prefix: 'https://', suffix: '.freshservice.com', placeholder: 'acme' },
  ],
  apiBaseUrl: 'https://{subdomain}.freshservice.com/api/v2',
  healthCheck: { path: '/tickets?per_page=1' },
  identity,
  judge,
  // Of the plan Starter, for a whole company. https://support.freshservice.com/support/solutions/articles/50000000293 (checked 2026-11-22)
  rateLimit: { requests: 100, perSeconds: 60, sharedBy: ({ settings }) => settings.subdomain ?? '' },
  // Sent by an automation that the customer writes: nothing signs it and its JSON is theirs.
  webhook: { scheme: 'none' },
  setup: {
    steps: [
      'For API keys there is nothing to register: your customers enter their own domain and key.',
      'For sign-in, each customer opens developers.freshworks.com, enters the organization and chooses Settings, OAuth Credentials, Create.',
      'They name it, enter the redirect URL below and tick product and scopes.',
      'They give you the client id and secret, which your registration function hands on for their tenant.',
    ],
    callbackNote: 'Each tenant has a redirect URL of its own.',
  },
})

interface Me {
  readonly agent: { readonly id: string; readonly email?: string }
}
const parseMe = object<Me>({ agent: object<Me['agent']>({ id: numberOrText, email: optional(text) }) })

/** Without an answer on who it is, the company is the account: its host name is always known. */
async function identity({ settings, request }: IdentityContext): Promise<{ id: string; label: string }> {
  const company = `${settings.subdomain}.freshservice.com`
  const { status, body } = await request({ path: '/agents/me' })
  if (status !== 200) return { id: `${settings.subdomain}`, label: company }
  const { agent } = parseMe(body, 'answer')
  return { id: `${settings.subdomain}:${agent.id}`, label: agent.email ? `${agent.email} · ${company}` : company }
}

function judge({ status, body }: ProviderAnswer): Verdict {
  if (status === 404) return 'unknown_account'
  if (status !== 403) return statusVerdict(status)
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined
  return code === 'account_suspended' ? 'account_suspended' : 'insufficient_scope'
}
