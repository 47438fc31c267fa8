import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { doChores, shardsFromAnywhere } from './maintain.ts'
import { workDue } from './workDue.ts'

/** How long it takes to come round all shards. */
const defaultRoundMs = 15_000
const budgetMs = 10_000
/** Late checks of one shard that are made at once: it comes round again soon, so the rest is spread. */
const lateChecks = 5

/**
 * Does what `maintain` does, again and again until it is stopped: a shard at a time, so that what is due over a round is not done all at
 * once, and the chores once in a round. A shard that takes long holds up no other. It keeps no process alive.
 */
export class Scheduler {
  readonly #engine: Engine
  readonly #roundMs: number
  readonly #shards = shardsFromAnywhere()
  #timer: NodeJS.Timeout | undefined
  #turns = 0

  constructor(engine: Engine, roundMs = defaultRoundMs) {
    this.#engine = engine
    this.#roundMs = roundMs
  }

  /** Repeating it changes nothing. */
  start(): void {
    this.#timer ??= this.#next()
  }

  /** What is under way ends; nothing more is begun. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #next(): NodeJS.Timeout {
    // A little chance keeps processes that started together from coming round together.
    const waitMs = (this.#roundMs / this.#shards.length) * (0.9 + 0.2 * Math.random())
    return setTimeout(() => {
      this.#engine.background(this.turn().catch(() => log('a round of maintenance failed; the next one tries again')))
      this.#timer = this.#next()
    }, waitMs).unref()
  }

  /** Does the next shard, and before the first one the chores. */
  async turn(): Promise<void> {
    const turn = this.#turns++ % this.#shards.length
    const endsAt = performance.now() + budgetMs
    const isOver = (): boolean => performance.now() >= endsAt || this.#engine.closing.aborted
    const work = [workDue(this.#engine, this.#shards.slice(turn, turn + 1), { isOver, lateChecks, refreshed: 0, failed: 0, warned: 0, checked: 0 })]
    if (turn === 0) work.push(this.#chores(isOver))
    const results = await Promise.allSettled(work)
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #chores(isOver: () => boolean): Promise<void> {
    await this.#engine.followClock()
    await doChores(this.#engine, isOver, budgetMs)
  }
}
