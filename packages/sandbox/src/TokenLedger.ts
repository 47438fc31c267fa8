import { randomBytes, randomUUID } from 'node:crypto'

/**
 * What happens to a refresh token that is used.
 *
 * - `none`: it stays good, and the answer names it again.
 * - `single_use`: it is replaced; the old one is refused, the new one stays good.
 * - `strict`: as `single_use`, and an old one that comes back ends the whole grant (RFC 9700 §4.14.2).
 * - `graceSeconds`: as `strict`, but within this time after its first use the old one works again.
 */
export type Rotation = 'none' | 'single_use' | 'strict' | { readonly graceSeconds: number }

/** The settings that a ledger follows, read anew at each use. */
export interface LedgerSettings {
  /** Life of an access token, in seconds; also the `expires_in` of answers. */
  readonly expiresInSeconds: number
  readonly rotation: Rotation
  /** Scopes that every grant ends up with, whatever was asked; `null` gives what was asked. */
  readonly grantedScopes: readonly string[] | null
  /** Whether a refresh ends the access tokens that the grant had before it. */
  readonly endsOldAccessTokens: boolean
}

/** What a person approved. */
export interface Approval {
  readonly clientId: string
  readonly accountId: string
  readonly scopes: readonly string[]
  readonly redirectUri: string
  readonly challenge: CodeChallenge | undefined
}

/** @see RFC 7636 §4.3 */
export interface CodeChallenge {
  readonly value: string
  readonly method: 'S256' | 'plain'
}

/** One approval that was redeemed, with every token that descends from it. */
export interface Grant {
  readonly id: string
  readonly accountId: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** How often its refresh token was used. */
  readonly generation: number
}

export interface TokenPair {
  readonly grant: Grant
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresInSeconds: number
}

/** One line of the rotation ledger; it names no token. */
export interface LedgerEntry {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly grantId: string
  readonly accountId: string
  readonly event: 'granted' | 'refreshed' | 'reused_in_grace' | 'reuse_refused' | 'evicted' | 'revoked'
  readonly generation: number
}

export interface IssuedCode {
  readonly approval: Approval
  readonly state: 'live' | 'used' | 'expired'
}

export interface IssuedToken {
  readonly kind: 'access' | 'refresh'
  readonly grant: Grant
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  readonly state: 'live' | 'expired' | 'ended'
}

interface MutableGrant extends Grant {
  scopes: readonly string[]
  generation: number
  revoked: boolean
}

interface MutableToken {
  readonly kind: 'access' | 'refresh'
  readonly grant: MutableGrant
  expiresAt: number
  /** Replaced by rotation at this instant. */
  rotatedAt?: number
  evicted?: true
}

interface MutableCode {
  readonly approval: Approval
  readonly expiresAt: number
  grant?: MutableGrant
}

/** Codes, tokens and grants of one stand-in, in memory. All of it happens in one tick, so no two requests interleave. */
export class TokenLedger {
  readonly #names: { readonly code: string; readonly accessToken: string; readonly refreshToken: string }
  readonly #canary: string
  readonly #now: () => number
  readonly #settings: LedgerSettings
  readonly #codeLifetimeMs: number
  readonly #refreshTokenLifetimeMs: number
  readonly #tokensPerAccount: number

  readonly #codes = new Map<string, MutableCode>()
  readonly #tokens = new Map<string, MutableToken>()
  readonly #entries: LedgerEntry[] = []
  readonly #issued = { codes: new Array<string>(), accessTokens: new Array<string>(), refreshTokens: new Array<string>() }

  constructor(options: {
    /** What each kind starts with. */
    readonly names: { readonly code: string; readonly accessToken: string; readonly refreshToken: string }
    /** Word inside every code and token, for scans. */
    readonly canary: string
    readonly now: () => number
    readonly settings: LedgerSettings
    readonly codeLifetimeSeconds: number
    /** @defaultValue no end */
    readonly refreshTokenLifetimeSeconds?: number
    /** Live tokens of each kind per account and client; the oldest beyond it ends. @defaultValue no limit */
    readonly tokensPerAccount?: number
  }) {
    this.#names = options.names
    this.#canary = options.canary
    this.#now = options.now
    this.#settings = options.settings
    this.#codeLifetimeMs = options.codeLifetimeSeconds * 1000
    this.#refreshTokenLifetimeMs = (options.refreshTokenLifetimeSeconds ?? Infinity) * 1000
    this.#tokensPerAccount = options.tokensPerAccount ?? Infinity
  }

  issueCode(approval: Approval): string {
    const code = this.#mint(this.#names.code)
    this.#codes.set(code, { approval, expiresAt: this.#now() + this.#codeLifetimeMs })
    this.#issued.codes.push(code)
    return code
  }

  findCode(code: string): IssuedCode | undefined {
    const found = this.#codes.get(code)
    if (!found) return undefined
    return { approval: found.approval, state: found.grant ? 'used' : this.#now() >= found.expiresAt ? 'expired' : 'live' }
  }

  /** Opens the grant of a live code; any other code is `undefined`. */
  redeem(code: string): TokenPair | undefined {
    const found = this.#codes.get(code)
    if (!found || this.findCode(code)?.state !== 'live') return undefined
    const { accountId, clientId, scopes } = found.approval
    const grant: MutableGrant = { id: randomUUID(), accountId, clientId, scopes, generation: 0, revoked: false }
    found.grant = grant
    this.#record(grant, 'granted')
    return this.#issue(grant)
  }

  /** Ends the grant that a code led to. */
  revokeRedeemed(code: string): void {
    const grant = this.#codes.get(code)?.grant
    if (grant) this.#revoke(grant)
  }

  findToken(value: string): IssuedToken | undefined {
    const token = this.#tokens.get(value)
    if (!token) return undefined
    const { kind, grant, expiresAt } = token
    if (grant.revoked || token.evicted || token.rotatedAt !== undefined) return { kind, grant, expiresAt, state: 'ended' }
    return { kind, grant, expiresAt, state: this.#now() >= expiresAt ? 'expired' : 'live' }
  }

  /** The grant of a live access token. */
  findAccess(value: string): Grant | undefined {
    const token = this.findToken(value)
    return token?.kind === 'access' && token.state === 'live' ? token.grant : undefined
  }

  /** Uses a refresh token as {@link Rotation} says. */
  refresh(value: string): TokenPair | 'unknown' | 'expired' | 'reused' {
    const token = this.#tokens.get(value)
    if (!token || token.kind !== 'refresh' || token.grant.revoked || token.evicted) return 'unknown'
    if (this.#now() >= token.expiresAt) return 'expired'
    const { grant } = token
    const { rotation } = this.#settings

    if (token.rotatedAt !== undefined) {
      const graceMs = typeof rotation === 'object' ? rotation.graceSeconds * 1000 : 0
      if (this.#now() - token.rotatedAt < graceMs) {
        this.#record(grant, 'reused_in_grace')
        return this.#issue(grant)
      }
      this.#record(grant, 'reuse_refused')
      if (rotation !== 'none' && rotation !== 'single_use') this.#revoke(grant)
      return 'reused'
    }

    grant.generation += 1
    this.#record(grant, 'refreshed')
    if (this.#settings.endsOldAccessTokens) this.#endAccessTokens(grant)
    if (rotation === 'none') return this.#issue(grant, value)
    token.rotatedAt = this.#now()
    return this.#issue(grant)
  }

  /** Ends the grant of a token, unless there is none to end. */
  revoke(value: string): boolean {
    const token = this.#tokens.get(value)
    if (!token || token.grant.revoked || token.evicted) return false
    this.#revoke(token.grant)
    return true
  }

  revokeGrants(accountId?: string): void {
    for (const { grant } of this.#tokens.values()) if (!grant.revoked && belongs(grant, accountId)) this.#revoke(grant)
  }

  expire(kind: 'access' | 'refresh', accountId?: string): void {
    for (const token of this.#tokens.values()) {
      if (token.kind === kind && belongs(token.grant, accountId)) token.expiresAt = Math.min(token.expiresAt, this.#now())
    }
  }

  entries(): readonly LedgerEntry[] {
    return [...this.#entries]
  }

  /** Everything secret that was ever handed out; a reset does not forget it. */
  issued(): { readonly codes: readonly string[]; readonly accessTokens: readonly string[]; readonly refreshTokens: readonly string[] } {
    const { codes, accessTokens, refreshTokens } = this.#issued
    return { codes: [...codes], accessTokens: [...accessTokens], refreshTokens: [...refreshTokens] }
  }

  reset(): void {
    this.#codes.clear()
    this.#tokens.clear()
    this.#entries.length = 0
  }

  #mint(name: string): string {
    return `${name}_${this.#canary}_${randomBytes(18).toString('base64url')}`
  }

  #issue(grant: MutableGrant, keptRefreshToken?: string): TokenPair {
    grant.scopes = this.#settings.grantedScopes ?? grant.scopes
    const { expiresInSeconds } = this.#settings
    const accessToken = this.#mint(this.#names.accessToken)
    this.#tokens.set(accessToken, { kind: 'access', grant, expiresAt: this.#now() + expiresInSeconds * 1000 })
    this.#issued.accessTokens.push(accessToken)
    this.#evict('access', grant)

    const refreshToken = keptRefreshToken ?? this.#mint(this.#names.refreshToken)
    if (!keptRefreshToken) {
      this.#tokens.set(refreshToken, { kind: 'refresh', grant, expiresAt: this.#now() + this.#refreshTokenLifetimeMs })
      this.#issued.refreshTokens.push(refreshToken)
      this.#evict('refresh', grant)
    }
    return { grant: { ...grant }, accessToken, refreshToken, expiresInSeconds }
  }

  #evict(kind: 'access' | 'refresh', { accountId, clientId }: Grant): void {
    if (this.#tokensPerAccount === Infinity) return
    const live = [...this.#tokens].filter(
      ([value, token]) =>
        token.kind === kind && token.grant.accountId === accountId && token.grant.clientId === clientId && this.findToken(value)?.state === 'live',
    )
    for (const [, token] of live.slice(0, Math.max(0, live.length - this.#tokensPerAccount))) {
      token.evicted = true
      this.#record(token.grant, 'evicted')
    }
  }

  #endAccessTokens(grant: MutableGrant): void {
    for (const token of this.#tokens.values()) if (token.kind === 'access' && token.grant === grant) token.expiresAt = Math.min(token.expiresAt, this.#now())
  }

  #revoke(grant: MutableGrant): void {
    grant.revoked = true
    this.#record(grant, 'revoked')
  }

  #record({ id, accountId, generation }: Grant, event: LedgerEntry['event']): void {
    this.#entries.push({ at: this.#now(), grantId: id, accountId, event, generation })
  }
}

const belongs = (grant: Grant, accountId: string | undefined): boolean => accountId === undefined || grant.accountId === accountId
