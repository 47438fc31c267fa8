import { createError, type AuthpipeError } from '@authpipe/core'

/** When providers want to hear from us again, as their token endpoints have said. @see RFC 9110 §10.2.3 */
export class ProviderGates {
  readonly #closedUntil = new Map<string, number>()

  /** Closes the gate of a provider until an instant, unless it is closed for longer. */
  close(provider: string, until: number): void {
    if (until > (this.#closedUntil.get(provider) ?? 0)) this.#closedUntil.set(provider, until)
  }

  /** The error of a request to a provider whose gate is closed. */
  obstacle(provider: string, now: number): AuthpipeError | undefined {
    const until = this.#closedUntil.get(provider)
    if (until === undefined) return undefined
    if (until <= now) {
      this.#closedUntil.delete(provider)
      return undefined
    }
    const retryAfterSeconds = Math.ceil((until - now) / 1000)
    return createError('provider_rate_limited', 'The provider asks us to wait before the next token request.', { details: { retryAfterSeconds } })
  }
}
