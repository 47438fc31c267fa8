/** How a call stands to its account's limit. */
export interface Allowance {
  readonly allowed: boolean
  /** Calls that are left in this minute. */
  readonly remaining: number
  /** Seconds until the next minute begins, rounded up. */
  readonly resetsInSeconds: number
}

const windowMs = 60_000

/** Counts the calls of each account in minutes that begin with its first call. */
export class MinuteWindow {
  readonly #windows = new Map<string, { readonly startedAt: number; calls: number }>()

  take(account: string, limit: number, now: number): Allowance {
    const found = this.#windows.get(account)
    const current = found && now - found.startedAt < windowMs ? found : { startedAt: now, calls: 0 }
    this.#windows.set(account, current)
    current.calls += 1
    const resetsInSeconds = Math.ceil((current.startedAt + windowMs - now) / 1000)
    return { allowed: current.calls <= limit, remaining: Math.max(0, limit - current.calls), resetsInSeconds }
  }

  clear(): void {
    this.#windows.clear()
  }
}
