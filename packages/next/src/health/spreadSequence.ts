/**
 * Numbers from 0 to below 1 that fill the range evenly, however many are taken: by chance some would crowd together. Each process
 * starts at a place of its own.
 *
 * @see van der Corput, Verteilungsfunktionen (1935)
 */
export class SpreadSequence {
  readonly #start: number
  #taken = 0

  constructor(random: () => number = Math.random) {
    this.#start = random()
  }

  next(): number {
    let bits = this.#taken++ >>> 0
    let reversed = 0
    for (let bit = 0; bit < 32; bit += 1) {
      reversed = reversed * 2 + (bits & 1)
      bits >>>= 1
    }
    return (this.#start + reversed / 2 ** 32) % 1
  }
}
