import { defineProvider } from '../defineProvider.ts'
import type { IdentityContext, ProviderAnswer, Verdict } from '../provider.ts'
import { object, optional, text, type Parser } from '../shape.ts'

/**
 * LiveChat, on the text.com platform: OAuth 2.1 with PKCE.
 *
 * What is peculiar to it: the authorization endpoint is the root path; scopes are joined by commas; a person who refuses
 * ends on LiveChat's own error page and never comes back, so a refusal shows as a session that runs out; access and
 * refresh tokens are revoked as pairs by a DELETE.
 *
 * @see https://platform.text.com/docs/authorization/oauth-authorization (checked 2026-11-22)
 * @see https://platform.text.com/docs/authorization/scopes (checked 2026-11-22)
 * @see https://platform.text.com/docs/authorization/troubleshooting (checked 2026-11-22)
 * @see https://platform.text.com/docs/authorization/global-accounts-api (checked 2026-11-22)
 * @see https://platform.text.com/docs/management/webhooks (checked 2026-11-22)
 */
export const livechat = defineProvider({
  id: 'livechat',
  name: 'LiveChat',
  category: 'Customer Support',
  description: 'Manage agents, chats, and customer interactions through the LiveChat Platform API.',
  website: 'https://www.livechat.com',
  docsUrl: 'https://platform.text.com/docs',
  auth: [
    {
      kind: 'oauth2',
      authorizationEndpoint: 'https://accounts.livechat.com/',
      tokenEndpoint: 'https://accounts.livechat.com/v2/token',
      revocationEndpoint: 'https://accounts.livechat.com/v2/token',
      revocationStyle: 'delete_bearer',
      // Server-side apps may send a challenge and must then send the verifier, beside their secret.
      pkce: 'S256',
      clientAuthentication: 'client_secret_post',
      scopeSeparator: ',',
      accessTokenLifetimeSeconds: 28_800,
      // Server-side apps keep their refresh token; the answer names it all the same, and it is stored each time.
      refreshTokenRotation: false,
      scopes: [
        { id: 'chats--all:ro', description: 'Read-only access to all chats', minimumRole: 'administrator' },
        { id: 'chats--all:rw', description: 'Read and write access to all chats', minimumRole: 'administrator' },
        { id: 'chats--access:ro', description: 'Read-only access to chats the agent has access to', minimumRole: 'normal' },
        { id: 'chats--access:rw', description: 'Read and write access to chats the agent has access to', minimumRole: 'normal' },
        { id: 'customers:ro', description: 'Read-only access to customer data', minimumRole: 'normal' },
        { id: 'customers:rw', description: 'Read and write access to customer data', minimumRole: 'normal' },
        { id: 'agents--all:ro', description: 'Read-only access to all agent data', minimumRole: 'normal' },
        { id: 'agents--all:rw', description: 'Read and write access to all agent data', minimumRole: 'administrator' },
        { id: 'agents--my:ro', description: 'Read-only access to own agent data', minimumRole: 'normal' },
        { id: 'agents--my:rw', description: 'Read and write access to own agent data', minimumRole: 'normal' },
        { id: 'access_rules:ro', description: 'Read automatic chat access rules', minimumRole: 'administrator' },
        { id: 'access_rules:rw', description: 'Read and edit automatic chat access rules', minimumRole: 'administrator' },
        { id: 'agents-bot--my:ro', description: 'Read bots owned by this client', minimumRole: 'administrator' },
        { id: 'agents-bot--my:rw', description: 'Read and edit bots owned by this client', minimumRole: 'administrator' },
        { id: 'agents-bot--all:ro', description: 'Read all bots on the licence', minimumRole: 'normal' },
        { id: 'agents-bot--all:rw', description: 'Read all bots and delete any of them', minimumRole: 'administrator' },
        { id: 'canned_responses--groups:ro', description: 'Read canned responses of own groups', minimumRole: 'normal' },
        { id: 'canned_responses--groups:rw', description: 'Read and edit canned responses of own groups', minimumRole: 'administrator' },
        { id: 'canned_responses--all:ro', description: 'Read all canned responses, private ones included', minimumRole: 'administrator' },
        { id: 'canned_responses--all:rw', description: 'Read and edit all canned responses', minimumRole: 'administrator' },
        { id: 'groups--my:rw', description: 'Read and edit groups the agent belongs to', minimumRole: 'administrator' },
        { id: 'groups--my:ro', description: 'Read groups the agent belongs to', minimumRole: 'normal' },
        { id: 'groups--all:rw', description: 'Read and edit every group', minimumRole: 'administrator' },
        { id: 'groups--all:ro', description: 'Read every group', minimumRole: 'normal' },
        { id: 'chats--my:ro', description: 'Read chats the agent takes part in', minimumRole: 'normal' },
        { id: 'chats.conversation--all:rw', description: 'Write conversation data of every chat (metadata read only)', minimumRole: 'administrator' },
        { id: 'chats.conversation--access:rw', description: 'Write conversation data of accessible chats (metadata read only)', minimumRole: 'normal' },
        { id: 'chats.conversation--my:rw', description: 'Write conversation data of chats the agent is in (metadata read only)', minimumRole: 'normal' },
        { id: 'chats--my:rw', description: 'Read and write chats the agent is in', minimumRole: 'normal' },
        { id: 'customers.ban:rw', description: 'Ban customers', minimumRole: 'normal' },
        { id: 'customers:own', description: 'Mint customer tokens and act as a customer', minimumRole: 'administrator' },
        { id: 'multicast:rw', description: 'Send multicast data to agents or customers', minimumRole: 'normal' },
        { id: 'properties--my:ro', description: 'Read property definitions in own namespace', minimumRole: 'administrator' },
        { id: 'properties--my:rw', description: 'Edit property definitions in own namespace', minimumRole: 'administrator' },
        { id: 'properties--all:ro', description: 'Read all property definitions', minimumRole: 'administrator' },
        { id: 'properties.configuration:rw', description: 'Edit property definitions of all integrations owned by the licence', minimumRole: 'administrator' },
        { id: 'tags--all:rw', description: 'Edit all tags', minimumRole: 'administrator' },
        { id: 'tags--all:ro', description: 'Read all tags' },
        { id: 'tags--groups:rw', description: 'Edit tags of own groups' },
        { id: 'tags--groups:ro', description: 'Read tags of own groups', minimumRole: 'normal' },
        { id: 'webhooks--my:ro', description: 'Read own webhooks', minimumRole: 'administrator' },
        { id: 'webhooks--my:rw', description: 'Read and edit own webhooks', minimumRole: 'administrator' },
        { id: 'webhooks--all:ro', description: 'Read all webhooks', minimumRole: 'administrator' },
        { id: 'webhooks--all:rw', description: 'Read all webhooks and delete any of them', minimumRole: 'administrator' },
        { id: 'webhooks.state:ro', description: 'Read whether own webhooks are enabled', minimumRole: 'administrator' },
        { id: 'webhooks.state:rw', description: 'Enable or disable own webhooks', minimumRole: 'administrator' },
        { id: 'webhooks.configuration:rw', description: 'Register and edit webhook configuration', minimumRole: 'administrator' },
        { id: 'properties.license.value--my:rw', description: 'Licence property values, own namespace', minimumRole: 'administrator' },
        { id: 'properties.license.value--all:rw', description: 'Licence property values, all namespaces (public ones)', minimumRole: 'administrator' },
        { id: 'properties.group.value--my:rw', description: 'Group property values, own namespace', minimumRole: 'administrator' },
        { id: 'properties.group.value--all:rw', description: 'Group property values, all namespaces (public ones)', minimumRole: 'administrator' },
        { id: 'accounts--my:ro', description: 'Read own account', minimumRole: 'member' },
        { id: 'accounts--my:rw', description: 'Read and edit own account', minimumRole: 'member' },
        { id: 'accounts--all:ro', description: 'Read all accounts of the organization', minimumRole: 'member' },
        { id: 'accounts--all:rw', description: 'Read and edit all accounts', minimumRole: 'administrator' },
        { id: 'accounts--all:rc', description: 'Read and create accounts, no edits', minimumRole: 'member' },
        { id: 'accounts.roles--all:ro', description: 'Read account roles', minimumRole: 'member' },
        { id: 'accounts.roles--all:rw', description: 'Read and edit account roles', minimumRole: 'administrator' },
        { id: 'accounts.roles.lc--all:rw', description: 'Read and edit roles inside LiveChat only', minimumRole: 'administrator' },
        { id: 'sessions--my:ro', description: 'Read own sessions', minimumRole: 'member' },
        { id: 'sessions--my:rw', description: 'Read and edit own sessions', minimumRole: 'member' },
        { id: 'organization--my:rw', description: 'Read and edit organization settings', minimumRole: 'owner' },
      ],
    },
  ],
  // The version is named because an unversioned call follows LiveChat's newest.
  apiBaseUrl: 'https://api.livechatinc.com/v3.6',
  otherBaseUrls: { accountsBaseUrl: 'https://accounts.livechat.com/v2' },
  // Needs no scope. The token's own status page is not used: it echoes the tokens.
  healthCheck: { path: '/configuration/action/list_channels', method: 'POST', body: {} },
  identity,
  judge,
  regionHeaders,
  webhook: { scheme: 'body_secret', member: 'secret_key', type: { member: 'action' } },
  setup: {
    steps: [
      'Open platform.text.com/console and choose Create app.',
      'Add the App Authorization block and pick "Server-side app".',
      'Copy the Client Id and the Client Secret. The secret is shown once.',
      'Add the redirect URI below, exactly as it stands.',
      'Tick the scopes that your app asks for.',
      'Install the app privately to try it.',
    ],
    callbackNote: 'Scheme, host, port and path must match to the letter, trailing slash included; a query or fragment is refused.',
  },
})

interface TokenIdentity {
  readonly account_id: string
  readonly organization_id: string
}
const parseTokenIdentity: Parser<TokenIdentity> = object<TokenIdentity>({ account_id: text, organization_id: text })

interface Labelled {
  readonly id?: string
  readonly email?: string
  readonly name?: string
}
const parseLabelled: Parser<Labelled> = object<Labelled>({ id: optional(text), email: optional(text), name: optional(text) })

/**
 * One person can belong to several organizations, and a token speaks for one of them, so the account is the pair. A token that came
 * without its answer is asked about: what that says repeats the token, so no more of it is read than the two.
 *
 * @see https://platform.text.com/docs/authorization/oauth-authorization (token answer and GET /info: account_id, organization_id)
 */
async function identity({ tokenResponse, scopes, request }: IdentityContext): Promise<{ id: string; label?: string }> {
  const told = 'account_id' in tokenResponse ? tokenResponse : (await request({ base: 'accountsBaseUrl', path: '/info' })).body
  const { account_id, organization_id } = parseTokenIdentity(told, 'token response')
  const id = `${organization_id}:${account_id}`

  const may = (...wanted: string[]): boolean => wanted.some((scope) => scopes.includes(scope))
  const question = may('accounts--my:ro', 'accounts--my:rw')
    ? { base: 'accountsBaseUrl', path: '/accounts/me' }
    : may('agents--my:ro', 'agents--my:rw', 'agents--all:ro', 'agents--all:rw')
      ? { path: '/configuration/action/get_agent', method: 'POST' as const, body: { id: account_id } }
      : undefined
  if (!question) return { id }

  const answer = await request(question)
  if (answer.status !== 200) return { id }
  const agent = parseLabelled(answer.body, 'account')
  // An agent's id is the address that they sign in with.
  const label = agent.email ?? (agent.id?.includes('@') ? agent.id : agent.name)
  return label ? { id, label } : { id }
}

const verdicts: Readonly<Record<string, Verdict>> = {
  authentication: 'credential_dead',
  authorization: 'insufficient_scope',
  missing_access: 'insufficient_scope',
  requester_suspended: 'account_suspended',
  requester_awaiting_approval: 'access_denied',
  seats_limit_exceeded: 'plan_unsupported',
  license_expired: 'plan_unsupported',
  license_not_found: 'plan_unsupported',
  misdirected_request: 'wrong_region',
  too_many_requests: 'rate_limited',
  pending_requests_limit_reached: 'rate_limited',
  internal: 'unavailable',
  service_unavailable: 'unavailable',
  request_timeout: 'unavailable',
}

/**
 * LiveChat documents error types and not their HTTP statuses, so the type decides.
 *
 * @see https://platform.text.com/docs/messaging/agent-chat-api (Errors; checked 2026-11-22)
 */
function judge({ status, body }: ProviderAnswer): Verdict {
  if (status >= 200 && status < 300) return 'healthy'
  const type = errorType(body)
  if (type !== undefined && Object.hasOwn(verdicts, type)) return verdicts[type] ?? 'unknown'
  if (status === 401) return 'credential_dead'
  if (status === 429) return 'rate_limited'
  return status >= 500 ? 'unavailable' : 'unknown'
}

/**
 * The region of an account is told by the refusal and nowhere else.
 *
 * @see https://platform.text.com/docs/messaging/agent-chat-api (Errors, misdirected_request; checked 2026-11-22)
 */
function regionHeaders({ body }: ProviderAnswer): { 'X-Region': string } | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined
  const { error } = body
  if (typeof error !== 'object' || error === null || !('data' in error)) return undefined
  const { data } = error
  const region = typeof data === 'object' && data !== null && 'region' in data ? data.region : undefined
  return typeof region === 'string' && /^[a-z0-9-]{1,20}$/.test(region) ? { 'X-Region': region } : undefined
}

function errorType(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined
  const { error } = body
  if (typeof error !== 'object' || error === null || !('type' in error)) return undefined
  return typeof error.type === 'string' ? error.type : undefined
}
