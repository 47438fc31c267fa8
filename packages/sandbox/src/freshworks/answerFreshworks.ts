import { emptyReply, jsonReply, type Reply } from '../http/reply.ts'
import type { SandboxRequest } from '../http/SandboxRequest.ts'
import type { FreshworksAccount, FreshworksState } from './FreshworksState.ts'

/** Answers a call to the API of a helpdesk, once the host, the limit, the credential and the state of the account are in order. */
export function answerFreshworks(
  state: FreshworksState,
  subdomain: string,
  parts: {
    readonly request: SandboxRequest
    /** Who the credential speaks for, or the refusal of it. */
    readonly identify: () => FreshworksAccount | Reply
    readonly answer: (account: FreshworksAccount) => Reply
    /** Headers of every answer. */
    readonly headers?: Readonly<Record<string, string>>
  },
): Reply {
  const { context, settings, accounts, window } = state
  // FD-JP: a wrong domain is 404. FS-W6W, measured: one that nobody has is 404 without the API's headers. The body is not established.
  if (!accounts.list().some((account) => account.settings.subdomain === subdomain)) return emptyReply(404)

  // FD-API, FS-RATE: one limit for the whole account and minute; refused calls count too.
  const { allowed, remaining, resetsInSeconds } = window.take(subdomain, settings.callsPerMinute, context.now())
  const refused = settings.rateLimited || !allowed
  // FD-API, FD-CONN: the numbers can be decimals such as "100.0".
  const headers = {
    ...parts.headers,
    'x-ratelimit-total': settings.callsPerMinute.toFixed(1),
    'x-ratelimit-remaining': (refused ? 0 : remaining).toFixed(1),
    'x-ratelimit-used-currentrequest': '1',
  }
  const reply = refused ? tooManyRequests(resetsInSeconds) : answerAllowed(state, parts)
  return { ...reply, headers: { ...reply.headers, ...headers } }
}

function answerAllowed({ settings }: FreshworksState, { request, identify, answer }: Parameters<typeof answerFreshworks>[2]): Reply {
  // FD-API: JSON only, asked for as application/json or as anything.
  if (!/(^|[\s,])(application\/json|\*\/\*)/i.test(request.headers.accept ?? '*/*')) return emptyReply(406)
  const account = identify()
  if ('status' in account) return account
  // FD-API: account_suspended is a documented code; that it comes with 403 is inferred.
  if (settings.suspended.includes(account.accountId)) return apiError(403, 'account_suspended', 'Your account has been suspended.')
  // FD-NEXLA: the free plan has no API. require_feature is a documented code; that it says so with 403 is inferred.
  if (account.kind === 'free') return apiError(403, 'require_feature', 'The API is not part of your plan.')
  return answer(account)
}

// FD-API, FS-RATE: Retry-After in seconds. The body is not established.
const tooManyRequests = (seconds: number): Reply =>
  jsonReply(429, { message: 'You have exceeded the limit of requests per minute.' }, { 'retry-after': seconds.toFixed(1) })

/** The envelope of refusals (FD-MOCK, FS-API). */
export const apiError = (status: number, code: string, message: string): Reply => jsonReply(status, { code, message })

/** FD-MOCK: what a wrong key is told; a replaced key and a removed agent look the same. */
export const invalidCredentials = (): Reply => apiError(401, 'invalid_credentials', 'You have to be logged in to perform this action.')

/** FD-MOCK, FS-API: what somebody is told whose role does not reach so far. */
export const accessDenied = (): Reply => apiError(403, 'access_denied', 'You are not authorized to perform this action.')
