import { defineProvider } from '../defineProvider.ts'
import type { IdentityContext, InstallationContext, ProviderAnswer, Verdict } from '../provider.ts'
import { object, optional, text } from '../shape.ts'
import { statusVerdict } from './statusVerdict.ts'

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

/**
 * Crisp: a website token, made by the owner of a workspace for that one workspace; or a Marketplace plugin of ours that is
 * installed there.
 *
 * What is peculiar to it: a token is a pair, identifier and key, and every request names the tier that it is of; answers
 * say in `error` whether they are one, beside their status; 420 means what 429 means.
 *
 * @see https://docs.crisp.chat/guides/rest-api/authentication/website-token/ (checked 2026-11-22)
 * @see https://docs.crisp.chat/references/rest-api/v1/ (checked 2026-11-22)
 * @see https://docs.crisp.chat/guides/web-hooks/ (checked 2026-11-22)
 */
export const crisp = defineProvider({
  id: 'crisp',
  name: 'Crisp',
  category: 'Customer Support',
  description: 'Manage conversations and contacts through the Crisp messaging platform.',
  website: 'https://crisp.chat',
  docsUrl: 'https://docs.crisp.chat/references/rest-api/v1/',
  auth: [
    {
      kind: 'api_key',
      scheme: 'basic',
      headers: { 'X-Crisp-Tier': 'website' },
      fields: [
        {
          id: 'identifier',
          label: 'Token identifier',
          secret: true,
          pattern: uuid,
          description: 'Made under Settings, Workspace Settings, Advanced configuration, API token.',
          helpUrl: 'https://docs.crisp.chat/guides/rest-api/authentication/website-token/',
        },
        { id: 'key', label: 'Token key', secret: true, pattern: '[0-9a-f]{64}', description: 'Shown once, beside the identifier.' },
      ],
    },
    {
      kind: 'installation',
      installEndpoint: 'https://app.crisp.chat/initiate/plugin',
      installUrl: ({ installEndpoint, clientId, state }) => `${installEndpoint}/${encodeURIComponent(clientId)}/?payload=${encodeURIComponent(state)}`,
      stateParameter: 'payload',
      answerParameters: ['website_id', 'token'],
      verify,
      // The plugin's own keypair reaches every workspace that installed it.
      scheme: 'basic',
      headers: { 'X-Crisp-Tier': 'plugin' },
    },
  ],
  settings: [{ id: 'websiteId', label: 'Website ID', pattern: uuid, placeholder: '8c842203-7ed8-4e29-a608-7cf78a7d2fcc', onlyFor: ['api_key'] }],
  apiBaseUrl: 'https://api.crisp.chat/v1',
  healthCheck: { path: '/website/{websiteId}' },
  identity,
  judge,
  // Of a website token, for its workspace; the quota of a plugin is agreed on with Crisp.
  // https://docs.crisp.chat/guides/rest-api/authentication/website-token/ (checked 2026-11-22)
  rateLimit: { requests: 10_000, perSeconds: 86_400, sharedBy: ({ settings }) => settings.websiteId ?? '' },
  // The plugin's hook is signed; those that customers set up in their own workspace are not.
  webhook: {
    scheme: 'hmac',
    header: 'X-Crisp-Signature',
    algorithm: 'sha256',
    encoding: 'hex',
    signed: { form: '[timestamp;body]', timestampHeader: 'X-Crisp-Request-Timestamp' },
    unsignedToo: true,
    type: { member: 'event' },
    account: 'website_id',
  },
  setup: {
    steps: [
      'For website tokens there is nothing to register: your customers enter a token of their own workspace.',
      'For a plugin, open the Crisp Marketplace, choose Plugins and New Plugin.',
      'Set the callback URL below in its settings.',
      'Ask for a production token with the scopes that your app needs. The plugin id is the client id, "identifier:key" the client secret.',
    ],
    callbackNote: 'It is stored in the plugin and not sent with a request, so each environment needs a plugin of its own.',
  },
})

interface Website {
  readonly data: { readonly website_id: string; readonly name?: string }
}
const parseWebsite = object<Website>({ data: object<Website['data']>({ website_id: text, name: optional(text) }) })

async function identity({ request }: IdentityContext): Promise<{ id: string; label?: string }> {
  const { body } = await request({ path: '/website/{websiteId}' })
  const { website_id, name } = parseWebsite(body, 'answer').data
  return name === undefined ? { id: website_id } : { id: website_id, label: name }
}

interface Subscription {
  readonly data: { readonly website_id: string; readonly token: string }
}
const parseSubscription = object<Subscription>({ data: object<Subscription['data']>({ website_id: text, token: text }) })

/**
 * The plugin's keypair reaches every workspace that installed it, so a forged `website_id` would be somebody else's: only the
 * install itself knows the token that the subscription has.
 *
 * @see https://docs.crisp.chat/references/rest-api/v1/ (plugin subscription settings; checked 2026-11-22)
 */
async function verify({ parameters, clientId, request, isSame }: InstallationContext): Promise<{ websiteId: string } | undefined> {
  const { website_id = '', token = '' } = parameters
  if (!new RegExp(`^${uuid}$`).test(website_id)) return undefined
  const settings = { websiteId: website_id }
  const { status, body } = await request({ path: `/plugins/subscription/{websiteId}/${encodeURIComponent(clientId)}/settings` }, settings)
  if (status !== 200) return undefined
  const { data } = parseSubscription(body, 'subscription')
  return data.website_id === website_id && isSame(data.token, token) ? settings : undefined
}

function judge({ status, body }: ProviderAnswer): Verdict {
  const reason = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : undefined
  if (reason === 'not_subscribed' || reason === 'subscription_not_found') return 'uninstalled'
  // Not documented; every word for it that was seen says so.
  if (typeof reason === 'string' && reason.includes('suspended')) return 'account_suspended'
  if (status === 420) return 'rate_limited'
  if (status === 403) return 'insufficient_scope'
  if (status === 404) return 'unknown_account'
  const isError = typeof body === 'object' && body !== null && 'error' in body && body.error === true
  return isError && status < 400 ? 'unknown' : statusVerdict(status)
}
