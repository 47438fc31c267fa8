import { createError, type AuthpipeError } from '@authpipe/core'
import type { ProviderStates } from '../health/providerStates.ts'

/** When providers want to hear from us again, as their token endpoints have said to any process of the app. @see RFC 9110 §10.2.3 */
export class ProviderGates {
  readonly #states: ProviderStates
  /** What this process was told itself: it holds even where the database does not take it. */
  readonly #closedUntil = new Map<string, number>()

  constructor(states: ProviderStates) {
    this.#states = states
  }

  /** Closes the gate of a provider until an instant, unless it is closed for longer. @returns once all processes can know */
  async close(provider: string, until: number): Promise<void> {
    if (until <= (this.#closedUntil.get(provider) ?? 0)) return
    this.#closedUntil.set(provider, until)
    await this.#states.update(provider, (state) => ((state.blockedUntil ?? 0) < until ? { state: { ...state, blockedUntil: until } } : undefined))
  }

  /** The error of a request to a provider whose gate is closed. */
  async obstacle(provider: string, now: number): Promise<AuthpipeError | undefined> {
    const { blockedUntil = 0 } = await this.#states.find(provider)
    const until = Math.max(blockedUntil, this.#closedUntil.get(provider) ?? 0)
    if (until <= now) return undefined
    const retryAfterSeconds = Math.ceil((until - now) / 1000)
    return createError('provider_rate_limited', 'The provider asks us to wait before the next token request.', { details: { retryAfterSeconds } })
  }
}
