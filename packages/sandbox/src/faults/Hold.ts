/** A gate in front of an endpoint, or between its work and its answer: requests wait until it is released. */
export class Hold {
  readonly #released: Promise<void>
  #open: () => void = () => undefined
  readonly #awaited: { readonly count: number; readonly resolve: () => void }[] = []
  readonly #onRelease: () => void
  #arrived = 0

  constructor(onRelease: () => void) {
    this.#onRelease = onRelease
    this.#released = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  /** How many requests wait here or did. */
  get count(): number {
    return this.#arrived
  }

  /** Resolves once this many requests have come. */
  arrived(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#arrived >= count) resolve()
      else this.#awaited.push({ count, resolve })
    })
  }

  /** Lets everyone through, now and later. */
  release(): void {
    this.#onRelease()
    this.#open()
  }

  /** Waits like a request. */
  pass(): Promise<void> {
    this.#arrived += 1
    for (const { count, resolve } of this.#awaited) if (this.#arrived >= count) resolve()
    return this.#released
  }
}
