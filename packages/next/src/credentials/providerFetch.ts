import { AuthpipeError, createError, type CredentialQuery } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import { isRefusal } from '../health/finding.ts'
import { watchTraffic } from '../health/watchTraffic.ts'
import type { OutboundRequest } from '../outboundFetch.ts'
import { readRetryAfter } from '../oauth/tokenRequests.ts'
import { parseJsonOrUndefined } from '../oauth/tokenResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { readCredential } from './getCredential.ts'
import { applyCredential, judgeAnswer, resolveApiUrl } from './providerRequest.ts'
import type { RevealedCredential } from './revealedCredential.ts'

/** What `authpipe.fetch` takes beside the URL: the part of `RequestInit` that can be sent again. */
export interface ProviderFetchInit {
  /** @defaultValue `GET` */
  readonly method?: string
  readonly headers?: ConstructorParameters<typeof Headers>[0]
  /** A body that can be sent a second time. A stream is refused. */
  readonly body?: string | Uint8Array | URLSearchParams | null
  readonly signal?: AbortSignal
}

/** Most bytes that an API answer may have: 32 MiB. */
const maxAnswerBytes = 33_554_432

/**
 * Calls the provider's API with the credential applied. Redirects are returned and not followed; when the provider says that
 * the token is dead it is refreshed once and the call repeated once, and when it names another region the call is repeated
 * there.
 *
 * @throws {AuthpipeError} those of `getCredential`; `invalid_request` for another host or a body that cannot be sent again;
 * `provider_rate_limited` (retryable, with `details.retryAfterSeconds` where the provider says); `provider_unreachable`
 * (retryable) when no answer came
 */
export async function providerFetch(engine: Engine, query: CredentialQuery, pathOrUrl: string | URL, init: ProviderFetchInit = {}): Promise<Response> {
  const provider = engine.registrations.get(query.provider)
  const request = checkInit(init, provider.definition.apiHeaders ?? {})
  let connectionId = ''
  let isRefused = false
  const send = (credential: RevealedCredential, more: Readonly<Record<string, string>> = {}): Promise<Response> => {
    const url = resolveApiUrl(credential.baseUrl, pathOrUrl)
    connectionId = credential.connectionId
    return engine.outbound.fetch(url, applyCredential(url, credential, { ...request, headers: { ...request.headers, ...more } }))
  }

  const onRefusal = (): void => void (isRefused = true)
  const response = await sendUntilTaken(engine, provider, query, { send, onRefusal })
  watchTraffic(engine, { tenantId: query.tenantId, connectionId }, response.ok ? 'taken' : isRefused || response.status === 403 ? 'refused' : 'neither')
  return response
}

type Send = (credential: RevealedCredential, more?: Readonly<Record<string, string>>) => Promise<Response>

interface Call {
  readonly send: Send
  /** Is told where an answer refuses the credential, or what or who it speaks for. */
  readonly onRefusal: () => void
}

async function sendUntilTaken(engine: Engine, provider: RegisteredProvider, query: CredentialQuery, { send, onRefusal }: Call): Promise<Response> {
  const credential = await readCredential(engine, query)
  const response = await send(credential)
  if (response.ok || response.status >= 500 || response.status === 304) return response

  // What a refusal means is written in its body where a provider says so there; the caller still gets it whole.
  const answer = { status: response.status, body: parseJsonOrUndefined(await response.clone().text()) }
  const verdict = judgeAnswer(provider, answer)
  if (verdict === 'rate_limited') throw rateLimited(provider, response)
  if (verdict === 'wrong_region') {
    const region = provider.definition.regionHeaders?.(answer)
    return region ? send(credential, region) : response
  }
  if (isRefusal(verdict)) onRefusal()
  if (verdict !== 'credential_dead' || credential.credentialType !== 'oauth_token') return response
  return repeatRefreshed(engine, { ...query, connectionId: credential.connectionId }, response, send)
}

async function repeatRefreshed(engine: Engine, query: CredentialQuery, response: Response, send: Send): Promise<Response> {
  try {
    return await send(await readCredential(engine, { ...query, forceRefresh: true }))
  } catch (error) {
    // The provider's refusal is the better answer where refreshing could not settle it.
    if (error instanceof AuthpipeError && error.retryable) return response
    throw error
  }
}

function rateLimited({ definition }: RegisteredProvider, { headers }: Response): AuthpipeError {
  const retryAfterSeconds = readRetryAfter(headers.get(definition.retryAfterHeader ?? 'retry-after'))
  return createError('provider_rate_limited', `${definition.name} limits our requests. Wait before the next one.`, retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } })
}

function checkInit(init: ProviderFetchInit, apiHeaders: Readonly<Record<string, string>>): OutboundRequest {
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
    maxBytes: maxAnswerBytes,
    ...(init.signal ? { signal: init.signal } : {}),
  }
}
