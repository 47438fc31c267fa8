import { defineProvider } from '../defineProvider.ts'
import type { IdentityContext, ProviderAnswer, Verdict } from '../provider.ts'
import { numberOrText, object, optional, text } from '../shape.ts'
import { statusVerdict } from './statusVerdict.ts'

/**
 * Freshdesk: the API key of one agent, on the subdomain of their company.
 *
 * What is peculiar to it: the key is the user name of Basic beside any password; it has the rights of its agent and no end,
 * and resetting it kills it at once; a mistyped subdomain answers 404.
 *
 * @see https://developers.freshdesk.com/api/ (checked 2026-11-22)
 */
export const freshdesk = defineProvider({
  id: 'freshdesk',
  name: 'Freshdesk',
  category: 'Customer Support',
  description: 'Access Freshdesk tickets, contacts, and support data using API key authentication.',
  website: 'https://www.freshworks.com/freshdesk/',
  docsUrl: 'https://developers.freshdesk.com/api/',
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
          description: 'Found under Profile settings, on the right, as "View API key".',
          helpUrl: 'https://developers.freshdesk.com/api/#authentication',
        },
      ],
    },
  ],
  settings: [{ id: 'subdomain', label: 'Domain', pattern: '[a-z0-9-]+', prefix: 'https://', suffix: '.freshdesk.com', placeholder: 'acme' }],
  apiBaseUrl: 'https://{subdomain}.freshdesk.com/api/v2',
  healthCheck: { path: '/agents/me' },
  identity,
  judge,
  // Of the plan Growth, for a whole company. https://developers.freshdesk.com/api/#ratelimit (checked 2026-11-22)
  rateLimit: { requests: 200, perSeconds: 60, sharedBy: ({ settings }) => settings.subdomain ?? '' },
  // Sent by an automation that the customer writes: nothing signs it and its JSON is theirs.
  webhook: { scheme: 'none' },
  setup: { steps: ['Nothing to register: your customers enter their own domain and API key.'] },
})

interface Agent {
  readonly id: string
  readonly contact?: { readonly name?: string; readonly email?: string }
}
const parseAgent = object<Agent>({ id: numberOrText, contact: optional(object<{ name?: string; email?: string }>({ name: optional(text), email: optional(text) })) })

/** Agent ids are unique within one company only, so the account is the pair. */
async function identity({ settings, request }: IdentityContext): Promise<{ id: string; label: string }> {
  const { body } = await request({ path: '/agents/me' })
  const { id, contact } = parseAgent(body, 'agent')
  const company = `${settings.subdomain}.freshdesk.com`
  const name = contact?.email ?? contact?.name
  return { id: `${settings.subdomain}:${id}`, label: name ? `${name} · ${company}` : company }
}

/** @see https://developers.freshdesk.com/api/#error (checked 2026-11-22) */
function judge({ status, body }: ProviderAnswer): Verdict {
  if (status === 404) return 'unknown_account'
  if (status !== 403) return statusVerdict(status)
  switch (codeOf(body)) {
    case 'account_suspended':
      return 'account_suspended'
    case 'require_feature':
      return 'plan_unsupported'
    case 'password_lockout':
    case 'password_expired':
      return 'access_denied'
    default:
      return 'insufficient_scope'
  }
}

function codeOf(body: unknown): string | undefined {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' ? body.code : undefined
}
