// Everybody who is told of events: `onEvent`, and the webhook.
import type { Config } from '../config.ts'
import { log } from '../log.ts'
import type { OutboundFetch } from '../outboundFetch.ts'
import { Pace } from '../pace.ts'
import type { EventRecord, Store } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { toAuthpipeEvent } from './authpipeEvent.ts'
import { EventRoute, longestTryMs, type EventListener, type Telling } from './eventRoute.ts'
import { offerEvent } from './offerEvent.ts'
import { Outbox } from './outbox.ts'
import { sendEvent } from './sendEvent.ts'

export interface DeliveryParts {
  readonly store: Store
  readonly telemetry: Telemetry
  readonly fetch: OutboundFetch
  /** The newest options. */
  readonly config: () => Config
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Aborted when nobody waits any longer for what is under way. */
  readonly closing: AbortSignal
}

/** Tells of events. There is one for each engine, so that what holds for a process holds for all copies of this module in it. */
export class EventDeliveries {
  readonly #routes: readonly EventRoute[]

  constructor(parts: DeliveryParts) {
    const outbox = new Outbox(parts.store)
    this.#routes = [new App(parts), new WebhookReceiver(parts)].map((listener) => new EventRoute(listener, outbox, parts))
  }

  /** Tells of what is due. @returns once all of it was told or put off @throws {AuthpipeError} `store_unavailable` */
  async run(): Promise<void> {
    await Promise.all(this.#routes.map((route) => route.run()))
  }

  /** Begins nothing more. @returns once nothing is under way */
  async stop(): Promise<void> {
    await Promise.all(this.#routes.map((route) => route.stop()))
  }
}

class App implements EventListener {
  readonly sink = 'app'
  readonly name = 'onEvent'
  readonly #parts: DeliveryParts

  constructor(parts: DeliveryParts) {
    this.#parts = parts
  }

  isThere(): boolean {
    return this.#parts.config().onEvent !== undefined
  }

  async turn(): Promise<void> {}

  async tell(event: EventRecord): Promise<Telling> {
    const { config, closing } = this.#parts
    const { onEvent } = config()
    return onEvent ? offerEvent(onEvent, toAuthpipeEvent(event), longestTryMs, closing) : { isTaken: false }
  }
}

class WebhookReceiver implements EventListener {
  readonly sink = 'webhook'
  readonly name = 'the webhook'
  readonly #parts: DeliveryParts
  readonly #pace = new Pace()
  /** Options whose URL has answered that it is gone. */
  #gone: Config['webhooks']

  constructor(parts: DeliveryParts) {
    this.#parts = parts
  }

  isThere(): boolean {
    return this.#options() !== undefined
  }

  async turn(): Promise<void> {
    await this.#pace.turn('', this.#options()?.maxPerSecond ?? Infinity)
  }

  async tell(event: EventRecord): Promise<Telling> {
    const { fetch, now, closing } = this.#parts
    const options = this.#options()
    if (!options) return { isTaken: false }
    const telling = await sendEvent(fetch, options, toAuthpipeEvent(event), now(), closing)
    if (telling.isGone && this.#gone !== options) {
      this.#gone = options
      log('the webhook answered 410 Gone: nothing is sent there until the server starts again or its options change')
    }
    return telling
  }

  #options(): Config['webhooks'] {
    const { webhooks } = this.#parts.config()
    return webhooks === this.#gone ? undefined : webhooks
  }
}
