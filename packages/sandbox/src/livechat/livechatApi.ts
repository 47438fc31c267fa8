import { jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import type { Grant } from '../TokenLedger.ts'
import { chatSummary, chatsOf, wholeChat, type ChatReach } from './livechatChats.ts'
import { livechatPeople, type LivechatPerson } from './livechatPeople.ts'
import { containsScope } from './livechatScopes.ts'
import type { LivechatState } from './LivechatState.ts'

interface ApiCall {
  readonly state: LivechatState
  readonly grant: Grant
  readonly person: LivechatPerson
  readonly parameters: Readonly<Record<string, unknown>>
}

const actions: Readonly<Record<string, (call: ApiCall) => Reply>> = {
  'agent/action/list_chats': listChats,
  'agent/action/get_chat': getChat,
  'configuration/action/list_channels': listChannels,
  'configuration/action/get_agent': getAgent,
}

/** The path below which every action stands. LC-AGENT: the version is part of it. */
export const apiPath = '/livechat-api/v3.6/'

/** POST of an action. */
export function answerApi(state: LivechatState, request: SandboxRequest): Reply {
  const { settings, ledger } = state
  const name = request.url.pathname.slice(apiPath.length)
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!action) return apiError(404, 'not_found', 'Unknown action')
  if (settings.rateLimited) return apiError(429, 'too_many_requests', 'Too many requests')

  // LC-W6W, measured: both messages, with 401.
  if (request.headers.authorization === undefined) return apiError(401, 'authentication', 'No `Authorization` header')
  const grant = ledger.findAccess(request.bearer() ?? '')
  const person = grant && livechatPeople.find(({ accountId }) => accountId === grant.accountId)
  if (!person) return apiError(401, 'authentication', 'Invalid access token')

  // LC-GIT, LC-ERR: the error names the region; X-Region is how older documentation addressed one. Its status is not documented.
  if (settings.homeRegion !== null && request.headers['x-region'] !== settings.homeRegion) {
    return apiError(400, 'misdirected_request', 'Wrong region', { region: settings.homeRegion })
  }
  // LC-ERR: types of the two states; their statuses are not documented, 403 is assumed.
  if (settings.licenseExpired) return apiError(403, 'license_expired', 'License expired')
  if (settings.suspended.includes(person.accountId)) return apiError(403, 'requester_suspended', 'Requester suspended')

  // LC-AGENT: JSON with Content-Type: application/json.
  const parameters = request.contentType === 'application/json' ? request.json() : undefined
  if (!parameters) return validation('The body must be a JSON object sent as application/json')
  return action({ state, grant, person, parameters })
}

function listChats({ state, grant, person, parameters }: ApiCall): Reply {
  const reach = chatReach(grant)
  if (!reach) return unauthorized()
  // LC-AGENT, List Chats: 10 by default, 100 at most; desc by default; filters.active.
  const { limit = 10, sort_order: order = 'desc', filters } = parameters
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > 100) return validation('`limit` must be between 1 and 100')
  if (order !== 'asc' && order !== 'desc') return validation('`sort_order` must be asc or desc')
  const active = typeof filters === 'object' && filters !== null && 'active' in filters ? filters.active : undefined

  const found = chatsOf(person, reach).filter((chat) => typeof active !== 'boolean' || chat.active === active)
  const ordered = order === 'desc' ? found : found.toReversed()
  return jsonReply(200, { chats_summary: ordered.slice(0, limit).map((chat) => chatSummary(chat, state.context.now())), found_chats: found.length })
}

function getChat({ state, grant, person, parameters }: ApiCall): Reply {
  const reach = chatReach(grant)
  if (!reach) return unauthorized()
  if (typeof parameters.chat_id !== 'string') return validation('`chat_id` is required')
  const chat = chatsOf(person, reach).find(({ id }) => id === parameters.chat_id)
  return chat ? jsonReply(200, wholeChat(chat, state.context.now())) : apiError(404, 'not_found', 'Chat not found')
}

// LC-CONF, List Channels: needs no scope.
function listChannels({ grant }: ApiCall): Reply {
  return jsonReply(200, [
    { channel_type: 'code', channel_subtype: '', first_activity_timestamp: '2024-03-04T09:30:00Z' },
    { channel_type: 'direct_link', channel_subtype: '', first_activity_timestamp: '2024-03-05T11:05:00Z' },
    { channel_type: 'integration', channel_subtype: grant.clientId, first_activity_timestamp: '2026-01-12T08:00:00Z' },
  ])
}

// LC-CONF, Get Agent: agents--my:ro for oneself, agents--all:ro for others. The id is the agent's e-mail address;
// that an account id works too is assumed.
function getAgent({ grant, person, parameters }: ApiCall): Reply {
  const { id } = parameters
  if (typeof id !== 'string') return validation('`id` is required')
  const isAgent = ({ email, accountId }: LivechatPerson): boolean => email === id || accountId === id
  const own = isAgent(person)
  if (!containsScope(grant.scopes, own ? 'agents--my:ro' : 'agents--all:ro')) return unauthorized()
  const agent = livechatPeople.find((other) => isAgent(other) && other.organization === person.organization)
  if (!agent) return apiError(404, 'not_found', 'Agent not found')
  return jsonReply(200, { id: agent.email, account_id: agent.accountId, name: agent.name, role: agent.role, login_status: 'accepting chats' })
}

const chatReach = ({ scopes }: Grant): ChatReach | undefined =>
  (['all', 'access', 'my'] as const).find((reach) => containsScope(scopes, `chats--${reach}:ro`))

// LC-ERR: every error of the API is {error: {type, message}}, some with data.
const apiError = (status: number, type: string, message: string, data?: Readonly<Record<string, string>>): Reply =>
  jsonReply(status, { error: { type, message, ...(data && { data }) } })

// LC-ERR: a missing scope or role; the status is not documented, 403 is assumed.
const unauthorized = (): Reply => apiError(403, 'authorization', 'Authorization error')

const validation = (message: string): Reply => apiError(400, 'validation', message)
