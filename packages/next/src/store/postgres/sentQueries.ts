import type { PoolClient, QueryConfig } from 'pg'

/** Queries of a transaction that are on their way, in order, while others are thought of: waited for one by one, each would cost a round trip. */
export class SentQueries {
  readonly #client: PoolClient
  readonly #answers: Promise<unknown>[] = []

  constructor(client: PoolClient) {
    this.#client = client
  }

  add(query: string | QueryConfig): void {
    const answer = typeof query === 'string' ? this.#client.query(query) : this.#client.query(query)
    // It is looked at in its turn.
    answer.catch(() => undefined)
    this.#answers.push(answer)
  }

  /** Waits for all. @throws whatever the first one that failed did: those after it say only that something had failed */
  async settle(): Promise<void> {
    for (const answer of this.#answers) await answer
  }
}
