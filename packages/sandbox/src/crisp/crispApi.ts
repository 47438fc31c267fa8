import { jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import type { PathParameters } from '../pathPattern.ts'
import type { CrispScope } from './crispScopes.ts'
import type { CrispState } from './CrispState.ts'
import { crispWebsites, type CrispWebsite } from './crispWebsites.ts'

/** Who calls: the plugin, or one website by its own token. */
type Caller = { readonly tier: 'plugin' } | { readonly tier: 'website'; readonly websiteId: string }

/** GET /plugin/connect/account: the plugin whose keypair it is. CR-SDK, CR-NANGO: needs no scope. */
export const connectAccount = (state: CrispState, request: SandboxRequest): Reply =>
  answerPlugin(state, request, () => resolved({ plugin_id: state.client.clientId }))

/** HEAD /plugin/connect/session: whether the keypair is good. */
export const connectSession = (state: CrispState, request: SandboxRequest): Reply => answerPlugin(state, request, () => resolved({}))

/** GET /plugin/connect/websites/all/{page}: where the plugin is installed. CR-SDK: with token, settings and plan of each. */
export const connectWebsites = (state: CrispState, request: SandboxRequest, { page }: PathParameters): Reply =>
  answerPlugin(state, request, () =>
    resolved(
      (page === '1' ? state.installations.websiteIds() : []).map((websiteId) => ({
        website_id: websiteId,
        token: state.installations.tokenOf(websiteId),
        settings: {},
        plan: null,
      })),
    ),
  )

/** GET /plugins/subscription/{websiteId}/{pluginId}/settings: the install, with the token that its callback carried (CR-SDK). */
export const subscriptionSettings = (state: CrispState, request: SandboxRequest, { websiteId = '', pluginId }: PathParameters): Reply =>
  answerPlugin(state, request, () => {
    // CR-PROBO: not_allowed where a keypair reaches too far; that another plugin's settings are such a case is assumed.
    if (pluginId !== state.client.clientId) return failed(403, 'not_allowed')
    const token = state.installations.tokenOf(websiteId)
    if (token === undefined) return notSubscribed()
    return resolved({
      plugin_id: pluginId,
      website_id: websiteId,
      token,
      schema: {},
      settings: {},
      settings_form_url: null,
      callback_url: state.settings.callbackUrl,
    })
  })

/** GET /website/{websiteId}: the workspace. CR-SDK, CR-PROBO: these members. */
export const website = (state: CrispState, request: SandboxRequest, path: PathParameters): Reply =>
  answerWebsite(state, request, path, undefined, ({ websiteId, name, domain }) =>
    resolved({ website_id: websiteId, name, domain, logo: null, verified: true, institutional: false }),
  )

/** GET /website/{websiteId}/operators/list. CR-PROBO: the owner's e-mail address is here. */
export const operators = (state: CrispState, request: SandboxRequest, path: PathParameters): Reply =>
  answerWebsite(state, request, path, 'website:operators', ({ websiteId, owner }) =>
    resolved([
      {
        type: 'operator',
        details: { user_id: websiteId.replace(/^.{8}/, '0a1b2c3d'), email: owner.email, first_name: owner.firstName, last_name: owner.lastName, role: 'owner' },
      },
    ]),
  )

/** GET /website/{websiteId}/conversations/{page}: something to read. */
export const conversations = (state: CrispState, request: SandboxRequest, path: PathParameters): Reply =>
  answerWebsite(state, request, path, 'website:conversation:sessions', ({ websiteId, name }) =>
    resolved(
      path.page === '1'
        ? [
            {
              session_id: `session_${websiteId}`,
              website_id: websiteId,
              state: 'unresolved',
              last_message: `Hello, is this ${name}?`,
              updated_at: state.context.now() - 240_000,
              meta: { nickname: 'Hannah Weiss', email: 'hannah.weiss@example.com' },
            },
          ]
        : [],
    ),
  )

function answerPlugin(state: CrispState, request: SandboxRequest, answer: () => Reply): Reply {
  const caller = identify(state, request)
  if ('status' in caller) return caller
  // CR-WEB: a website token cannot call these. CR-SDK: the reason; its status is not established, 403 is assumed.
  return caller.tier === 'plugin' ? answer() : failed(403, 'restricted_route_tier')
}

function answerWebsite(
  state: CrispState,
  request: SandboxRequest,
  { websiteId = '' }: PathParameters,
  scope: CrispScope | undefined,
  answer: (website: CrispWebsite) => Reply,
): Reply {
  const { settings, installations } = state
  const caller = identify(state, request)
  if ('status' in caller) return caller
  // CR-WEB: a website token is bound to its workspace; that another one is not_allowed is assumed.
  if (caller.tier === 'website' && caller.websiteId !== websiteId) return failed(403, 'not_allowed')
  // CR-ISS: what a website that has not installed the plugin, or no more, looks like.
  const found = crispWebsites.find((candidate) => candidate.websiteId === websiteId)
  if (!found || (caller.tier === 'plugin' && installations.tokenOf(websiteId) === undefined)) return notSubscribed()
  // Nothing is documented for a suspended workspace; a 403 with a reason of its own is assumed.
  if (settings.suspended.includes(websiteId)) return failed(403, 'website_suspended')
  // CR-SCOPE: scopes bind production tokens of plugins only. CR-PROBO: 403 not_allowed without one.
  if (caller.tier === 'plugin' && scope !== undefined && settings.pluginScopes?.includes(scope) === false) return failed(403, 'not_allowed')
  return answer(found)
}

function identify({ settings, accounts }: CrispState, request: SandboxRequest): Caller | Reply {
  // CR-RATE: one of two statuses, and no headers.
  if (settings.rateLimited) return settings.rateLimitStatus === 420 ? failed(420, 'enhance_your_calm') : failed(429, 'too_many_requests')
  const pair = request.basic()
  const asPlugin = pair !== undefined && `${pair.user}:${pair.password}` === settings.clientSecret
  const account = accounts.list().find(({ fields }) => fields.identifier === pair?.user && fields.key === pair?.password)
  // CR-REF: an unknown or rolled keypair is 401; the reason is inferred.
  if (!asPlugin && !account) return failed(401, 'invalid_session')
  const tier = request.headers['x-crisp-tier']
  if (asPlugin && tier === 'plugin') return { tier }
  if (account && tier === 'website') return { tier, websiteId: account.accountId }
  // CR-PLUG: a token is refused under another tier than its own. CR-SDK: the reason; its status is not established, 403 is assumed.
  return failed(403, 'route_forbidden')
}

// CR-SDK: the envelope of every answer.
const resolved = (data: unknown): Reply => jsonReply(200, { error: false, reason: 'resolved', data })

const failed = (status: number, reason: string): Reply => jsonReply(status, { error: true, reason, data: {} })

const notSubscribed = (): Reply => failed(404, 'not_subscribed')
