// Calls to a provider's API with the credential applied.
import { createError, expandTemplate, type ProviderAnswer, type ProviderRequest, type Verdict } from '@authpipe/core'
import type { OutboundFetch, OutboundRequest } from '../outboundFetch.ts'
import { readRetryAfter } from '../oauth/tokenRequests.ts'
import { parseJsonOrUndefined } from '../oauth/tokenResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'

/** What applies a credential to a request. */
export interface AppliedCredential {
  readonly headers: Readonly<Record<string, string>>
  readonly searchParams?: Readonly<Record<string, string>> | undefined
}

/** What a provider answered, with what its headers say beside. */
export interface ReadAnswer extends ProviderAnswer {
  /** Whether it is a page for people: what stands in front of an API answers so, and not the API. */
  readonly isPage: boolean
  readonly retryAfterSeconds: number | undefined
}

/** Sends a request that a definition describes and reads its answer; a body that is no JSON is `undefined`. */
export async function sendProviderRequest(
  fetch: OutboundFetch,
  provider: RegisteredProvider,
  settings: Readonly<Record<string, string>>,
  credential: AppliedCredential,
  request: ProviderRequest,
  signal?: AbortSignal,
): Promise<ReadAnswer> {
  const url = new URL(provider.baseUrl(request.base ?? 'apiBaseUrl', settings) + expandTemplate(request.path, settings))
  const init: OutboundRequest = {
    method: request.method ?? 'GET',
    headers: { accept: 'application/json', ...provider.definition.apiHeaders, ...(request.body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: request.body === undefined ? null : JSON.stringify(request.body),
    ...(signal ? { signal } : {}),
  }
  const response = await fetch(url, applyCredential(url, credential, init))
  const { status, headers } = response
  const body = parseJsonOrUndefined(await response.text())
  return {
    status,
    body,
    isPage: body === undefined && /^(text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? ''),
    retryAfterSeconds: readRetryAfter(headers.get(provider.definition.retryAfterHeader ?? 'retry-after')),
  }
}

/** Adds a credential to a request: headers, and query parameters to `url` itself. */
export function applyCredential(url: URL, credential: AppliedCredential, request: OutboundRequest): OutboundRequest {
  for (const [name, value] of Object.entries(credential.searchParams ?? {})) url.searchParams.set(name, value)
  return { ...request, headers: { ...request.headers, ...credential.headers } }
}

/** What an answer says about the connection: the definition's word, else the status alone. */
export function judgeAnswer(provider: RegisteredProvider, answer: ProviderAnswer): Verdict {
  if (provider.definition.judge) return provider.definition.judge(answer)
  if (answer.status >= 200 && answer.status < 300) return 'healthy'
  if (answer.status === 401) return 'credential_dead'
  if (answer.status === 429) return 'rate_limited'
  return answer.status >= 500 ? 'unavailable' : 'unknown'
}

/**
 * The URL of an API call: a path below the base URL, or a whole URL of the same host.
 *
 * @throws {AuthpipeError} `invalid_request` for any other host, so that no credential travels there
 */
export function resolveApiUrl(baseUrl: string, pathOrUrl: string | URL): URL {
  const text = String(pathOrUrl)
  const base = new URL(baseUrl)
  const url = /^[a-z][a-z0-9+.-]*:/i.test(text) ? (URL.canParse(text) ? new URL(text) : undefined) : URL.parse(`${baseUrl}/${text.replace(/^\//, '')}`)
  // The protocol is compared too: a blob: URL has the origin of what made it.
  if (!url || url.origin !== base.origin || url.protocol !== base.protocol || url.username || url.password) {
    throw createError('invalid_request', `A credential of this connection is only sent to ${base.origin}. Give a path such as "/chats", or a URL of that host.`)
  }
  return url
}
