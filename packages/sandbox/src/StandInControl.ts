import { parseFault, type Fault } from './faults/Fault.ts'
import { Faults, type HoldMoment, type InjectedFault } from './faults/Faults.ts'
import type { Hold } from './faults/Hold.ts'
import type { KeyedAccounts, SandboxAccount } from './KeyedAccounts.ts'
import type { RequestLog } from './RequestLog.ts'
import { amount, flag, list, oneOf, optional, some, text, type Members, type Parser } from './shape.ts'
import { endpoints, type Endpoint, type Route } from './standIn.ts'
import { sendWebhook, type WebhookDelivery } from './webhooks/sendWebhook.ts'
import { parseReceiver, parseWebhook, type Webhook, type WebhookWriter } from './webhooks/Webhook.ts'

/** Settings that every stand-in has. */
export interface StandInSettings {
  /** Accounts that are suspended. */
  readonly suspended: readonly string[]
  /** Whether every API call is one too many. */
  readonly rateLimited: boolean
}

/** A stand-in, whatever its settings are. */
export type AnyStandIn = Omit<StandInControl<StandInSettings>, 'set'>

/** Somebody who can sign in. */
export interface Person {
  readonly accountId: string
  readonly name: string
  readonly email: string
  /** Shown beside the name, such as the role. */
  readonly detail?: string
}

/** Parsers of the settings that every stand-in has. */
export const settingMembers: Members<StandInSettings> = { suspended: list(text), rateLimited: flag }

/** What a stand-in is made of. */
export interface StandInParts<Settings extends StandInSettings> {
  readonly id: string
  readonly routes: readonly Route[]
  /** @defaultValue nobody: the provider has only keys */
  readonly people?: readonly Person[]
  /** @defaultValue none: the provider has only sign-in */
  readonly accounts?: KeyedAccounts
  readonly log: RequestLog
  /** The object that the stand-in reads; `set` writes into it. */
  readonly settings: Settings
  readonly members: Members<Settings>
  /** How the provider writes its webhooks. @defaultValue it sends none */
  readonly webhooks?: { readonly now: () => number; readonly secret: () => string; readonly write: WebhookWriter }
  /** Drops whatever else the stand-in remembers. */
  readonly forget: () => void
}

/** What an action of the HTTP control API does; it answers with the state, or with what it resolves to. */
export type ControlAction = (body: Readonly<Record<string, unknown>>) => void | Promise<Readonly<Record<string, unknown>>>

/** A running stand-in: changes how it behaves, and tells what happened to it. */
export class StandInControl<Settings extends StandInSettings> {
  /** Who can sign in. */
  readonly people: readonly Person[]
  /** @internal */
  readonly routes: readonly Route[]
  /** @internal */
  readonly faults = new Faults()

  readonly #id: string
  readonly #accounts: KeyedAccounts | undefined
  readonly #log: RequestLog
  readonly #settings: Settings
  readonly #initial: Settings
  readonly #parseSettings: Parser<Partial<Settings>>
  readonly #webhooks: StandInParts<Settings>['webhooks']
  readonly #forget: () => void

  constructor(parts: StandInParts<Settings>) {
    this.people = parts.people ?? []
    this.routes = parts.routes
    this.#id = parts.id
    this.#accounts = parts.accounts
    this.#log = parts.log
    this.#settings = parts.settings
    this.#initial = { ...parts.settings }
    this.#parseSettings = some(parts.members)
    this.#webhooks = parts.webhooks
    this.#forget = parts.forget
  }

  /** The accounts that are connected by pasting, each with the key that is good for it now. */
  get accounts(): readonly SandboxAccount[] {
    return this.#accounts?.list() ?? []
  }

  /** Changes some settings until they are set again or reset. */
  set(settings: Partial<Settings>): void {
    Object.assign(this.#settings, settings)
  }

  /** Gives accounts other keys, as their people can at the provider; the old ones are dead. @param accountId - whose; everybody's without it */
  replaceKeys(accountId?: string): void {
    this.#accounts?.replaceKeys(accountId)
  }

  /**
   * Sends a webhook as the provider does, to an address of this machine.
   *
   * @returns how the receiver answered each copy
   * @throws {Error} when the address is another machine's, or the provider sends no webhooks
   */
  async sendWebhook(webhook: Webhook): Promise<WebhookDelivery[]> {
    if (!this.#webhooks) throw new Error(`The stand-in ${this.#id} sends no webhooks.`)
    const { event, accountId, data, signature = 'right', ageSeconds = 0, copies = 1 } = webhook
    const { now, write } = this.#webhooks
    const secret = webhook.secret ?? this.#webhooks.secret()
    const signing = { right: secret, wrong: `${secret}-wrong`, none: undefined }[signature]
    const request = write({ event, accountId, data, secret: signing, sentAt: now() - ageSeconds * 1000 })
    return sendWebhook(parseReceiver(webhook.url), request, copies)
  }

  /**
   * Makes the next requests to an endpoint fail. Several faults are used up one after the other.
   *
   * @param times - how many requests; `Infinity` until the reset
   * @returns how many are left, and a way to take it back
   */
  fault(endpoint: Endpoint, fault: Fault, { times = 1 }: { times?: number } = {}): InjectedFault {
    return this.faults.inject(endpoint, fault, times)
  }

  /**
   * Makes requests to an endpoint wait until the hold is released, before their work or after it. Several holds stop requests one
   * after the other.
   *
   * @param requests - how many requests it stops
   */
  hold(endpoint: Endpoint, moment: HoldMoment = 'before', { requests = Infinity }: { requests?: number } = {}): Hold {
    return this.faults.hold(endpoint, moment, requests)
  }

  /** Releases every hold of an endpoint. */
  release(endpoint: Endpoint): void {
    this.faults.release(endpoint)
  }

  /** How many API requests came since the last reset. */
  apiRequests(): number {
    return this.countRequests('api')
  }

  /** Back to the state of the start: first keys and settings, no faults, no holds, empty counters. */
  reset(): void {
    Object.assign(this.#settings, this.#initial)
    this.faults.reset()
    this.#accounts?.reset()
    this.#log.clear(this.#id)
    this.#forget()
  }

  /**
   * Every field of every key that was ever good, also before a reset, to search for in places where it must not be.
   *
   * @security Only in this process; the HTTP control API never tells it.
   */
  issuedKeys(): readonly string[] {
    return this.#accounts?.issued() ?? []
  }

  /** What the HTTP control API tells; holds no secret. */
  state(): Readonly<Record<string, unknown>> {
    return {
      // By their names, so that a new one cannot slip out.
      settings: Object.fromEntries(Object.entries(this.#settings).filter(([name]) => !/secret/i.test(name))),
      people: this.people,
      accounts: this.accounts.map(({ accountId, label, kind, settings }) => ({ accountId, label, kind, settings })),
      requests: Object.fromEntries(endpoints.map((endpoint) => [endpoint, this.countRequests(endpoint)])),
      holds: this.faults.holds(),
    }
  }

  /** Does what the HTTP control API was told and resolves to its answer; `undefined` where it knows no such action. Throws an InvalidShape. */
  async act(action: string, body: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>> | undefined> {
    const actions = this.actions()
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined
    if (!act) return undefined
    const told = await act(body)
    return told ?? this.state()
  }

  protected countRequests(endpoint: Endpoint): number {
    return this.#log.count(this.#id, endpoint)
  }

  protected actions(): Readonly<Record<string, ControlAction>> {
    return {
      settings: (body) => this.set(this.#parseSettings(body, 'settings')),
      fault: (body) => {
        const times = body.times === 'always' ? Infinity : (optional(amount)(body.times, 'times') ?? 1)
        this.fault(parseEndpoint(body), parseFault(body.fault, 'fault'), { times })
      },
      hold: (body) => {
        const requests = optional(amount)(body.requests, 'requests') ?? Infinity
        this.hold(parseEndpoint(body), optional(oneOf(['before', 'after']))(body.moment, 'moment'), { requests })
      },
      release: (body) => this.release(parseEndpoint(body)),
      reset: () => this.reset(),
      ...(this.#accounts && { 'replace-keys': (body) => this.replaceKeys(parseAccountId(body)) }),
      ...(this.#webhooks && { 'send-webhook': async (body) => ({ deliveries: await this.sendWebhook(parseWebhook(body)) }) }),
    }
  }
}

const parseEndpoint = (body: Readonly<Record<string, unknown>>): Endpoint => oneOf(endpoints)(body.endpoint, 'endpoint')

/** Whose, in the body of an action; `undefined` is everybody. */
export const parseAccountId = (body: Readonly<Record<string, unknown>>): string | undefined => optional(text)(body.accountId, 'accountId')
