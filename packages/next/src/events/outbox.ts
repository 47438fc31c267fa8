import { ConcurrencyLimit } from '../concurrencyLimit.ts'
import type { ClaimedEvent, EventSink, Store } from '../store/store.ts'

/**
 * Events on their way. Each is one row for all who are told of it, and a claim passes over rows that are just being written: without an
 * order among the writes of this process, an event that one listener is done with would be hidden from another until somebody asks again.
 */
export class Outbox {
  readonly #store: Store
  readonly #writes = new ConcurrencyLimit(1)

  constructor(store: Store) {
    this.#store = store
  }

  claim(sink: EventSink, now: number, until: number, limit: number): Promise<ClaimedEvent[]> {
    return this.#writes.run('', () => this.#store.claimEvents(sink, now, until, limit))
  }

  settle(sink: EventSink, ids: readonly string[]): Promise<void> {
    return this.#writes.run('', () => this.#store.settleEvents(sink, ids))
  }

  postpone(sink: EventSink, id: string, at: number): Promise<void> {
    return this.#writes.run('', () => this.#store.postponeEvent(sink, id, at))
  }

  giveUp(sink: EventSink, dueBefore: number, limit: number): Promise<number> {
    return this.#writes.run('', () => this.#store.giveUpEvents(sink, dueBefore, limit))
  }
}
