import type { AuthpipeEvent } from '@authpipe/core'
import type { EventPage } from '@authpipe/core/server'

/** Which events are listed. */
export interface EventPageQuery {
  /** The `nextCursor` of the page before; without it the newest. */
  readonly cursor?: string
  /**
   * Most events of a page, from 1 to 500.
   * @defaultValue `50`
   */
  readonly limit?: number
}

/** The audit log from some place on: awaited it is one page, and iterated every event, newest first, page after page. */
export class EventPages implements PromiseLike<EventPage>, AsyncIterable<AuthpipeEvent> {
  readonly #load: (cursor: string | undefined) => Promise<EventPage>
  readonly #cursor: string | undefined

  constructor(load: (cursor: string | undefined) => Promise<EventPage>, cursor: string | undefined) {
    this.#load = load
    this.#cursor = cursor
  }

  // oxlint-disable-next-line unicorn/no-thenable -- what makes `await` and `for await` work on the same call
  then<One = EventPage, Other = never>(onPage?: ((page: EventPage) => One | PromiseLike<One>) | null, onError?: ((error: unknown) => Other | PromiseLike<Other>) | null): Promise<One | Other> {
    return this.#load(this.#cursor).then(onPage, onError)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AuthpipeEvent, undefined> {
    let cursor = this.#cursor
    do {
      const page: EventPage = await this.#load(cursor)
      yield* page.events
      cursor = page.nextCursor
    } while (cursor !== undefined)
  }
}
