import { randomUUID } from 'node:crypto'

const maximum = 1000

/** Authorization requests whose consent page is open, each to be decided once. */
export class PendingConsents<T> {
  readonly #pending = new Map<string, T>()

  open(request: T): string {
    const id = randomUUID()
    this.#pending.set(id, request)
    // Pages that nobody ever decides must not add up.
    for (const oldest of this.#pending.keys()) {
      if (this.#pending.size <= maximum) break
      this.#pending.delete(oldest)
    }
    return id
  }

  /** The request behind a page; the second time there is none. */
  take(id: string | undefined): T | undefined {
    if (id === undefined) return undefined
    const request = this.#pending.get(id)
    this.#pending.delete(id)
    return request
  }

  clear(): void {
    this.#pending.clear()
  }
}
