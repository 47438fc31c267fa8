import type { AuthpipeError, AuthpipeErrorCode, Connection, StatusReason } from '@authpipe/core'

/** Every text that a user reads; `{provider}` stands for the provider's name. */
export interface Messages {
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
  /** What went wrong, by error code; `other` stands for every code without its own text. */
  readonly errors: Readonly<Partial<Record<AuthpipeErrorCode, string>> & { other: string }>
  /** Why a connection is not active, by status, or by reason where that says more. */
  readonly reasons: Readonly<Partial<Record<StatusReason, string>> & Record<'needs_reauth' | 'failed', string>>
}

/** A part of the texts; what it leaves out stays English. */
export interface MessageOverrides extends Partial<Omit<Messages, 'errors' | 'reasons'>> {
  readonly errors?: Partial<Messages['errors']>
  readonly reasons?: Partial<Messages['reasons']>
}

export const english: Messages = {
  connect: 'Connect {provider}',
  reconnect: 'Reconnect {provider}',
  connecting: 'Connecting…',
  detached: 'Continue in window…',
  confirming: 'Almost there…',
  active: 'Connected',
  needs_reauth: 'Needs attention',
  failed: 'Failed',
  loading: 'Loading connections',
  finish: 'Finish in the {provider} window.',
  finishOrRetry: 'Finish connecting in the {provider} window. Closed it?',
  cancel: 'Cancel',
  retry: 'Try again',
  newTab: 'Open in a new tab',
  thisTab: 'Continue in this tab',
  errors: {
    popup_blocked: 'Your browser blocked the {provider} window.',
    connect_cancelled: 'Connecting was cancelled. Nothing was changed.',
    connect_timed_out: 'This took too long, so we stopped waiting.',
    authorization_denied: '{provider} access wasn’t approved. Nothing was changed.',
    account_mismatch: 'This is another {provider} account than before.',
    unauthenticated: 'You are signed out. Sign in and try again.',
    forbidden: 'You are not allowed to connect {provider}.',
    network_error: 'The server can’t be reached right now.',
    provider_unreachable: '{provider} isn’t answering right now.',
    other: '{provider} could not be connected.',
  },
  reasons: {
    needs_reauth: '{provider} needs you to sign in again to keep syncing.',
    failed: '{provider} refuses access to this account.',
    account_suspended: 'This {provider} account is suspended.',
    plan_unsupported: 'The plan of this {provider} account does not include access.',
  },
}

/** Puts the provider's name into a text. */
export const fill = (text: string, provider: string): string => text.replaceAll('{provider}', provider)

/** The text for an error. */
export const errorText = ({ errors }: Messages, { code }: AuthpipeError): string => errors[code] ?? errors.other

/** Why a connection is not usable; `undefined` for one that is, and for one that was disconnected. */
export const reasonText = ({ reasons }: Messages, { status, statusReason }: Connection): string | undefined =>
  status === 'needs_reauth' || status === 'failed' ? ((statusReason && reasons[statusReason]) ?? reasons[status]) : undefined
