import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { maintain } from './maintain.ts'

const roundEveryMs = 15_000
const budgetMs = 10_000

/** Runs maintenance again and again until it is stopped. It keeps no process alive. */
export class Scheduler {
  readonly #engine: Engine
  #timer: NodeJS.Timeout | undefined

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Repeating it changes nothing. */
  start(): void {
    if (this.#timer) return
    const next = (): void => {
      // A little chance keeps processes that started together from coming round together.
      this.#timer = setTimeout(() => void round(), roundEveryMs * (0.9 + 0.2 * Math.random())).unref()
    }
    const round = async (): Promise<void> => {
      await maintain(this.#engine, budgetMs).catch(() => log('a round of maintenance failed; the next one tries again'))
      if (this.#timer) next()
    }
    next()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
