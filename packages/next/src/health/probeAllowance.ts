import type { RateLimit } from '@authpipe/core'

/** When memory of past windows is cleared. */
const mostWindows = 10_000

/** How much of providers' rate limits scheduled checks have used, in windows as long as the provider's. One for each process. */
export class ProbeAllowance {
  readonly #windows = new Map<string, { readonly endsAt: number; taken: number }>()

  /**
   * Takes one probe, if the share has one left.
   *
   * @param name - what shares the limit
   * @returns when there are some again; `undefined` when it was taken
   */
  take(name: string, { requests, perSeconds }: RateLimit, share: number, now: number): number | undefined {
    const windowMs = perSeconds * 1000
    const endsAt = (Math.floor(now / windowMs) + 1) * windowMs
    let window = this.#windows.get(name)
    if (window?.endsAt !== endsAt) this.#open(name, (window = { endsAt, taken: 0 }), now)
    if (window.taken >= Math.max(1, Math.floor(requests * share))) return endsAt
    window.taken += 1
    return undefined
  }

  #open(name: string, window: { readonly endsAt: number; taken: number }, now: number): void {
    if (this.#windows.size >= mostWindows) for (const [other, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(other)
    this.#windows.set(name, window)
  }
}
