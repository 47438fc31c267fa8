// The one way out. Every request to a provider goes through here and through nothing else.
import { AuthpipeError, createError } from '@authpipe/core'
import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { ReadableStream } from 'node:stream/web'
import { Agent, request as undiciRequest, type Dispatcher } from 'undici'
import { isLoopbackAddress, isLoopbackHost, isPublicAddress } from './addressRules.ts'

/** A request to a provider. */
export interface OutboundRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | null
  readonly signal?: AbortSignal
  /**
   * Most bytes that the answer may have.
   * @defaultValue `1_048_576` (1 MiB)
   */
  readonly maxBytes?: number
}

/** Sends a request to a provider and answers with a web `Response` whose body is read under the same limits. */
export type OutboundFetch = (url: string | URL, request?: OutboundRequest) => Promise<Response>

export interface OutboundOptions {
  /** Also allow `http:` and `https:` to this very machine, for a sandbox or tests. */
  readonly allowInsecureLoopback: boolean
  /**
   * Time from the start of the request to the last byte of its answer.
   * @defaultValue `15_000` (15 seconds)
   */
  readonly timeoutMs?: number
  /** Resolves names; replaced in tests. */
  readonly lookup?: Lookup
}

/** Finds every address of a host name. */
export type Lookup = (hostname: string, options: LookupAllOptions, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void

export interface Outbound {
  readonly fetch: OutboundFetch
  /** Closes idle connections; requests under way end first, or are cut when the signal says so. */
  close(impatience?: AbortSignal): Promise<void>
}

/** Thrown before anything was sent, so that the provider cannot have acted on the request. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
}

/**
 * Makes the outbound client: https only, redirects returned and never followed, no cookies, no proxy from the environment,
 * no compressed answers (so a byte cap means what it says), one deadline for the whole exchange, and every address checked
 * at the moment it is dialled, so that a name cannot point elsewhere between check and use.
 *
 * @throws {AuthpipeError} `provider_unreachable` (retryable) when no whole answer came, `provider_response_invalid` when it is
 * too large or compressed all the same, `invalid_request` for a URL that must not be called
 */
export function createOutbound(options: OutboundOptions): Outbound {
  const { allowInsecureLoopback, timeoutMs = 15_000 } = options
  const mayDial = (address: string): boolean => isPublicAddress(address) || (allowInsecureLoopback && isLoopbackAddress(address))
  const agent = new Agent({
    connect: { lookup: checkedLookup(options.lookup ?? systemLookup, mayDial), timeout: Math.min(timeoutMs, 10_000) },
    keepAliveTimeout: 4_000,
  })

  const deadlines = new Deadlines(timeoutMs)
  const send: OutboundFetch = async (url, { method = 'GET', headers = {}, body = null, signal, maxBytes = 1_048_576 } = {}) => {
    const target = checkTarget(new URL(url), allowInsecureLoopback)
    const deadline = deadlines.start()
    try {
      const answer = await undiciRequest(target, {
        dispatcher: agent,
        method: method as Dispatcher.HttpMethod,
        headers: { ...headers, 'accept-encoding': 'identity' },
        body,
        signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
      })
      return await toResponse(answer, target, maxBytes)
    } catch (error) {
      throw unreachable(target, error)
    }
  }
  const close = (impatience?: AbortSignal): Promise<void> => {
    const cut = (): void => deadlines.cut()
    if (impatience?.aborted) cut()
    impatience?.addEventListener('abort', cut)
    return agent.close()
  }
  return { fetch: send, close }
}

/**
 * The deadlines of requests that may be under way. A process that stood still meanwhile, as a frozen function or a suspended machine
 * does, wakes with its timers first: what came for it in that time is read before anything is given up, since it may be the only copy
 * of a token.
 */
class Deadlines {
  readonly #timeoutMs: number
  readonly #running = new Set<AbortController>()

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  start(): AbortSignal {
    const deadline = new AbortController()
    this.#running.add(deadline)
    const end = (): void => {
      this.#running.delete(deadline)
      deadline.abort()
    }
    // Immediates run once what has arrived was read.
    setTimeout(() => setImmediate(end), this.#timeoutMs).unref()
    return deadline.signal
  }

  /** Ends them all now. */
  cut(): void {
    for (const deadline of this.#running) deadline.abort()
    this.#running.clear()
  }
}

function checkTarget(target: URL, allowInsecureLoopback: boolean): URL {
  const host = target.hostname.replace(/^\[|\]$/g, '')
  const isOurOwn = allowInsecureLoopback && isLoopbackHost(host)
  if (target.protocol !== 'https:' && !(target.protocol === 'http:' && isOurOwn)) {
    throw createError('invalid_request', `Authpipe calls https URLs only, not ${target.protocol}//${target.host}. A local server needs allowInsecureLoopback: true.`, {
      cause: new NotSent(),
    })
  }
  // A literal address is dialled without a look-up, so it is checked here.
  if (isIP(host) !== 0 && !isOurOwn && !isPublicAddress(host)) throw refusedAddress(target.host)
  if (target.username || target.password) throw createError('invalid_request', 'A provider URL cannot hold a user name or password.', { cause: new NotSent() })
  return target
}

function refusedAddress(host: string): AuthpipeError {
  return createError('provider_unreachable', `${host} does not lead to a public address, so Authpipe does not call it.`, { cause: new NotSent() })
}

function checkedLookup(lookup: Lookup, mayDial: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 4)
      const [first] = addresses
      // One bad address among good ones is an attack or a fault; neither is dialled.
      if (!first || !addresses.every(({ address }) => mayDial(address))) return callback(refusedAddress(hostname), '', 4)
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}

const bodiless = new Set([204, 205, 304])

/** An answer that announces no more bytes than this is read at once, since a stream for it costs more; HTTP ends it where it announced. */
const wholeBytes = 65_536

async function toResponse(answer: Dispatcher.ResponseData, target: URL, maxBytes: number): Promise<Response> {
  const headers = new Headers()
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name === 'set-cookie' || value === undefined) continue
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one)
  }
  const encoding = headers.get('content-encoding')
  if (encoding !== null && encoding !== 'identity') {
    hangUp(answer.body)
    throw createError('provider_response_invalid', `${target.host} compressed its answer although it was asked not to.`)
  }
  const announced = Number(headers.get('content-length') ?? NaN)
  if (announced > maxBytes) {
    hangUp(answer.body)
    throw tooLarge(target, maxBytes)
  }
  if (bodiless.has(answer.statusCode)) {
    answer.body.resume()
    return new Response(null, { status: answer.statusCode, headers })
  }
  if (announced <= wholeBytes) return new Response(await answer.body.bytes(), { status: answer.statusCode, headers })
  const chunks = capped(answer.body, target, maxBytes)
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: () => hangUp(answer.body),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: answer.statusCode, headers })
}

/** Ends an answer that nobody reads any more. Its stream reports that as an error, which without a listener would end the process. */
function hangUp(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => undefined).destroy()
}

async function* capped(body: AsyncIterable<Uint8Array>, target: URL, maxBytes: number): AsyncGenerator<Uint8Array, undefined> {
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.byteLength
      if (size > maxBytes) throw tooLarge(target, maxBytes)
      yield chunk
    }
  } catch (error) {
    throw unreachable(target, error)
  }
}

function tooLarge(target: URL, maxBytes: number): AuthpipeError {
  return createError('provider_response_invalid', `${target.host} answered with more than ${maxBytes} bytes.`)
}

// Names of failures before the first byte of a request: look-up, connection, TLS handshake.
const notConnected = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|.*SELF_SIGNED_CERT.*|UNABLE_TO_.*)$/

/** Gives every way of not getting an answer the same words: how a host fails to answer is nobody's business but the log's. */
function unreachable(target: URL, error: unknown): AuthpipeError {
  if (error instanceof AuthpipeError) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  // The error itself goes no further: a parser's error carries the bytes that it could not read, tokens included.
  const cause = new Error(code ?? (error instanceof Error ? error.name : typeof error))
  if (code !== undefined && notConnected.test(code)) {
    return createError('provider_unreachable', `${target.host} could not be reached.`, { cause: new NotSent(undefined, { cause }) })
  }
  return createError('provider_unreachable', `${target.host} did not answer in time, or not to the end.`, { cause })
}

/** Whether a failure means that the request never left: the provider cannot have acted on it. */
export function wasNotSent(error: unknown): boolean {
  // By its name, since another copy of this module may have thrown it.
  return error instanceof Error && error.cause instanceof Error && error.cause.name === 'NotSent'
}

// Names of failures that no provider can bring about: no resolver, no network, no address of our own.
const ownFaults = new Set(['EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL'])

/** Whether a request did not leave for a reason that is ours. */
export function isOwnFault(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof NotSent && error.cause.cause instanceof Error && ownFaults.has(error.cause.cause.message)
}
