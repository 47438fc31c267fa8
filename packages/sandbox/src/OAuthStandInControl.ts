import { amount, flag, list, nullable, oneOf, record, text, type Members, type Parser } from './shape.ts'
import { parseAccountId, settingMembers, StandInControl, type ControlAction, type StandInParts, type StandInSettings } from './StandInControl.ts'
import type { LedgerEntry, LedgerSettings, Rotation, TokenLedger } from './TokenLedger.ts'

/** Settings of every stand-in at which people sign in. */
export interface OAuthSettings extends StandInSettings, LedgerSettings {
  /** What the app must send; change it to see a secret that was replaced at the provider. */
  readonly clientSecret: string
  /** `Cross-Origin-Opener-Policy` of the provider's pages. */
  readonly coop: 'same-origin' | 'same-origin-allow-popups' | null
  /** The account of somebody who is signed in and approved before, so that no consent page is shown. */
  readonly signedInAs: string | null
}

const parseRotation: Parser<Rotation> = (value, name) =>
  typeof value === 'string'
    ? oneOf(['none', 'single_use', 'strict'])(value, name)
    : { graceSeconds: amount(record(value, name).graceSeconds, `${name}.graceSeconds`) }

/** Parses `Cross-Origin-Opener-Policy`. */
export const parseCoop: Parser<OAuthSettings['coop']> = nullable(oneOf(['same-origin', 'same-origin-allow-popups']))

/** Parsers of the settings that every stand-in with sign-in has. */
export const oauthSettingMembers: Members<OAuthSettings> = {
  ...settingMembers,
  expiresInSeconds: amount,
  rotation: parseRotation,
  grantedScopes: nullable(list(text)),
  endsOldAccessTokens: flag,
  clientSecret: text,
  coop: parseCoop,
  signedInAs: nullable(text),
}

/** A running stand-in at which people sign in: beside what every stand-in does, it ends tokens and tells what became of grants. */
export class OAuthStandInControl<Settings extends OAuthSettings> extends StandInControl<Settings> {
  readonly #ledger: TokenLedger

  constructor({ ledger, forget, ...parts }: StandInParts<Settings> & { readonly ledger: TokenLedger }) {
    super({
      ...parts,
      forget: () => {
        ledger.reset()
        forget()
      },
    })
    this.#ledger = ledger
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

  /** How many authorization requests came since the last reset. */
  authorizationRequests(): number {
    return this.countRequests('authorization')
  }

  /** How many token requests came since the last reset, held and failed ones too. */
  tokenRequests(): number {
    return this.countRequests('token')
  }

  /** How many revocation requests came since the last reset. */
  revokeRequests(): number {
    return this.countRequests('revocation')
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

  override state(): Readonly<Record<string, unknown>> {
    return { ...super.state(), rotationLedger: this.rotationLedger() }
  }

  protected override actions(): Readonly<Record<string, ControlAction>> {
    return {
      ...super.actions(),
      'expire-access-tokens': (body) => this.expireAccessTokens(parseAccountId(body)),
      'expire-refresh-tokens': (body) => this.expireRefreshTokens(parseAccountId(body)),
      'revoke-grants': (body) => this.revokeGrants(parseAccountId(body)),
    }
  }
}
