// How often credentials are handed out: counted in memory, and written down in batches that nobody waits for.
import type { CredentialReads, Store } from '../store/store.ts'

/** Of this many connections at most is written in one transaction. */
const batch = 500
/** So many counts at most are kept in memory while the database takes them. */
const many = 2_000

export class ReadCounts {
  readonly #now: () => number
  readonly #onMany: () => void
  #counts = new Map<string, { readonly tenantId: string; readonly connectionId: string; reads: number; lastReadAt: number }>()

  /** @param onMany - is told when so many connections are counted that they should be written down before their time */
  constructor(now: () => number, onMany: () => void) {
    this.#now = now
    this.#onMany = onMany
  }

  add(tenantId: string, connectionId: string, reads = 1): void {
    // The length keeps apart what the two ids together would blur.
    const key = `${tenantId.length} ${tenantId}${connectionId}`
    const count = this.#counts.get(key)
    if (count) {
      count.reads += reads
      count.lastReadAt = this.#now()
    } else {
      this.#counts.set(key, { tenantId, connectionId, reads, lastReadAt: this.#now() })
      if (this.#counts.size % many === 0) this.#onMany()
    }
  }

  /** Writes down what was counted. What cannot be written stays counted. @throws {AuthpipeError} `store_unavailable` (retryable) */
  async store(store: Store): Promise<void> {
    const day = dayOf(this.#now())
    const counts = [...this.#counts.values()]
    this.#counts = new Map()
    while (counts.length > 0) {
      const next: CredentialReads[] = counts.splice(0, batch).map((count) => ({ ...count, day }))
      try {
        await store.addReads(next)
      } catch (error) {
        for (const { tenantId, connectionId, reads } of [...next, ...counts]) this.add(tenantId, connectionId, reads)
        throw error
      }
    }
  }
}

/** The day of an instant, in UTC. */
export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10)
}
