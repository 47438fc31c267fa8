import { parseFault, type Fault } from './faults/Fault.ts'
import { Faults, type HoldMoment } from './faults/Faults.ts'
import type { Hold } from './faults/Hold.ts'
import type { RequestLog } from './RequestLog.ts'
import { amount, list, nullable, oneOf, optional, record, some, text, type Members, type Parser } from './shape.ts'
import { endpoints, type Endpoint, type Route } from './standIn.ts'
import type { LedgerEntry, LedgerSettings, Rotation, TokenLedger } from './TokenLedger.ts'

/** Settings that every stand-in has. */
export interface StandInSettings extends LedgerSettings {
  /** What the app must send; change it to see a secret that was replaced at the provider. */
  readonly clientSecret: string
  /** Redirect URIs that are registered; `null` takes any on this machine without query and fragment. */
  readonly redirectUris: readonly string[] | null
  /** `Cross-Origin-Opener-Policy` of the provider's pages. */
  readonly coop: 'same-origin' | 'same-origin-allow-popups' | null
  /** The account of somebody who is signed in and approved before, so that no consent page is shown. */
  readonly signedInAs: string | null
  /** Accounts that are suspended. */
  readonly suspended: readonly string[]
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

const parseRotation: Parser<Rotation> = (value, name) =>
  typeof value === 'string'
    ? oneOf(['none', 'single_use', 'strict'])(value, name)
    : { graceSeconds: amount(record(value, name).graceSeconds, `${name}.graceSeconds`) }

/** Parsers of the settings that every stand-in has. */
export const settingMembers: Members<StandInSettings> = {
  expiresInSeconds: amount,
  rotation: parseRotation,
  grantedScopes: nullable(list(text)),
  clientSecret: text,
  redirectUris: nullable(list(text)),
  coop: nullable(oneOf(['same-origin', 'same-origin-allow-popups'])),
  signedInAs: nullable(text),
  suspended: list(text),
}

/** A running stand-in: changes how it behaves, and tells what happened to it. */
export class StandInControl<Settings extends StandInSettings> {
  /** Who can sign in. */
  readonly people: readonly Person[]
  /** @internal */
  readonly routes: readonly Route[]
  /** @internal */
  readonly faults = new Faults()

  readonly #id: string
  readonly #ledger: TokenLedger
  readonly #log: RequestLog
  readonly #settings: Settings
  readonly #initial: Settings
  readonly #parseSettings: Parser<Partial<Settings>>
  readonly #forget: () => void

  constructor(parts: {
    readonly id: string
    readonly routes: readonly Route[]
    readonly people: readonly Person[]
    readonly ledger: TokenLedger
    readonly log: RequestLog
    /** The object that the stand-in reads; `set` writes into it. */
    readonly settings: Settings
    readonly members: Members<Settings>
    /** Drops whatever else the stand-in remembers. */
    readonly forget: () => void
  }) {
    this.people = parts.people
    this.routes = parts.routes
    this.#id = parts.id
    this.#ledger = parts.ledger
    this.#log = parts.log
    this.#settings = parts.settings
    this.#initial = { ...parts.settings }
    this.#parseSettings = some(parts.members)
    this.#forget = parts.forget
  }

  /** Changes some settings until they are set again or reset. */
  set(settings: Partial<Settings>): void {
    Object.assign(this.#settings, settings)
  }

  /** Ends the life of access tokens now. @param accountId - whose; everybody's without it */
  expireAccessTokens(accountId?: string): void {
    this.#ledger.expire('access', accountId)
  }

  /** Ends the life of refresh tokens now. @param accountId - whose; everybody's without it */
  expireRefreshTokens(accountId?: string): void {
    this.#ledger.expire('refresh', accountId)
  }

  /** Takes the app's access away, as the person can at the provider. @param accountId - whose; everybody's without it */
  revokeGrants(accountId?: string): void {
    this.#ledger.revokeGrants(accountId)
  }

  /**
   * Makes the next requests to an endpoint fail. Several faults are used up one after the other.
   *
   * @param times - how many requests; `Infinity` until the reset
   */
  fault(endpoint: Endpoint, fault: Fault, { times = 1 }: { times?: number } = {}): void {
    this.faults.inject(endpoint, fault, times)
  }

  /** Makes requests to an endpoint wait until the hold is released, before their work or after it. */
  hold(endpoint: Endpoint, moment: HoldMoment = 'before'): Hold {
    return this.faults.hold(endpoint, moment)
  }

  /** Releases every hold of an endpoint. */
  release(endpoint: Endpoint): void {
    this.faults.release(endpoint)
  }

  /** How many authorization requests came since the last reset. */
  authorizationRequests(): number {
    return this.#log.count(this.#id, 'authorization')
  }

  /** How many token requests came since the last reset, held and failed ones too. */
  tokenRequests(): number {
    return this.#log.count(this.#id, 'token')
  }

  /** How many revocation requests came since the last reset. */
  revokeRequests(): number {
    return this.#log.count(this.#id, 'revocation')
  }

  /** How many API requests came since the last reset. */
  apiRequests(): number {
    return this.#log.count(this.#id, 'api')
  }

  /** What became of each grant: granted, refreshed, reused, evicted, revoked. */
  rotationLedger(): readonly LedgerEntry[] {
    return this.#ledger.entries()
  }

  /**
   * Everything secret that was ever handed out, also before a reset, to search for in places where it must not be.
   *
   * @security Only in this process; the HTTP control API never tells it.
   */
  issuedSecrets(): { readonly codes: readonly string[]; readonly accessTokens: readonly string[]; readonly refreshTokens: readonly string[] } {
    return this.#ledger.issued()
  }

  /** Back to the state of the start: no tokens, no faults, no holds, first settings, empty counters. */
  reset(): void {
    Object.assign(this.#settings, this.#initial)
    this.faults.reset()
    this.#ledger.reset()
    this.#log.clear(this.#id)
    this.#forget()
  }

  /** What the HTTP control API tells; holds no secret. */
  state(): Readonly<Record<string, unknown>> {
    const { clientSecret: _, ...settings } = this.#settings
    return {
      settings,
      people: this.people,
      requests: Object.fromEntries(endpoints.map((endpoint) => [endpoint, this.#log.count(this.#id, endpoint)])),
      holds: this.faults.holds(),
      rotationLedger: this.rotationLedger(),
    }
  }

  /** Does what the HTTP control API was told; `false` where it knows no such action. Throws an InvalidShape. */
  act(action: string, body: Readonly<Record<string, unknown>>): boolean {
    const accountId = (): string | undefined => optional(text)(body.accountId, 'accountId')
    const endpoint = (): Endpoint => oneOf(endpoints)(body.endpoint, 'endpoint')
    switch (action) {
      case 'settings':
        this.set(this.#parseSettings(body, 'settings'))
        return true
      case 'expire-access-tokens':
        this.expireAccessTokens(accountId())
        return true
      case 'expire-refresh-tokens':
        this.expireRefreshTokens(accountId())
        return true
      case 'revoke-grants':
        this.revokeGrants(accountId())
        return true
      case 'fault': {
        const times = body.times === 'always' ? Infinity : (optional(amount)(body.times, 'times') ?? 1)
        this.fault(endpoint(), parseFault(body.fault, 'fault'), { times })
        return true
      }
      case 'hold':
        this.hold(endpoint(), optional(oneOf(['before', 'after']))(body.moment, 'moment'))
        return true
      case 'release':
        this.release(endpoint())
        return true
      case 'reset':
        this.reset()
        return true
      default:
        return false
    }
  }
}
