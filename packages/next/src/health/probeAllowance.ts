import type { RateLimit } from '@authpipe/core'
import type { Store } from '../store/store.ts'

/** When memory of past windows is cleared. */
const mostWindows = 10_000
/** How many parts an allowance is taken in, so that not every probe asks the database. */
const parts = 5
/** How often a part is tried for that others come before. */
const mostTries = 20

/**
 * The share of a provider's rate limit that scheduled checks of all processes use together, in windows as long as the provider's. What was taken
 * of a window stands in the database, a row for each account that has a limit of its own.
 */
export class ProbeAllowance {
  readonly #store: Store
  /** What this process has taken and not yet used. */
  readonly #windows = new Map<string, { readonly endsAt: number; left: number }>()
  readonly #taking = new Map<string, Promise<boolean>>()

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Takes one probe, if the share has one left.
   *
   * @param name - what shares the limit; no provider's id
   * @returns when there are some again; `undefined` when it was taken
   */
  async take(name: string, { requests, perSeconds }: RateLimit, share: number, now: number): Promise<number | undefined> {
    const windowMs = perSeconds * 1000
    const endsAt = (Math.floor(now / windowMs) + 1) * windowMs
    for (;;) {
      const window = this.#windows.get(name)
      if (window?.endsAt === endsAt && window.left > 0) {
        window.left -= 1
        return undefined
      }
      let taking = this.#taking.get(name)
      if (!taking) {
        taking = this.#takePart(name, Math.max(1, Math.floor(requests * share)), endsAt, now).finally(() => this.#taking.delete(name))
        this.#taking.set(name, taking)
      }
      if (!(await taking)) return endsAt
    }
  }

  /** @returns whether there was some */
  async #takePart(name: string, allowed: number, endsAt: number, now: number): Promise<boolean> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const state = (await this.#store.findProviderState(name)) ?? { provider: name, recent: '', version: 0 }
      const before = state.probeAt === endsAt ? state.recent.length : 0
      const left = Math.min(Math.ceil(allowed / parts), allowed - before)
      if (left <= 0) return false
      if (await this.#store.putProviderState({ ...state, recent: '0'.repeat(before + left), probeAt: endsAt, version: state.version + 1 })) {
        if (this.#windows.size >= mostWindows) for (const [other, window] of this.#windows) if (window.endsAt <= now) this.#windows.delete(other)
        this.#windows.set(name, { endsAt, left })
        return true
      }
    }
    return false
  }
}
