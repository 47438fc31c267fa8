// Reading credentials: out of memory where it is fresh, from the server where it is not, and from memory again while the server is down.
import { AuthpipeError, createError, type CredentialQuery } from '@authpipe/core'
import { parseCredential, RevealedCredential, type CredentialRequest, type ReceivedCredential } from '@authpipe/core/server'
import type { AuthpipeServer } from './authpipeServer.ts'
import type { ClientConfig } from './clientOptions.ts'
import { HeldCredentials, keyOf, type Held } from './heldCredentials.ts'
import { inTime } from './inTime.ts'
import { retry, retryDelay } from './retry.ts'

/** How long a caller who could have a credential from memory waits for a word of the server about it. */
const patienceMs = 2_000
/** How long a request may take whose answer nobody needs: one that is lost must not keep the next one waiting. */
const renewalTimeoutMs = 10_000

/** A question to the server. */
interface Question {
  /** What stands for its answer in memory. */
  readonly key: string
  /** What stands for it while it is asked: forced ones are apart. */
  readonly name: string
  readonly request: CredentialRequest
}

/** One request under way, for everybody who asks the same. */
interface Attempt {
  readonly startedAt: number
  readonly answer: Promise<RevealedCredential>
}

/** Requests one after another, for as long as somebody waits. */
interface Flight {
  endsAt: number
  /** Why there is no answer yet. */
  trouble: AuthpipeError | undefined
  readonly answer: Promise<RevealedCredential>
}

export class CredentialReader {
  readonly #server: AuthpipeServer
  readonly #config: ClientConfig
  readonly #now: () => number
  readonly #held: HeldCredentials
  readonly #attempts = new Map<string, Attempt>()
  readonly #flights = new Map<string, Flight>()
  /** Grows with each change that is made from here: an answer to a question before it is kept no more. */
  #epoch = 0

  /** @param now - this machine's clock, in epoch milliseconds */
  constructor(server: AuthpipeServer, config: ClientConfig, now: () => number) {
    this.#server = server
    this.#config = config
    this.#now = now
    this.#held = new HeldCredentials(config.maxEntries)
  }

  /**
   * What is fresh in memory; what is half as old as it may be is renewed behind the caller's back. It costs one look-up, so types are
   * checked by `typeof` and everything else on the way to the server.
   */
  find(query: CredentialQuery): RevealedCredential | undefined {
    if (query.forceRefresh === true || !hasIds(query)) return undefined
    const key = keyOf(query)
    const held = this.#held.get(key)
    const now = this.#now()
    if (held === undefined || !isFresh(held, now)) return undefined
    if (now >= held.renewAt) this.#attempt({ key, name: key, request: held.request }, renewalTimeoutMs)
    return new RevealedCredential(held.parts, false, held.credential)
  }

  /** @throws {AuthpipeError} see `AuthpipeClient.getCredential` */
  async read(query: CredentialQuery, signal: AbortSignal | undefined): Promise<RevealedCredential> {
    if (!hasIds(query)) throw createError('invalid_request', 'getCredential needs a provider and a tenantId, and for a user the userId, each a string that is not empty.')
    const key = keyOf(query)
    const request = toRequest(query)
    if (request.forceRefresh === true) return this.#ask({ key, name: forcedName(key), request }, signal)
    const question: Question = { key, name: key, request }
    return (await this.#confirm(question, signal)) ?? this.#ask(question, signal)
  }

  /** A newer token of the same connection than one that the provider called dead. */
  async renew(query: CredentialQuery, dead: RevealedCredential, signal: AbortSignal | undefined): Promise<RevealedCredential> {
    const { connectionId, generation } = RevealedCredential.partsOf(dead)
    const plainKey = keyOf(query)
    // Whoever asks without naming the connection may get another one by now.
    if (this.#held.get(plainKey)?.parts.generation === generation) this.#held.delete(plainKey)
    const request = { ...toRequest(query), connectionId, forceRefresh: true, generation }
    const key = keyOf(request)
    // Of calls that were refused together, the first one has brought it.
    const held = this.#held.get(key)
    if (held && held.parts.generation > generation && isFresh(held, this.#now())) return new RevealedCredential(held.parts)
    return this.#ask({ key, name: forcedName(key, generation), request }, signal)
  }

  /** Forgets what was answered about a provider of a tenant, since it was changed from here. */
  forget(tenantId: string, provider: string): void {
    this.#epoch += 1
    this.#attempts.clear()
    this.#flights.clear()
    this.#held.forget(tenantId, provider)
  }

  /** Forgets every credential. */
  clear(): void {
    this.#epoch += 1
    this.#attempts.clear()
    this.#flights.clear()
    this.#held.clear()
  }

  /** Where memory holds a credential that is only too old to go unasked: what the server says of it in time, else that one, as stale. */
  async #confirm(question: Question, signal: AbortSignal | undefined): Promise<RevealedCredential | undefined> {
    const held = this.#held.get(question.key)
    const now = this.#now()
    if (!held || now < held.askedAt || now >= held.usableUntil) return undefined
    const stale = new RevealedCredential(held.parts).asStale()
    // The server was in trouble a moment ago.
    if (now < held.renewAt && !this.#attempts.has(question.name)) return stale
    const { startedAt, answer } = this.#attempt(question, renewalTimeoutMs)
    try {
      return (await inTime(answer, startedAt + patienceMs - performance.now(), [signal])) ?? stale
    } catch (error) {
      if (isTrouble(error)) return stale
      throw error
    }
  }

  /** Waits for the server together with everybody who asks the same. It is asked again while there is time. */
  async #ask(question: Question, signal: AbortSignal | undefined): Promise<RevealedCredential> {
    const { deadlineMs } = this.#config
    const flight = this.#flights.get(question.name) ?? this.#startFlight(question)
    flight.endsAt = Math.max(flight.endsAt, performance.now() + deadlineMs)
    const credential = await inTime(flight.answer, deadlineMs, [signal])
    if (credential) return credential
    throw flight.trouble ?? new AuthpipeError('network_error', `The Authpipe server did not answer within ${deadlineMs} ms. Try again.`, { retryable: true })
  }

  #startFlight(question: Question): Flight {
    const { name } = question
    const flight: Flight = {
      endsAt: performance.now(),
      trouble: undefined,
      answer: retry(() => this.#attempt(question, this.#config.deadlineMs).answer, {
        endsAt: () => flight.endsAt,
        signals: [this.#server.closing],
        onFailure: (error) => void (flight.trouble = error),
      }).finally(() => {
        if (this.#flights.get(name) === flight) this.#flights.delete(name)
      }),
    }
    // Everybody may have stopped waiting.
    flight.answer.catch(() => undefined)
    this.#flights.set(name, flight)
    return flight
  }

  #attempt(question: Question, timeoutMs: number): Attempt {
    const { name } = question
    const underWay = this.#attempts.get(name)
    if (underWay) return underWay
    const attempt: Attempt = {
      startedAt: performance.now(),
      answer: this.#askOnce(question, Math.min(timeoutMs, this.#config.deadlineMs)).finally(() => {
        if (this.#attempts.get(name) === attempt) this.#attempts.delete(name)
      }),
    }
    // One that was begun ahead of time has nobody who waits for it.
    attempt.answer.catch(() => undefined)
    this.#attempts.set(name, attempt)
    return attempt
  }

  async #askOnce({ key, request }: Question, timeoutMs: number): Promise<RevealedCredential> {
    const askedAt = this.#now()
    const epoch = this.#epoch
    try {
      const received = await this.#server.askOnce({ method: 'POST', path: '/credentials', body: request, parse: parseCredential }, timeoutMs)
      return epoch === this.#epoch ? this.#keep(key, request, received, askedAt) : received.credential
    } catch (error) {
      // A word about the connection, or about our key: what is in memory is not ours to serve any more.
      if (!isTrouble(error) && epoch === this.#epoch) this.#held.delete(key)
      // That no new token can be had, as a forced question is told, says nothing of the one in memory.
      if (isTrouble(error) && request.forceRefresh !== true) this.#postpone(key, error)
      throw error
    }
  }

  /** Remembers an answer. @returns it, or what is known already and is newer */
  #keep(key: string, request: CredentialRequest, { credential, cacheForMs, expiresInMs = Infinity }: ReceivedCredential, askedAt: number): RevealedCredential {
    const parts = RevealedCredential.partsOf(credential)
    const before = this.#held.get(key)
    if (before && isNewer(before, parts, askedAt)) return new RevealedCredential(before.parts)
    const { maxStaleMs, maxOutageMs } = this.#config
    const freshMs = Math.min(maxStaleMs, cacheForMs)
    const { forceRefresh: _, generation: __, ...plain } = request
    this.#held.set(key, {
      request: plain,
      parts,
      credential: parts.credential,
      askedAt,
      freshUntil: askedAt + freshMs,
      usableUntil: askedAt + Math.min(expiresInMs, Math.max(freshMs, maxOutageMs)),
      renewAt: askedAt + freshMs / 2,
      failures: 0,
    })
    return credential
  }

  #postpone(key: string, error: AuthpipeError): void {
    const held = this.#held.get(key)
    if (!held) return
    held.renewAt = this.#now() + retryDelay(error, held.failures)
    held.failures += 1
  }
}

function hasIds({ provider, tenantId, userId }: CredentialQuery): boolean {
  return typeof provider === 'string' && typeof tenantId === 'string' && (userId === undefined || (typeof userId === 'string' && userId !== ''))
}

/** Before it was asked for, the clock was set back, and nothing of what it said holds. */
function isFresh({ askedAt, freshUntil }: Held, now: number): boolean {
  return now < freshUntil && now >= askedAt
}

/** Only what the server knows: it refuses everything else. */
function toRequest({ provider, tenantId, userId, connectionId, credentialType, credentialFor, forceRefresh }: CredentialQuery): CredentialRequest {
  return {
    provider,
    tenantId,
    ...(userId === undefined ? {} : { userId }),
    ...(connectionId === undefined ? {} : { connectionId }),
    ...(credentialType === undefined ? {} : { credentialType }),
    ...(credentialFor === undefined ? {} : { credentialFor }),
    ...(forceRefresh === undefined ? {} : { forceRefresh }),
  }
}

/** Names a forced question apart from the plain one, and from one that wants to be rid of another token. */
function forcedName(key: string, generation?: number): string {
  return JSON.stringify([key, generation ?? null])
}

/** Whether a failure says nothing about the credential. */
function isTrouble(error: unknown): error is AuthpipeError {
  return error instanceof AuthpipeError && (error.retryable || error.status >= 500 || error.code === 'network_error')
}

/** Whether what is held knows more than an answer: a later token of the same connection, else a later question. */
function isNewer(held: Held, { connectionId, generation }: { readonly connectionId: string; readonly generation: number }, askedAt: number): boolean {
  if (held.parts.connectionId === connectionId && held.parts.generation !== generation) return held.parts.generation > generation
  return held.askedAt > askedAt
}
