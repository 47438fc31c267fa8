import { randomUUID } from 'node:crypto'

import { emptyReply, jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import { helpScoutPeople, type HelpScoutPerson } from './helpScoutPeople.ts'
import type { HelpScoutState } from './HelpScoutState.ts'

const subjects: Readonly<Record<number, readonly string[]>> = {
  42_001: ['The grinder arrived without its lid', 'Please move my subscription to Fridays', 'Invoice for October'],
  42_002: ['Window seat on the way back', 'Which vaccinations do we need?'],
}
const pageSize = 25
const hourMs = 3_600_000

/** GET /v2/users/me: who the token speaks for. HS-ME: these members. */
export const usersMe = (state: HelpScoutState, request: SandboxRequest): Reply =>
  answerCall(state, request, ({ userId, firstName, lastName, email, role, company }) =>
    hal(200, {
      id: userId,
      firstName,
      lastName,
      email,
      role,
      timezone: 'Europe/Copenhagen',
      createdAt: '2024-03-04T09:12:00Z',
      updatedAt: '2026-06-18T15:40:00Z',
      type: 'user',
      mention: firstName.toLowerCase(),
      initials: `${firstName.slice(0, 1)}${lastName.slice(0, 1)}`,
      jobTitle: '',
      phone: '',
      alternateEmails: [],
      companyId: company.companyId,
      photoUrl: '',
      _links: { self: { href: `${state.context.url()}/help-scout-api/v2/users/${userId}` } },
    }),
  )

/** GET /v2/conversations: the newest conversations of the company. */
export const conversations = (state: HelpScoutState, request: SandboxRequest): Reply =>
  answerCall(state, request, ({ accountId, company }) => {
    // HS-ERR: 403 where the person lacks the permission.
    if (state.settings.restricted.includes(accountId)) return apiError(403, 'You do not have permission to see these conversations', [])
    const page = request.url.searchParams.get('page') ?? '1'
    // HS-ERR, HS-SDK: 400 with the places of the mistakes.
    if (!/^[1-9]\d{0,5}$/.test(page)) return apiError(400, 'Validation error', [{ path: 'page', message: 'must be greater than or equal to 1', source: 'QUERY' }])
    const all = (subjects[company.companyId] ?? []).map((subject, index) => {
      const at = new Date(state.context.now() - (index + 1) * hourMs).toISOString().replace(/\.\d+/, '')
      return { id: 9001 + index, number: 101 + index, type: 'email', status: 'active', state: 'published', subject, createdAt: at, userUpdatedAt: at }
    })
    const first = (Number(page) - 1) * pageSize
    return hal(200, {
      _embedded: { conversations: all.slice(first, first + pageSize) },
      _links: { self: { href: `${state.context.url()}${request.url.pathname}${request.url.search}` } },
      page: { size: pageSize, totalElements: all.length, totalPages: Math.ceil(all.length / pageSize), number: Number(page) },
    })
  })

function answerCall(state: HelpScoutState, request: SandboxRequest, answer: (person: HelpScoutPerson) => Reply): Reply {
  const { ledger, settings, window, context } = state
  const grant = ledger.findAccess(request.bearer() ?? '')
  const person = grant && helpScoutPeople.find(({ accountId }) => accountId === grant.accountId)
  // HS-AUTH: 401 for an invalid or expired token, and where its person is no longer an active user. The body is not established.
  if (!person || settings.suspended.includes(person.accountId)) return emptyReply(401)

  // HS-RATE: one limit for the whole company.
  const { allowed, remaining, resetsInSeconds } = window.take(String(person.company.companyId), settings.callsPerMinute, context.now())
  const refused = settings.rateLimited || !allowed
  const headers = { 'x-ratelimit-limit-minute': String(settings.callsPerMinute), 'x-ratelimit-remaining-minute': String(refused ? 0 : remaining) }
  // HS-RATE: 429 with X-RateLimit-Retry-After in seconds. HS-SDK: the body of its fixture.
  const reply = refused
    ? jsonReply(429, { message: 'API rate limit exceeded' }, { 'x-ratelimit-retry-after': String(resetsInSeconds) })
    : answer(person)
  return { ...reply, headers: { ...reply.headers, ...headers } }
}

// HS-ME: HAL.
const hal = (status: number, value: unknown): Reply => jsonReply(status, value, { 'content-type': 'application/hal+json' })

const apiError = (status: number, message: string, errors: readonly object[]): Reply => hal(status, { logRef: randomUUID(), message, _embedded: { errors } })
