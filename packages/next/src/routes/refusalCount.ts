const windowMs = 60_000

/**
 * Counts what was refused within a minute, whoever asked: where a request comes from is told by headers that anybody can write.
 * One for each process.
 */
export class RefusalCount {
  #endsAt = 0
  #count = 0

  /** Counts one more. @returns how many it makes, and when the count begins anew */
  add(now: number): { readonly count: number; readonly endsAt: number } {
    // Far ahead means that the clock was set back.
    if (now >= this.#endsAt || this.#endsAt - now > windowMs) {
      this.#endsAt = now + windowMs
      this.#count = 0
    }
    this.#count += 1
    return { count: this.#count, endsAt: this.#endsAt }
  }
}
