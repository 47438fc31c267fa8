/** Steps back by less than this are taken for what clocks do when they are set right. */
const smallStepMs = 1_000

/**
 * The time by which leases, expiries and schedules are judged. It follows this machine's clock, never runs backwards by more than a
 * moment, and can be set by the clock that all processes share: the database's.
 *
 * A step of the machine's clock forwards is followed, since a machine that slept looks the same; one backwards is not, since it would
 * make tokens look fresh that are long over.
 */
export class Clock {
  readonly #read: () => number
  #last: number
  #aheadMs = 0

  /** @param read - this machine's clock, in epoch milliseconds */
  constructor(read: () => number) {
    this.#read = read
    this.#last = read()
  }

  /** Epoch milliseconds. */
  readonly now = (): number => {
    const read = this.#read()
    if (read < this.#last - smallStepMs) this.#aheadMs += this.#last - read
    this.#last = read
    return read + this.#aheadMs
  }

  /** Sets it by another clock. @param readOther - asks it, in epoch milliseconds; `undefined` where it is this machine's */
  async follow(readOther: () => Promise<number | undefined>): Promise<void> {
    const asked = this.#read()
    const other = await readOther()
    if (other === undefined) return
    // It was read somewhere between the question and the answer.
    this.#aheadMs = Math.round(other - (asked + this.#read()) / 2)
    this.#last = this.#read()
  }
}
