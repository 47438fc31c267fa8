/**
 * A map bounded in size and time. It keeps two generations and drops the older one whole when the younger is full, so what
 * was used lately stays and no hit ever reorders anything.
 */
export class KeyCache<V> {
  readonly #halfSize: number
  readonly #lifetimeMs: number
  readonly #now: () => number
  #young = new Map<string, { readonly value: V; readonly until: number }>()
  #old = new Map<string, { readonly value: V; readonly until: number }>()

  constructor({ size, lifetimeMs, now }: { readonly size: number; readonly lifetimeMs: number; readonly now: () => number }) {
    this.#halfSize = Math.ceil(size / 2)
    this.#lifetimeMs = lifetimeMs
    this.#now = now
  }

  get(name: string): V | undefined {
    const entry = this.#young.get(name) ?? this.#promote(name)
    return entry && entry.until > this.#now() ? entry.value : undefined
  }

  set(name: string, value: V): void {
    this.#add(name, { value, until: this.#now() + this.#lifetimeMs })
  }

  delete(name: string): void {
    this.#young.delete(name)
    this.#old.delete(name)
  }

  /** Drops whatever has a name that begins so. */
  deleteAll(prefix: string): void {
    for (const entries of [this.#young, this.#old]) for (const name of entries.keys()) if (name.startsWith(prefix)) entries.delete(name)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }

  #promote(name: string): { readonly value: V; readonly until: number } | undefined {
    const entry = this.#old.get(name)
    if (entry) this.#add(name, entry)
    return entry
  }

  #add(name: string, entry: { readonly value: V; readonly until: number }): void {
    if (this.#young.size >= this.#halfSize && !this.#young.has(name)) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(name, entry)
  }
}
