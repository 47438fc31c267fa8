/** Most names that are remembered; the oldest go first. */
const mostNames = 10_000

/** Lets something be done for each name once in a while. One for each process. */
export class Recently {
  readonly #lastAt = new Map<string, number>()

  /** @returns whether it was not done for this name within `everyMs`; it counts as done then */
  isFirst(name: string, everyMs: number, now: number): boolean {
    const lastAt = this.#lastAt.get(name)
    if (lastAt !== undefined && now - lastAt < everyMs) return false
    // A Map keeps the order of insertion.
    this.#lastAt.delete(name)
    this.#lastAt.set(name, now)
    const [oldest] = this.#lastAt.keys()
    if (this.#lastAt.size > mostNames && oldest !== undefined) this.#lastAt.delete(oldest)
    return true
  }
}
