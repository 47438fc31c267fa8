import { createError } from '@authpipe/core'
import type { Principal } from '../principal.ts'

const tries = 20
const windowMs = 600_000
const mostPrincipals = 10_000

/** Counts how often each principal had a key verified, so that the form is no place to guess keys. One for each process. */
export class TryLimit {
  readonly #starts = new Map<string, number[]>()

  /**
   * Counts one try: twenty in ten minutes.
   *
   * @throws {AuthpipeError} `rate_limited`
   */
  count({ tenantId, userId }: Principal, now: number): void {
    const key = JSON.stringify([tenantId, userId])
    const recent = (this.#starts.get(key) ?? []).filter((at) => now - at < windowMs)
    if (recent.length >= tries) {
      const retryAfterSeconds = Math.ceil(((recent[0] ?? now) + windowMs - now) / 1000)
      throw createError('rate_limited', 'Too many keys were tried. Wait a few minutes.', { details: { retryAfterSeconds } })
    }
    // The oldest principal goes first: a Map keeps the order of insertion.
    this.#starts.delete(key)
    this.#starts.set(key, [...recent, now])
    const [oldest] = this.#starts.keys()
    if (this.#starts.size > mostPrincipals && oldest !== undefined) this.#starts.delete(oldest)
  }
}
