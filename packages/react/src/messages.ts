import type { AuthpipeError, AuthpipeErrorCode, StatusReason } from '@authpipe/core'
import type { CredentialMessageOverrides, CredentialMessages } from './credential-dialog/credentialMessages.ts'
import type { CardTexts } from './connection-card/cardTexts.ts'
import type { ListTexts } from './connection-list/listTexts.ts'
import type { DisconnectTexts } from './disconnect-dialog/disconnectTexts.ts'
import type { BadgeTexts } from './health-badge/badgeTexts.ts'
import type { GridTexts } from './provider-grid/gridTexts.ts'
import type { BannerTexts } from './reconnect-banner/bannerTexts.ts'
import type { RequestTexts } from './request-connection/requestTexts.ts'
import type { ScopeTexts } from './scope-picker/scopeTexts.ts'

/** Every text that a user reads; `{provider}` stands for the provider's name. */
export interface Messages {
  /**
   * BCP 47 tag of their language, which dates and numbers follow.
   * @defaultValue `en`
   */
  readonly locale?: string
  /** @defaultValue `Connect {provider}` */
  readonly connect: string
  /** @defaultValue `Reconnect {provider}` */
  readonly reconnect: string
  /** @defaultValue `Connecting…` */
  readonly connecting: string
  /** @defaultValue `Continue in window…` */
  readonly detached: string
  /** @defaultValue `Almost there…` */
  readonly confirming: string
  /** @defaultValue `Connected` */
  readonly active: string
  /** @defaultValue `Needs attention` */
  readonly needs_reauth: string
  /** @defaultValue `Failed` */
  readonly failed: string
  /** @defaultValue `Loading connections` */
  readonly loading: string
  /** @defaultValue `Finish in the {provider} window.` */
  readonly finish: string
  /** @defaultValue `Finish connecting in the {provider} window. Closed it?` */
  readonly finishOrRetry: string
  /** @defaultValue `Cancel` */
  readonly cancel: string
  /** @defaultValue `Try again` */
  readonly retry: string
  /** @defaultValue `Open in a new tab` */
  readonly newTab: string
  /** @defaultValue `Continue in this tab` */
  readonly thisTab: string
  /** @defaultValue `Use the right account` */
  readonly rightAccount: string
  /** @defaultValue `Add as a second account` */
  readonly addAccount: string
  /** @defaultValue `You’re offline.` */
  readonly offline: string
  /** What went wrong, by error code; `other` stands for every code without its own text. */
  readonly errors: Readonly<Partial<Record<AuthpipeErrorCode, string>> & { other: string }>
  /** Why a connection is not active, by status, or by reason where that says more. */
  readonly reasons: Readonly<Partial<Record<StatusReason, string>> & Record<'needs_reauth' | 'failed', string>>
  /** Replaces texts of `CredentialDialog`, which brings its own. */
  readonly credentialDialog?: CredentialMessageOverrides
  /** Replaces texts of `InstallButton`, which speaks of installing instead of connecting. */
  readonly installButton?: MessageOverrides
  /** Replaces texts of `ProviderGrid`, which brings its own. */
  readonly providerGrid?: Partial<GridTexts>
  /** Replaces texts of `HealthBadge`. */
  readonly healthBadge?: Partial<BadgeTexts>
  /** Replaces texts of `ConnectionCard`. */
  readonly connectionCard?: Partial<CardTexts>
  /** Replaces texts of `ConnectionList`. */
  readonly connectionList?: Partial<ListTexts>
  /** Replaces texts of `DisconnectDialog`. */
  readonly disconnectDialog?: Partial<DisconnectTexts>
  /** Replaces texts of `ReconnectBanner`. */
  readonly reconnectBanner?: Partial<BannerTexts>
  /** Replaces texts of `RequestConnectionLink` and `RequestedConnection`. */
  readonly requestConnection?: Partial<RequestTexts>
  /** Replaces texts of `ScopePicker`. */
  readonly scopePicker?: Partial<ScopeTexts>
}

/** A part of the texts; what it leaves out stays English. */
export interface MessageOverrides extends Partial<Omit<Messages, 'errors' | 'reasons'>> {
  readonly errors?: Partial<Messages['errors']>
  readonly reasons?: Partial<Messages['reasons']>
}

/** All texts of all components, as a language other than English gives them. */
export interface LocaleMessages extends Omit<Messages, 'locale'> {
  readonly locale: string
  readonly credentialDialog: CredentialMessages
  readonly installButton: MessageOverrides
  readonly providerGrid: GridTexts
  readonly healthBadge: BadgeTexts
  readonly connectionCard: CardTexts
  readonly connectionList: ListTexts
  readonly disconnectDialog: DisconnectTexts
  readonly reconnectBanner: BannerTexts
  readonly requestConnection: RequestTexts
  readonly scopePicker: ScopeTexts
}

/** Puts the provider's name into a text. */
export const fill = (text: string, provider: string): string => text.replaceAll('{provider}', provider)

/** Puts values into a text, by their names in braces. */
export const fillIn = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

/** A text about a number, by the plural categories of its language; `other` stands for those that are not named. */
export type CountedText = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string })

/** Puts a number into the text that fits it, written as its language does. */
export function countedText(text: CountedText, count: number, locale: string): string {
  const fitting = typeof text === 'string' ? text : (text[new Intl.PluralRules(locale).select(count)] ?? text.other)
  return fillIn(fitting, { count: new Intl.NumberFormat(locale).format(count) })
}

/** The text for an error. */
export const errorText = ({ errors }: Pick<Messages, 'errors'>, { code }: AuthpipeError): string => errors[code] ?? errors.other
