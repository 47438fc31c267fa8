import type { OAuthSettings } from '../OAuthStandInControl.ts'
import type { PendingConsents } from '../PendingConsents.ts'
import type { SandboxClient, StandInContext } from '../standIn.ts'
import type { CodeChallenge, TokenLedger } from '../TokenLedger.ts'

/** Settings of the plain stand-in. */
export interface PlainSettings extends OAuthSettings {
  /** Redirect URIs that are registered; `null` takes any on this machine without query and fragment. */
  readonly redirectUris: readonly string[] | null
  /** The `iss` of authorization answers (RFC 9207). */
  readonly issuer: 'right' | 'wrong' | 'absent'
  /** How authorization answers travel: in the redirect, or posted by a form. */
  readonly responseMode: 'query' | 'form_post'
  /** What a revocation ends: the grant of the token, or every grant of the account, as some providers do. */
  readonly revocationEnds: 'grant' | 'account'
}

/** A valid authorization request that waits for a person. */
export interface PlainAuthorizationRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string | undefined
  readonly scopes: readonly string[]
  readonly challenge: CodeChallenge | undefined
}

/** What the parts of the stand-in work on. */
export interface PlainState {
  readonly context: StandInContext
  readonly client: SandboxClient
  readonly settings: PlainSettings
  readonly ledger: TokenLedger
  readonly consents: PendingConsents<PlainAuthorizationRequest>
}
