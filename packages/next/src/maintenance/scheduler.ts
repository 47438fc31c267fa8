import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { failureOf } from '../telemetry/failureOf.ts'
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
  readonly #underWay = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #turns = 0
  #isStopped = false
  #isFailing = false

  constructor(engine: Engine, roundMs = defaultRoundMs) {
    this.#engine = engine
    this.#roundMs = roundMs
  }

  /** Repeating it changes nothing. */
  start(): void {
    this.#isStopped = false
    this.#timer ??= this.#wait()
  }

  /** What is under way ends; nothing more is begun. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #wait(): NodeJS.Timeout {
    // A little chance keeps processes that started together from coming round together.
    const waitMs = (this.#roundMs / this.#shards.length) * (0.9 + 0.2 * Math.random())
    return setTimeout(() => {
      this.#engine.background(this.turn().then(() => this.#report(undefined), (error: unknown) => this.#report(failureOf(error).outcome)))
      this.#timer = this.#wait()
    }, waitMs).unref()
  }

  /** Does the next shard, and with the first one the chores. */
  async turn(): Promise<void> {
    const turn = this.#turns++ % this.#shards.length
    const endsAt = performance.now() + budgetMs
    const isOver = (): boolean => this.#isStopped || this.#engine.stopping.aborted || performance.now() >= endsAt
    const pass = { isOver, lateChecks, refreshed: 0, failed: 0, warned: 0, checked: 0 }
    const work = [this.#once(`shard ${turn}`, () => workDue(this.#engine, this.#shards.slice(turn, turn + 1), pass))]
    if (turn === 0) work.push(this.#once('chores', () => this.#chores(isOver)))
    for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason
  }

  /** Leaves out what is still under way from the round before. */
  async #once(name: string, work: () => Promise<void>): Promise<void> {
    if (this.#underWay.has(name)) return
    this.#underWay.add(name)
    try {
      await work()
    } finally {
      this.#underWay.delete(name)
    }
  }

  async #chores(isOver: () => boolean): Promise<void> {
    await this.#engine.followClock()
    await this.#engine.telemetry.measure('maintain', {}, () => doChores(this.#engine, isOver, budgetMs))
  }

  /** A database that is away for an hour is told of once. */
  #report(code: string | undefined): void {
    if (code !== undefined && !this.#isFailing) log('maintenance failed; it is tried again until it works', { code })
    this.#isFailing = code !== undefined
  }
}
