import type { CredentialType } from '../connection.ts'
import type { Credential } from '../credential.ts'

const inspect = Symbol.for('nodejs.util.inspect.custom')
const redacted = '[redacted]'
/** Known to every copy of this module, of which a process of Next.js holds several: private fields are another copy's secret. */
const tell = Symbol.for('authpipe.credential.parts')

/**
 * What JSON shows in place of a secret. React Server Components ask for it as well, before they look at what they were given:
 * being no plain object, it is refused there like the secret itself.
 */
class Redacted {
  constructor(members: Readonly<Record<string, string>>) {
    Object.assign(this, members)
  }
}

/**
 * Named values that hold a secret, such as request headers. HTTP clients read headers by their enumerable names, so these are
 * enumerable; printed they are redacted, and being no plain object React Server Components refuse them.
 */
const secretValues: object = Object.create(Object.prototype, {
  toJSON: {
    value(this: object) {
      return new Redacted(Object.fromEntries(Object.keys(this).map((name) => [name, redacted])))
    },
  },
  toString: { value: () => redacted },
  [inspect]: { value: () => redacted },
})

type Values = Readonly<Record<string, string>>

/** Each value behind a getter: Node.js prints an error that nobody catches without asking what hangs on it how it wants to be shown. */
function protect(values: Values): Values {
  const getters = Object.entries(values).map(([name, value]) => [name, { get: () => value, enumerable: true }] as const)
  return Object.freeze(Object.create(secretValues, Object.fromEntries(getters)))
}

/** What a credential is made of. */
export interface CredentialParts {
  readonly credential: string
  readonly credentialType: CredentialType
  readonly connectionId: string
  readonly source: 'connection' | 'installation'
  /** Epoch milliseconds. */
  readonly expiresAt: number | undefined
  readonly scopes: readonly string[]
  readonly headers: Values
  readonly searchParams: Values | undefined
  readonly fields: Values
  readonly baseUrl: string
  readonly settings: Values
  /** Grows with each token or key that the connection gets, so that of two answers the newer one is known. */
  readonly generation: number
}

/**
 * The credential that `getCredential` answers with. Everything lives in a private field behind accessors, so nothing is
 * enumerable: printing, serialising and cloning show no secret, and React Server Components refuse the object.
 */
export class RevealedCredential implements Credential {
  readonly #parts: CredentialParts
  readonly #credential: string
  readonly #refreshed: boolean
  readonly #stale: boolean

  /** @param credential - that of the parts: what nearly every caller reads, at hand without touching them */
  constructor(parts: CredentialParts, refreshed = false, credential: string = parts.credential, stale = false) {
    this.#parts = parts
    this.#credential = credential
    this.#refreshed = refreshed
    this.#stale = stale
  }

  /** What a credential is made of, for caches and for the wire. */
  static partsOf(credential: RevealedCredential): CredentialParts {
    return credential[tell]()
  }

  [tell](): CredentialParts {
    return this.#parts
  }

  /** The same credential, marked as fetched by the very call that returns it. */
  asRefreshed(): RevealedCredential {
    return new RevealedCredential(this.#parts, true)
  }

  /** The same credential, marked as one that could not be asked for anew. */
  asStale(): RevealedCredential {
    return new RevealedCredential(this.#parts, this.#refreshed, this.#credential, true)
  }

  get credential(): string {
    return this.#credential
  }
  get credentialType(): CredentialType {
    return this.#parts.credentialType
  }
  get connectionId(): string {
    return this.#parts.connectionId
  }
  get source(): 'connection' | 'installation' {
    return this.#parts.source
  }
  get expiresAt(): string | undefined {
    return this.#parts.expiresAt === undefined ? undefined : new Date(this.#parts.expiresAt).toISOString()
  }
  get scopes(): readonly string[] {
    return this.#parts.scopes
  }
  get refreshed(): boolean {
    return this.#refreshed
  }
  get stale(): boolean {
    return this.#stale
  }
  get headers(): Values {
    return protect(this.#parts.headers)
  }
  get searchParams(): Values | undefined {
    return this.#parts.searchParams && protect(this.#parts.searchParams)
  }
  get fields(): Values {
    return protect(this.#parts.fields)
  }
  get baseUrl(): string {
    return this.#parts.baseUrl
  }
  get settings(): Values {
    return this.#parts.settings
  }

  toJSON(): object {
    return new Redacted({ credentialType: this.credentialType, connectionId: this.connectionId, credential: redacted })
  }
  toString(): string {
    return redacted
  }
  [inspect](): string {
    return `Credential { connectionId: ${JSON.stringify(this.connectionId)}, credentialType: '${this.credentialType}', credential: ${redacted} }`
  }
}
