import type { KeyedAccounts } from '../KeyedAccounts.ts'
import type { OAuthSettings } from '../OAuthStandInControl.ts'
import type { PendingConsents } from '../PendingConsents.ts'
import type { SandboxClient, StandInContext } from '../standIn.ts'
import type { StandInSettings } from '../StandInControl.ts'
import type { CrispInstallations } from './CrispInstallations.ts'

/** Settings of the Crisp stand-in. */
export interface CrispSettings extends StandInSettings {
  /** Keypair of the plugin, `identifier:key`; change it to see one that was rolled in the Marketplace. */
  readonly clientSecret: string
  /** The callback URL of the plugin, to which a browser goes after an install. */
  readonly callbackUrl: string
  /** Scopes of the plugin's production token; `null` is a development token, for which none are enforced. */
  readonly pluginScopes: readonly string[] | null
  /** The secret of the plugin's hooks. */
  readonly webhookSecret: string
  /** With which of its two statuses a call too many is refused. */
  readonly rateLimitStatus: 429 | 420
  readonly coop: OAuthSettings['coop']
}

/** An install page that waits for a person. */
export interface CrispInstallRequest {
  readonly payload: string | undefined
}

/** What the parts of the stand-in work on. */
export interface CrispState {
  readonly context: StandInContext
  readonly client: SandboxClient
  readonly settings: CrispSettings
  readonly accounts: KeyedAccounts
  readonly installations: CrispInstallations
  readonly consents: PendingConsents<CrispInstallRequest>
}
