import type { KeyedAccounts, SandboxAccount } from '../KeyedAccounts.ts'
import type { MinuteWindow } from '../MinuteWindow.ts'
import { amount, list, text, type Members } from '../shape.ts'
import type { StandInContext } from '../standIn.ts'
import { settingMembers, type StandInSettings } from '../StandInControl.ts'

/** An agent of a helpdesk with their API key. */
export interface FreshworksAccount extends SandboxAccount {
  readonly settings: { readonly subdomain: string }
  readonly fields: { readonly apiKey: string } & Readonly<Record<string, string>>
  readonly name: string
  readonly email: string
  readonly agentId: number
  readonly organization: string
}

/** Settings of the stand-ins of the Freshworks family. */
export interface FreshworksSettings extends StandInSettings {
  /** Accounts whose role lets them see nothing but themselves. */
  readonly restricted: readonly string[]
  /** Calls that a helpdesk may make in a minute, those of all its agents together. */
  readonly callsPerMinute: number
}

/** What the API of a helpdesk works on. */
export interface FreshworksState {
  readonly context: StandInContext
  readonly settings: FreshworksSettings
  readonly accounts: KeyedAccounts<FreshworksAccount>
  readonly window: MinuteWindow
}

/** Parsers of the family's settings. */
export const freshworksSettingMembers: Members<FreshworksSettings> = { ...settingMembers, restricted: list(text), callsPerMinute: amount }
