/** Where a {@link Pump} gets its work. */
export interface WorkSource<Piece> {
  /** Takes pieces that are due; none when nothing is. */
  take(): Promise<readonly Piece[]>
  /** Does one of them. */
  work(piece: Piece): Promise<void>
  /** Leaves a piece to others that was taken and will not be begun. */
  giveBack(piece: Piece): Promise<void>
}

/**
 * Does what is due until nothing is, some of it at once: a piece that takes long holds up no other one. It holds no more of the work
 * than it has just taken.
 */
export class Pump<Piece> {
  readonly #source: WorkSource<Piece>
  readonly #atOnce: number
  readonly #workers = new Set<Promise<void>>()
  readonly #taken: Piece[] = []
  #taking: Promise<void> | undefined
  #calls = 0
  #isStopped = false

  constructor(source: WorkSource<Piece>, atOnce: number) {
    this.#source = source
    this.#atOnce = atOnce
  }

  /** Looks for work. @returns once all of it is done @throws what the source throws */
  async run(): Promise<void> {
    this.#calls += 1
    this.#hire()
    while (this.#workers.size > 0) await Promise.all(this.#workers)
  }

  /** Begins nothing more. @returns once nothing is under way */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.allSettled([this.#taking])
    await Promise.allSettled(this.#taken.splice(0).map((piece) => this.#source.giveBack(piece)))
    await Promise.allSettled(this.#workers)
  }

  #hire(): void {
    if (this.#isStopped || this.#workers.size >= this.#atOnce) return
    const worker: Promise<void> = this.#labour().finally(() => this.#workers.delete(worker))
    this.#workers.add(worker)
    // Who called may have gone on by the time it fails.
    worker.catch(() => undefined)
  }

  async #labour(): Promise<void> {
    for (let piece = await this.#next(); piece !== undefined; piece = await this.#next()) {
      if (this.#taken.length > 0) this.#hire()
      await this.#source.work(piece)
    }
  }

  async #next(): Promise<Piece | undefined> {
    for (;;) {
      if (this.#isStopped) return undefined
      const piece = this.#taken.shift()
      if (piece !== undefined) return piece
      const calls = this.#calls
      this.#taking ??= this.#take().finally(() => (this.#taking = undefined))
      await this.#taking
      // Who called while the source was asked may mean something that came after the question.
      if (this.#taken.length === 0 && this.#calls === calls) return undefined
    }
  }

  async #take(): Promise<void> {
    this.#taken.push(...(await this.#source.take()))
  }
}
