import type { FreshworksSettings, FreshworksState } from '../freshworks/FreshworksState.ts'
import type { OAuthSettings } from '../OAuthStandInControl.ts'
import type { PendingConsents } from '../PendingConsents.ts'
import type { SandboxClient } from '../standIn.ts'
import type { CodeChallenge, TokenLedger } from '../TokenLedger.ts'

/** Settings of the Freshservice stand-in. */
export interface FreshserviceSettings extends OAuthSettings, FreshworksSettings {
  /** Redirect URIs that are registered; `null` takes any on this machine without query and fragment. */
  readonly redirectUris: readonly string[] | null
}

/** A valid authorization request that waits for a person. */
export interface FreshserviceAuthorizationRequest {
  readonly organization: string
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string
  readonly scopes: readonly string[]
  readonly challenge: CodeChallenge | undefined
}

/** What the parts of the stand-in work on. */
export interface FreshserviceState extends FreshworksState {
  /** The app of each organization. */
  readonly clients: Readonly<Record<string, SandboxClient>>
  readonly settings: FreshserviceSettings
  readonly ledger: TokenLedger
  readonly consents: PendingConsents<FreshserviceAuthorizationRequest>
}
