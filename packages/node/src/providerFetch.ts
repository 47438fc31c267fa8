import { createError, type AuthpipeError, type CredentialQuery } from '@authpipe/core'
import { callProvider, type PreparedRequest, type ProviderFetchInit } from '@authpipe/core/server'
import { isLoopback, type ClientConfig } from './clientOptions.ts'
import type { CredentialReader } from './credentialReader.ts'
import { capBody } from './cappedBody.ts'
import { reasonOf } from './reasonOf.ts'

/** Most bytes that an API answer may have: 32 MiB. */
const maxAnswerBytes = 33_554_432
/** Time from the start of a call to the last byte of its answer. */
const timeoutMs = 15_000

/**
 * Calls the provider's API with the credential applied, by the rules of `callProvider`.
 *
 * @throws {AuthpipeError} those of `callProvider` and `getCredential`; `provider_unreachable` (retryable) when no answer came
 */
export async function providerFetch(reader: CredentialReader, config: ClientConfig, query: CredentialQuery, pathOrUrl: string | URL, init: ProviderFetchInit = {}): Promise<Response> {
  const { signal } = init
  return callProvider(
    {
      provider: config.definitions.get(query.provider) ?? { name: query.provider },
      getCredential: async () => reader.find(query) ?? reader.read(query, signal),
      renew: (dead) => reader.renew(query, dead, signal),
      send: (url, request) => send(config.fetch, url, request),
    },
    pathOrUrl,
    init,
  )
}

async function send(fetch: typeof globalThis.fetch, url: URL, { signal, body, ...request }: PreparedRequest): Promise<Response> {
  if (url.protocol !== 'https:' && !isLoopback(url)) throw createError('invalid_request', `A credential travels by https alone, not to ${url.origin}.`)
  if (body !== null && /^(GET|HEAD)$/.test(request.method)) throw createError('invalid_request', `A ${request.method} carries no body here. Name another "method", or leave the body out.`)
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      ...request,
      headers: { ...request.headers, 'accept-encoding': 'identity' },
      body: body as string | Uint8Array<ArrayBuffer> | null, // bytes of our own caller, whatever buffer they are in
      redirect: 'manual',
      cache: 'no-store',
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
    })
    const capped = capBody(response, maxAnswerBytes, (cause) => (cause === undefined ? tooLarge(url) : unreachable(url, cause)))
    return new Response(capped, { status: response.status, statusText: response.statusText, headers: headersOf(response) })
  } catch (error) {
    throw unreachable(url, error)
  }
}

/** Those that still hold: cookies are the provider's business with us alone, and a body that came compressed is not any more. */
function headersOf(response: Response): Headers {
  const headers = new Headers(response.headers)
  headers.delete('set-cookie')
  if (headers.has('content-encoding')) for (const name of ['content-encoding', 'content-length']) headers.delete(name)
  return headers
}

function tooLarge({ host }: URL): AuthpipeError {
  return createError('provider_response_invalid', `${host} answered with more than ${maxAnswerBytes} bytes.`)
}

/** The error itself may hold what was sent, so it goes no further. */
function unreachable({ host }: URL, error: unknown): AuthpipeError {
  return createError('provider_unreachable', `${host} could not be reached, or did not answer in time and to the end.`, { cause: new Error(reasonOf(error)) })
}
