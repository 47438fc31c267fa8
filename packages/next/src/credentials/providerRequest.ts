import { expandTemplate, type ProviderAnswer, type ProviderRequest } from '@authpipe/core'
import { applyCredential, parseJsonOrUndefined, readRetryAfter, type AppliedCredential } from '@authpipe/core/server'
import type { OutboundFetch, OutboundRequest } from '../outboundFetch.ts'
import type { RegisteredProvider } from '../registrations.ts'

/** What a provider answered, with what its headers say beside. */
export interface ReadAnswer extends ProviderAnswer {
  /** Whether it is a page for people: what stands in front of an API answers so, and not the API. */
  readonly isPage: boolean
  readonly retryAfterSeconds: number | undefined
}

/** Sends a request that a definition describes, with a credential applied, and reads its answer; a body that is no JSON is `undefined`. */
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
