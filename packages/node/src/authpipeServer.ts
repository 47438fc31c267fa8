import { AuthpipeError, createError, InvalidShape, parseProblem, type Parser } from '@authpipe/core'
import { parseJsonOrUndefined, readRetryAfter } from '@authpipe/core/server'
import { capBody } from './cappedBody.ts'
import type { ClientConfig } from './clientOptions.ts'
import { inTime } from './inTime.ts'
import { reasonOf } from './reasonOf.ts'
import { retry } from './retry.ts'

/** A request to the server's routes. */
export interface ServerRequest<T> {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Below the base URL, with its query. */
  readonly path: string
  readonly body?: unknown
  readonly parse: Parser<T>
  readonly signal?: AbortSignal | undefined
}

/** Most bytes that an answer of the server may have: 4 MiB, far above a full page of events. */
const maxAnswerBytes = 4_194_304

/** The server that has the credentials, as this process reaches it. Nothing that it throws or prints holds the secret key. */
export class AuthpipeServer {
  readonly #config: Pick<ClientConfig, 'baseUrl' | 'secretKey' | 'fetch' | 'deadlineMs'>
  #closing = new AbortController()

  constructor(config: Pick<ClientConfig, 'baseUrl' | 'secretKey' | 'fetch' | 'deadlineMs'>) {
    this.#config = config
  }

  /** Aborted when what is under way now shall end. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /**
   * Asks, and asks again while the server is in trouble and there is time.
   *
   * @throws {AuthpipeError} those of `askOnce`
   */
  async ask<T>(request: ServerRequest<T>): Promise<T> {
    const endsAt = performance.now() + this.#config.deadlineMs
    return retry(() => this.askOnce(request, endsAt - performance.now()), { endsAt: () => endsAt, signals: [this.closing, request.signal] })
  }

  /**
   * @throws {AuthpipeError} what the server says; `network_error` where it does not answer, or something in between answers for it;
   * `invalid_configuration` where the base URL redirects
   */
  async askOnce<T>({ method, path, body, parse, signal }: ServerRequest<T>, timeoutMs: number = this.#config.deadlineMs): Promise<T> {
    const sending = new AbortController()
    try {
      const answer = await inTime(this.#exchange(method, path, body, sending.signal), timeoutMs, [this.closing, signal])
      if (!answer) throw this.#noAnswer('did not answer in time')
      return parse(answer.body, 'answer')
    } catch (error) {
      if (!(error instanceof InvalidShape)) throw error
      throw this.#notAServer()
    } finally {
      // Whoever stopped waiting needs no answer any more.
      sending.abort()
    }
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort(new AuthpipeError('network_error', 'The Authpipe client was closed while it waited for its server.'))
    this.#closing = new AbortController()
  }

  async #exchange(method: string, path: string, body: unknown, signal: AbortSignal): Promise<{ readonly body: unknown }> {
    const { baseUrl, secretKey, fetch } = this.#config
    const response = await fetch(baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${secretKey}`, accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // The key follows no redirect, and no framework keeps the answer.
      redirect: 'manual',
      cache: 'no-store',
      signal,
    }).catch((error: unknown) => {
      throw this.#noAnswer('could not be reached', error)
    })
    if (response.status >= 300 && response.status < 400) {
      throw createError('invalid_configuration', `${baseUrl} redirects (HTTP ${response.status}), and the secret key is sent nowhere else. Set "baseUrl" to where the routes are mounted.`)
    }
    const capped = capBody(response, maxAnswerBytes, (cause) => (cause === undefined ? this.#notAServer() : this.#noAnswer('broke off its answer', cause)))
    const answer = parseJsonOrUndefined(await new Response(capped).text())
    if (!response.ok) throw withRetryAfter(parseProblem(answer, response.status), response)
    return { body: answer }
  }

  #notAServer(): AuthpipeError {
    return new AuthpipeError('network_error', `What answers at ${this.#config.baseUrl} is not an Authpipe server of this version. Compare "baseUrl" with where the routes are mounted.`)
  }

  #noAnswer(what: string, error?: unknown): AuthpipeError {
    // Not the error itself: whatever it holds of the request goes no further.
    const options = { retryable: true, ...(error === undefined ? {} : { cause: new Error(reasonOf(error)) }) }
    return new AuthpipeError('network_error', `The Authpipe server at ${this.#config.baseUrl} ${what}. Try again.`, options)
  }
}

/** What stands between us and the server says in a header how long to wait. */
function withRetryAfter(error: AuthpipeError, { status, headers }: Response): AuthpipeError {
  const retryAfterSeconds = readRetryAfter(headers.get('retry-after'))
  if (error.code !== 'network_error' || retryAfterSeconds === undefined) return error
  return new AuthpipeError(error.code, error.message, { status, retryable: true, details: { retryAfterSeconds } })
}
