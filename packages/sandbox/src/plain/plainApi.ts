import { jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import type { Person } from '../StandInControl.ts'
import { plainPeople } from './plainPeople.ts'
import type { PlainState } from './PlainState.ts'

/** GET /api/me: who the token speaks for. */
export const me = (state: PlainState, request: SandboxRequest): Reply =>
  answerFor(state, request, 'profile', ({ accountId, email, name }) => ({ id: accountId, email, name }))

/** GET /api/things: something to read. */
export const things = (state: PlainState, request: SandboxRequest): Reply =>
  answerFor(state, request, 'things:read', ({ name }) => ({
    things: ['lamp', 'chair', 'desk'].map((thing, index) => ({ id: `thing-${index + 1}`, name: `${name.split(' ', 1)[0]}'s ${thing}` })),
  }))

function answerFor({ ledger, settings }: PlainState, request: SandboxRequest, scope: string, answer: (person: Person) => unknown): Reply {
  // RFC 6585 §4
  if (settings.rateLimited) return jsonReply(429, { error: 'too_many_requests' }, { 'retry-after': '30' })
  const grant = ledger.findAccess(request.bearer() ?? '')
  const person = grant && plainPeople.find(({ accountId }) => accountId === grant.accountId)
  // RFC 6750 §3 and §3.1
  if (request.headers.authorization === undefined) return jsonReply(401, {}, { 'www-authenticate': 'Bearer realm="plain"' })
  if (!person) return bearerError(401, 'invalid_token')
  if (!grant.scopes.includes(scope)) return bearerError(403, 'insufficient_scope')
  if (settings.suspended.includes(person.accountId)) return jsonReply(403, { error: 'account_suspended' })
  return jsonReply(200, answer(person))
}

const bearerError = (status: number, error: string): Reply => jsonReply(status, { error }, { 'www-authenticate': `Bearer realm="plain", error="${error}"` })
