import type { MinuteWindow } from '../MinuteWindow.ts'
import type { OAuthSettings } from '../OAuthStandInControl.ts'
import type { PendingConsents } from '../PendingConsents.ts'
import type { SandboxClient, StandInContext } from '../standIn.ts'
import type { TokenLedger } from '../TokenLedger.ts'

/** Settings of the Help Scout stand-in. */
export interface HelpScoutSettings extends OAuthSettings {
  /** The Redirection URL of the app; `null` takes a `redirect_uri` of this machine, which Help Scout itself does not read, else that of the quick start. */
  readonly redirectUrl: string | null
  /** Accounts whose role shows them no conversations. */
  readonly restricted: readonly string[]
  /** Calls that a company may make in a minute. */
  readonly callsPerMinute: number
  /** The secret that was chosen for the webhooks. */
  readonly webhookSecret: string
}

/** An authorization request that waits for a person. */
export interface HelpScoutAuthorizationRequest {
  readonly redirectUrl: string
  readonly state: string | undefined
}

/** What the parts of the stand-in work on. */
export interface HelpScoutState {
  readonly context: StandInContext
  readonly client: SandboxClient
  readonly settings: HelpScoutSettings
  readonly ledger: TokenLedger
  readonly consents: PendingConsents<HelpScoutAuthorizationRequest>
  readonly window: MinuteWindow
}
