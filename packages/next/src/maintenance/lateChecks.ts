import type { Engine } from '../engine.ts'
import { isDue, type DueRow } from './dueRow.ts'

/** A check that is later than this was held up: by a stop of the process, or a step of the clock. */
const lateMs = 120_000

/** Spreads checks that were held up over as long as they are late, one interval at most, but for a few. */
export class LateChecks {
  readonly #engine: Engine
  #left: number
  #latestMs = 0

  constructor(engine: Engine, atOnce: number) {
    this.#engine = engine
    this.#left = atOnce
  }

  /** @returns `undefined` for what is on time, or more than a check, or one of the few */
  putOffUntil({ refreshAt, warnAt, checkAt }: DueRow): number | undefined {
    const now = this.#engine.now()
    if (checkAt === undefined || now - checkAt <= lateMs || isDue(refreshAt, now) || isDue(warnAt, now)) return undefined
    this.#latestMs = Math.max(this.#latestMs, now - checkAt)
    if (this.#left-- > 0) return undefined
    return Math.ceil(now + this.#engine.health.spread.next() * Math.min(this.#latestMs, this.#engine.config.health.checkEveryMs))
  }
}
