import { createError } from '@authpipe/core'
import type { Principal } from '../principal.ts'

const mostPrincipals = 10_000

export interface PrincipalLimitOptions {
  readonly most: number
  readonly windowMs: number
  /** What the error says. */
  readonly sentence: string
}

/** Lets each principal do something so often within a time. One for each process. */
export class PrincipalLimit {
  readonly #options: PrincipalLimitOptions
  readonly #times = new Map<string, number[]>()

  constructor(options: PrincipalLimitOptions) {
    this.#options = options
  }

  /**
   * Counts one more.
   *
   * @throws {AuthpipeError} `rate_limited`
   */
  count({ tenantId, userId }: Principal, now: number): void {
    const { most, windowMs, sentence } = this.#options
    const key = JSON.stringify([tenantId, userId])
    const recent = (this.#times.get(key) ?? []).filter((at) => now - at < windowMs)
    if (recent.length >= most) {
      const retryAfterSeconds = Math.ceil(((recent[0] ?? now) + windowMs - now) / 1000)
      throw createError('rate_limited', sentence, { details: { retryAfterSeconds } })
    }
    // The oldest principal goes first: a Map keeps the order of insertion.
    this.#times.delete(key)
    this.#times.set(key, [...recent, now])
    const [oldest] = this.#times.keys()
    if (this.#times.size > mostPrincipals && oldest !== undefined) this.#times.delete(oldest)
  }
}

/** Keys that one principal may have verified: the form is no place to guess them. */
export function limitKeyTries(): PrincipalLimit {
  return new PrincipalLimit({ most: 20, windowMs: 600_000, sentence: 'Too many keys were tried. Wait a few minutes.' })
}

/** Questions of one principal about sessions: a page asks every two to five seconds, and seldom has twenty attempts under way. */
export function limitStatusReads(): PrincipalLimit {
  return new PrincipalLimit({ most: 120, windowMs: 10_000, sentence: 'Too many questions about sessions. Wait a few seconds.' })
}
