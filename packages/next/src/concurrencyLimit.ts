/** Lets so many pieces of work run at once for each name; the others wait in the order in which they came. */
export class ConcurrencyLimit {
  readonly #atOnce: number
  readonly #lanes = new Map<string, { running: number; readonly waiting: (() => void)[] }>()

  constructor(atOnce: number) {
    this.#atOnce = atOnce
  }

  /** How much is running or waiting. */
  load(name: string): number {
    const lane = this.#lanes.get(name)
    return lane ? lane.running + lane.waiting.length : 0
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    let lane = this.#lanes.get(name)
    if (!lane) this.#lanes.set(name, (lane = { running: 0, waiting: [] }))
    const { waiting } = lane
    // Who is let in is counted by who lets it in, so that nobody slips in between.
    if (lane.running >= this.#atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else lane.running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else if ((lane.running -= 1) === 0) this.#lanes.delete(name)
    }
  }
}
