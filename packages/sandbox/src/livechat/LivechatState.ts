import type { OAuthSettings } from '../OAuthStandInControl.ts'
import type { PendingConsents } from '../PendingConsents.ts'
import type { SandboxClient, StandInContext } from '../standIn.ts'
import type { CodeChallenge, TokenLedger } from '../TokenLedger.ts'
import type { LivechatScope } from './livechatScopes.ts'

/** Settings of the LiveChat stand-in. */
export interface LivechatSettings extends OAuthSettings {
  /** Redirect URIs that are registered; `null` takes any on this machine without query and fragment. */
  readonly redirectUris: readonly string[] | null
  /** Scopes that are ticked for the app in the Developer Console. */
  readonly configuredScopes: readonly string[]
  /** Whether the licence has lapsed. */
  readonly licenseExpired: boolean
  /** Region that API calls must name in `X-Region`; `null` takes them as they are. */
  readonly homeRegion: string | null
  /** Whether a fourth authorization of a person within 30 seconds is refused, as LiveChat does. */
  readonly limitRedirects: boolean
  /** The `secret_key` with which the app's webhooks were registered. */
  readonly webhookSecret: string
}

/** A valid authorization request that waits for a person. */
export interface LivechatAuthorizationRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string | undefined
  readonly scopes: readonly LivechatScope[]
  readonly challenge: CodeChallenge | undefined
}

/** What the parts of the stand-in work on. */
export interface LivechatState {
  readonly context: StandInContext
  readonly client: SandboxClient
  readonly settings: LivechatSettings
  readonly ledger: TokenLedger
  readonly consents: PendingConsents<LivechatAuthorizationRequest>
  /** Instants of each person's redirects back to the app, in milliseconds since the epoch. */
  readonly redirects: Map<string, number[]>
}
