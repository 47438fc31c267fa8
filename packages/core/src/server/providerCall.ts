// The rules by which a provider's API is called with a credential, wherever that happens.
import { AuthpipeError, createError } from '../errors.ts'
import type { ProviderAnswer, ProviderDefinition, Verdict } from '../provider.ts'
import { parseJsonOrUndefined } from './json.ts'
import type { RevealedCredential } from './revealedCredential.ts'
import { readRetryAfter } from './retryAfter.ts'

/** What `fetch` takes beside the URL: the part of `RequestInit` that can be sent again. */
export interface ProviderFetchInit {
  /** @defaultValue `GET` */
  readonly method?: string
  readonly headers?: ConstructorParameters<typeof Headers>[0]
  /** A body that can be sent a second time. A stream is refused. */
  readonly body?: string | Uint8Array | URLSearchParams | null
  readonly signal?: AbortSignal
}

/** A request as it goes out, the same each time it is sent. */
export interface PreparedRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | null
  readonly signal?: AbortSignal
}

/** What applies a credential to a request. */
export interface AppliedCredential {
  readonly headers: Readonly<Record<string, string>>
  readonly searchParams?: Readonly<Record<string, string>> | undefined
}

/** What a call needs to know of its provider; without hooks answers are judged by their status alone. */
export type CalledProvider = Pick<ProviderDefinition, 'name' | 'apiHeaders' | 'judge' | 'regionHeaders' | 'retryAfterHeader'>

/** Where credentials come from and requests go to. */
export interface ProviderCall {
  readonly provider: CalledProvider
  getCredential(): Promise<RevealedCredential>
  /** A newer token of the same connection than the one that was called dead. */
  renew(dead: RevealedCredential): Promise<RevealedCredential>
  /** Sends a request and returns redirects instead of following them. */
  send(url: URL, request: PreparedRequest): Promise<Response>
  /** Is told what an answer that is neither a success nor trouble says of the connection. */
  onRefusal?(credential: RevealedCredential, verdict: Verdict): void
}

/**
 * Calls a provider's API with a credential applied. Redirects are returned and not followed; when the provider says that
 * the token is dead it is renewed once and the call repeated once, and when it names another region the call is repeated
 * there.
 *
 * @throws {AuthpipeError} those of `getCredential` and `send`; `invalid_request` for another host or a body that cannot be
 * sent again; `provider_rate_limited` (retryable, with `details.retryAfterSeconds` where the provider says)
 */
export async function callProvider(call: ProviderCall, pathOrUrl: string | URL, init: ProviderFetchInit = {}): Promise<Response> {
  const { provider } = call
  const request = prepareRequest(init, provider.apiHeaders ?? {})
  const send = (credential: RevealedCredential, more: Readonly<Record<string, string>> = {}): Promise<Response> => {
    const url = resolveApiUrl(credential.baseUrl, pathOrUrl)
    return call.send(url, applyCredential(url, credential, { ...request, headers: { ...request.headers, ...more } }))
  }

  const credential = await call.getCredential()
  const response = await send(credential)
  if (response.ok || response.status >= 500 || response.status === 304) return response

  // What a refusal means is written in its body where a provider says so there; the caller still gets it whole.
  const answer = { status: response.status, body: parseJsonOrUndefined(await response.clone().text()) }
  const verdict = judgeAnswer(provider, answer)
  if (verdict === 'rate_limited') throw rateLimited(provider, response)
  if (verdict === 'wrong_region') {
    const region = provider.regionHeaders?.(answer)
    return region ? send(credential, region) : response
  }
  call.onRefusal?.(credential, verdict)
  if (verdict !== 'credential_dead' || credential.credentialType !== 'oauth_token') return response
  try {
    return await send(await call.renew(credential))
  } catch (error) {
    // The provider's refusal is the better answer where renewing could not settle it.
    if (error instanceof AuthpipeError && error.retryable) return response
    throw error
  }
}

function rateLimited({ name, retryAfterHeader = 'retry-after' }: CalledProvider, { headers }: Response): AuthpipeError {
  const retryAfterSeconds = readRetryAfter(headers.get(retryAfterHeader))
  return createError('provider_rate_limited', `${name} limits our requests. Wait before the next one.`, retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } })
}

function prepareRequest(init: ProviderFetchInit, apiHeaders: Readonly<Record<string, string>>): PreparedRequest {
  const { body = null } = init
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array) && !(body instanceof URLSearchParams)) {
    throw createError('invalid_request', 'authpipe.fetch may have to send the body twice, so it takes a string, bytes or URLSearchParams, not a stream.')
  }
  const headers = new Headers(init.headers)
  headers.delete('authorization')
  for (const [name, value] of Object.entries(apiHeaders)) if (!headers.has(name)) headers.set(name, value)
  if (!headers.has('content-type')) {
    if (body instanceof URLSearchParams) headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8')
    else if (typeof body === 'string') headers.set('content-type', 'application/json')
  }
  return {
    method: (init.method ?? 'GET').toUpperCase(),
    headers: Object.fromEntries(headers),
    body: body instanceof URLSearchParams ? body.toString() : body,
    ...(init.signal ? { signal: init.signal } : {}),
  }
}

/** Adds a credential to a request: headers, and query parameters to `url` itself. */
export function applyCredential<R extends { readonly headers?: Readonly<Record<string, string>> }>(url: URL, credential: AppliedCredential, request: R): R {
  for (const [name, value] of Object.entries(credential.searchParams ?? {})) url.searchParams.set(name, value)
  return { ...request, headers: { ...request.headers, ...credential.headers } }
}

/** What an answer says about the connection: the definition's word, else the status alone. */
export function judgeAnswer(definition: Pick<ProviderDefinition, 'judge'>, answer: ProviderAnswer): Verdict {
  if (definition.judge) return definition.judge(answer)
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
