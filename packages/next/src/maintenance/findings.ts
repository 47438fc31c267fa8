import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Engine } from '../engine.ts'
import { settleFindings, type Look } from '../health/settleFindings.ts'
import type { Postponement } from '../store/store.ts'
import type { Pass } from './pass.ts'

/** Findings are weighed together: so many of them, or those of so long. */
const settleAfter = { looks: 200, ms: 20_000 }
/** Most rows that are written in one statement. */
const batch = 100

/** What looks have found and what was put off, until enough of it is there to be written at once. */
export class Findings {
  readonly #engine: Engine
  readonly #pass: Pass
  #looks: Look[] = []
  #postponements: Postponement[] = []
  #firstAt = 0
  #settling: Promise<void> = Promise.resolve()

  constructor(engine: Engine, pass: Pass) {
    this.#engine = engine
    this.#pass = pass
  }

  async add(outcome: Look | Postponement): Promise<void> {
    if ('until' in outcome) return this.putOff(outcome)
    if (this.#looks.length === 0) this.#firstAt = performance.now()
    this.#looks.push(outcome)
    if (this.#looks.length >= settleAfter.looks || performance.now() - this.#firstAt > settleAfter.ms) await this.settle()
  }

  putOff({ tenantId, connectionId, part, until }: Postponement): void {
    this.#postponements.push({ tenantId, connectionId, part, until })
  }

  /** @param least - leaves alone what was put off while it is less than this */
  settle(least?: number): Promise<void> {
    const settled = this.#settling.then(() => this.#settle(least))
    this.#settling = settled.catch(() => undefined)
    return settled
  }

  async #settle(least = 0): Promise<void> {
    while (this.#postponements.length > 0 && this.#postponements.length >= least) {
      await this.#engine.store.postpone(this.#postponements.splice(0, batch))
      await nextTurn()
    }
    if (least > 0) return
    const looks = this.#looks
    this.#looks = []
    await settleFindings(this.#engine, looks)
    this.#pass.checked += looks.length
  }
}
