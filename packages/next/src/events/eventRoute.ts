// The way of stored events to one of those who are told: claimed, told, and then settled or put off.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { backoffMs } from '../backoffMs.ts'
import { log } from '../log.ts'
import { Pump } from '../pump.ts'
import type { ClaimedEvent, EventRecord, EventSink } from '../store/store.ts'
import type { Outcome, Telemetry } from '../telemetry/telemetry.ts'
import type { Outbox } from './outbox.ts'

/** What became of one try to tell of an event. */
export interface Telling {
  readonly isTaken: boolean
  /** Why not, in our own words; absent where the try was given up on our side. */
  readonly reason?: string
  /** How long nothing is to be told, in milliseconds. */
  readonly restMs?: number
  /** Whether nothing is to be told ever again. */
  readonly isGone?: boolean
}

/** Who is told. */
export interface EventListener {
  readonly sink: EventSink
  /** As a log line names it. */
  readonly name: string
  /** Whether there is somebody to tell now. */
  isThere(): boolean
  /** Resolves when one more event may be told. */
  turn(): Promise<void>
  tell(event: EventRecord): Promise<Telling>
}

/** An event that this process was given, until an instant. */
interface Claim extends ClaimedEvent {
  readonly until: number
}

/** How long an event is tried: 3 days. */
export const triedForMs = 3 * 86_400_000
/** Longest that one try may take: 30 seconds. */
export const longestTryMs = 30_000

const backoff = { firstMs: 10_000, longestMs: 3 * 3_600_000 }
/** Events that are told at once, and that are taken from the store at once: all that a process holds of a storm. */
const [atOnce, batch] = [10, 20]
/** How long an event belongs to the process that was given it: long enough for a whole batch to be begun and done. */
const claimMs = 90_000
/** How often it is seen to that events without a listener do not stay for ever, and how many at once. */
const [giveUpEveryMs, giveUpBatch] = [3_600_000, 10_000]

function outcomeOf({ isTaken, reason, isGone = false }: Telling): Outcome {
  if (isTaken) return { outcome: 'ok' }
  return { outcome: isGone ? 'gone' : reason === undefined ? 'given_back' : 'refused', isFailure: reason !== undefined }
}

/** Tells one listener of events, at least once each and in no certain order. One that is not taken holds up no other. */
export class EventRoute {
  readonly #listener: EventListener
  readonly #outbox: Outbox
  readonly #now: () => number
  readonly #telemetry: Telemetry
  readonly #pump: Pump<Claim>
  #restsUntil = 0
  #isRefusing = false
  #gaveUpAt = 0
  readonly #told: string[] = []
  #settling: Promise<void> | undefined

  constructor(listener: EventListener, outbox: Outbox, { now, telemetry }: { readonly now: () => number; readonly telemetry: Telemetry }) {
    this.#listener = listener
    this.#outbox = outbox
    this.#now = now
    this.#telemetry = telemetry
    const { sink } = listener
    this.#pump = new Pump<Claim>({ take: () => this.#take(), work: (claim) => this.#deliver(claim), giveBack: ({ event }) => outbox.postpone(sink, event.id, now()) }, atOnce)
  }

  /** Tells of what is due. @returns once all of it was told or put off @throws {AuthpipeError} `store_unavailable` */
  run(): Promise<void> {
    return this.#pump.run()
  }

  /** Begins nothing more. @returns once nothing is under way */
  stop(): Promise<void> {
    return this.#pump.stop()
  }

  async #take(): Promise<Claim[]> {
    const now = this.#now()
    if (!this.#listener.isThere()) await this.#giveUpOldOnes(now)
    if (!this.#listener.isThere() || now < this.#restsUntil) return []
    const until = now + claimMs
    const claimed = await this.#outbox.claim(this.#listener.sink, now, until, batch)
    return claimed.map((claim) => ({ ...claim, until }))
  }

  async #deliver({ event, attempts, until }: Claim): Promise<void> {
    await this.#listener.turn()
    // Somebody else is given it before this try would be over.
    if (this.#now() + longestTryMs > until) return
    if (this.#now() < this.#restsUntil) return this.#putOff(event, attempts, this.#restsUntil)
    const facts = { sink: this.#listener.sink, attempt: attempts, ...(event.provider === '' ? {} : { provider: event.provider }) }
    const telling = await this.#telemetry.measure('deliver', facts, () => this.#listener.tell(event), outcomeOf)
    if (telling.isTaken) {
      this.#isRefusing = false
      return this.#settle(event)
    }
    const now = this.#now()
    const { name } = this.#listener
    const { id, type } = event
    const { reason, restMs = 0 } = telling
    this.#restsUntil = Math.max(this.#restsUntil, now + restMs)
    if (reason !== undefined && now - event.occurredAt > triedForMs) {
      log(`an event was given up: ${name} did not take it in 3 days`, { event: id, type, reason })
      return this.#settle(event)
    }
    // Whoever is down for a while refuses thousands; one line says it.
    if (reason !== undefined && !this.#isRefusing) log(`${name} did not take an event; it stays and is told again`, { event: id, type, reason })
    this.#isRefusing ||= reason !== undefined
    return this.#putOff(event, attempts, now + restMs)
  }

  /** Tells again after an instant. */
  async #putOff({ id }: EventRecord, attempts: number, notBefore: number): Promise<void> {
    await this.#outbox.postpone(this.#listener.sink, id, Math.max(notBefore, this.#now()) + backoffMs(attempts, backoff))
  }

  /** Those that were told at about the same time are settled by one write. */
  #settle({ id }: EventRecord): Promise<void> {
    this.#told.push(id)
    return (this.#settling ??= this.#settleTold())
  }

  async #settleTold(): Promise<void> {
    try {
      // Nobody joins a write that has begun, so whoever came meanwhile is in the next one.
      while (this.#told.length > 0) {
        await nextTurn()
        await this.#outbox.settle(this.#listener.sink, this.#told.splice(0))
      }
    } finally {
      this.#settling = undefined
    }
  }

  async #giveUpOldOnes(now: number): Promise<void> {
    if (now < this.#gaveUpAt + giveUpEveryMs) return
    this.#gaveUpAt = now
    const events = await this.#outbox.giveUp(this.#listener.sink, now - triedForMs, giveUpBatch)
    if (events > 0) log(`events were given up: ${this.#listener.name} is not there to take them`, { events })
  }
}
