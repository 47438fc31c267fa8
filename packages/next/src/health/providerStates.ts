import type { EventRecord, ProviderStateRecord, Store } from '../store/store.ts'

/** What becomes of a state, and what is told of it. */
export interface StateChange {
  readonly state: ProviderStateRecord
  readonly events?: readonly EventRecord[]
}

/** How old what this process remembers may be. */
const maxAgeMs = 1_000
/** How often a change is tried that others come before. */
const mostTries = 20

/** What the processes of an app know together of each provider: one row each, read at most every second and changed by compare-and-set. */
export class ProviderStates {
  readonly #store: Store
  readonly #known = new Map<string, { readonly state: ProviderStateRecord; readonly readAt: number }>()
  readonly #reading = new Map<string, Promise<ProviderStateRecord>>()

  constructor(store: Store) {
    this.#store = store
  }

  /** As it was at most a second ago. */
  async find(provider: string): Promise<ProviderStateRecord> {
    const known = this.#known.get(provider)
    if (known && performance.now() - known.readAt < maxAgeMs) return known.state
    let reading = this.#reading.get(provider)
    if (!reading) {
      reading = this.#read(provider).finally(() => this.#reading.delete(provider))
      this.#reading.set(provider, reading)
    }
    return reading
  }

  /** What this process last saw, without asking. */
  peek(provider: string): ProviderStateRecord | undefined {
    return this.#known.get(provider)?.state
  }

  /**
   * Changes a state as it is now.
   *
   * @param change - is asked again when somebody else came before; `undefined` leaves it as it is
   * @returns the state after it
   */
  async update(provider: string, change: (present: ProviderStateRecord) => StateChange | undefined | Promise<StateChange | undefined>): Promise<ProviderStateRecord> {
    for (let tries = 1; ; tries += 1) {
      const present = await this.#read(provider)
      const changed = await change(present)
      if (!changed) return present
      const state = { ...changed.state, version: present.version + 1 }
      if (await this.#store.putProviderState(state, changed.events)) return this.#remember(state)
      // What is lost then is one of many outcomes.
      if (tries === mostTries) return this.#read(provider)
    }
  }

  async #read(provider: string): Promise<ProviderStateRecord> {
    return this.#remember((await this.#store.findProviderState(provider)) ?? { provider, recent: '', version: 0 })
  }

  #remember(state: ProviderStateRecord): ProviderStateRecord {
    this.#known.set(state.provider, { state, readAt: performance.now() })
    return state
  }
}
