import type { Endpoint } from '../standIn.ts'
import type { Fault } from './Fault.ts'
import { Hold } from './Hold.ts'

/** Where a hold stops a request: before it does its work, or when the work is done and the answer is not yet sent. */
export type HoldMoment = 'before' | 'after'

/** A fault that was injected: how many requests it is still for, and how to take it back. */
export interface InjectedFault {
  readonly left: number
  withdraw(): void
}

interface Queued {
  readonly fault: Fault
  times: number
}

interface Held {
  readonly endpoint: Endpoint
  readonly moment: HoldMoment
  readonly hold: Hold
  /** How many requests it stops. */
  readonly requests: number
}

/** The faults and holds that one stand-in was told to have. */
export class Faults {
  readonly #queues = new Map<Endpoint, Queued[]>()
  readonly #holds = new Set<Held>()

  inject(endpoint: Endpoint, fault: Fault, times: number): InjectedFault {
    const queued: Queued = { fault, times }
    this.#queues.set(endpoint, [...(this.#queues.get(endpoint) ?? []), queued])
    return {
      get left() {
        return Math.max(0, queued.times)
      },
      withdraw: () => void (queued.times = 0),
    }
  }

  /** The fault of this request, which is thereby spent. */
  take(endpoint: Endpoint): Fault | undefined {
    const queue = this.#queues.get(endpoint)?.filter(({ times }) => times >= 1) ?? []
    this.#queues.set(endpoint, queue)
    const [first] = queue
    if (!first) return undefined
    first.times -= 1
    return first.fault
  }

  hold(endpoint: Endpoint, moment: HoldMoment, requests: number): Hold {
    const found = this.#find(endpoint, moment)
    if (found?.requests === Infinity && requests === Infinity) return found.hold
    const hold = new Hold(() => this.#holds.delete(held))
    const held: Held = { endpoint, moment, hold, requests }
    this.#holds.add(held)
    return hold
  }

  release(endpoint: Endpoint): void {
    for (const held of this.#holds) if (held.endpoint === endpoint) held.hold.release()
  }

  async pass(endpoint: Endpoint, moment: HoldMoment): Promise<void> {
    await this.#find(endpoint, moment)?.hold.pass()
  }

  holds(): readonly { readonly endpoint: Endpoint; readonly moment: HoldMoment; readonly waiting: number }[] {
    return [...this.#holds].map(({ endpoint, moment, hold }) => ({ endpoint, moment, waiting: hold.count }))
  }

  reset(): void {
    this.#queues.clear()
    for (const { hold } of this.#holds) hold.release()
  }

  /** The oldest hold that still stops a request. */
  #find(endpoint: Endpoint, moment: HoldMoment): Held | undefined {
    return [...this.#holds].find((held) => held.endpoint === endpoint && held.moment === moment && held.hold.count < held.requests)
  }
}
