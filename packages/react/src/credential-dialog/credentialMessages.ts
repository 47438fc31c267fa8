// The texts of the dialog for keys. Apart from the others, so that a page without keys loads none of them.
import type { AuthpipeErrorCode } from '@authpipe/core'

/** The texts of `CredentialDialog`; `{provider}` stands for the provider's name. */
export interface CredentialMessages {
  /** @defaultValue `Update your {provider} key` */
  readonly updateTitle: string
  /** @defaultValue `How would you like to connect {provider}?` */
  readonly choose: string
  /** @defaultValue `Enter these from your {provider} account. They are checked with {provider} before anything is saved.` */
  readonly enter: string
  /**
   * `{account}` stands for the account.
   * @defaultValue `Enter a new key for {account}. The present one stays in use until {provider} accepts it.`
   */
  readonly update: string
  /**
   * Stands for `{account}` where its name is not known.
   * @defaultValue `this account`
   */
  readonly thisAccount: string
  /** @defaultValue `Say which account you mean. You sign in at {provider} next.` */
  readonly beforeSignIn: string
  /**
   * Above a list of what a sign-in asks for; `{app}` stands for the app's name.
   * @defaultValue `{app} will be able to:`
   */
  readonly willBeAble: string
  /**
   * Stands for `{app}` where its name is not known.
   * @defaultValue `This app`
   */
  readonly thisApp: string
  /** @defaultValue `Sign in to {provider}` */
  readonly signIn: string
  /** @defaultValue `In a window of {provider}, with nothing to copy.` */
  readonly signInHint: string
  /** @defaultValue `Use an API key` */
  readonly useKey: string
  /** @defaultValue `Copied from your {provider} account.` */
  readonly useKeyHint: string
  /** @defaultValue `Connect` */
  readonly submit: string
  /** @defaultValue `Update key` */
  readonly submitUpdate: string
  /** @defaultValue `Continue` */
  readonly continue: string
  /** @defaultValue `Checking…` */
  readonly checking: string
  /** @defaultValue `Back` */
  readonly back: string
  /** @defaultValue `Show` */
  readonly show: string
  /** @defaultValue `Hide` */
  readonly hide: string
  /** @defaultValue `Where do I find this?` */
  readonly help: string
  /**
   * Only spoken, after `help`.
   * @defaultValue `opens in a new tab`
   */
  readonly opensNewTab: string
  /** @defaultValue `Stored encrypted. You can disconnect at any time.` */
  readonly stored: string
  /** @defaultValue `Loading` */
  readonly loading: string
  /** @defaultValue `Fill this in.` */
  readonly missing: string
  /** @defaultValue `This does not look right. Copy it again.` */
  readonly malformed: string
  /**
   * `{example}` stands for an example.
   * @defaultValue `Enter just the name, such as “{example}”.`
   */
  readonly malformedSetting: string
  /** @defaultValue `{provider} knows no such account. Check this and try again.` */
  readonly unknownAccount: string
  /** What went wrong, by error code, where the dialog can say more than the button. */
  readonly errors: Readonly<Partial<Record<AuthpipeErrorCode, string>>>
}

/** A part of these texts; what it leaves out stays English. */
export type CredentialMessageOverrides = Partial<CredentialMessages>

export const englishCredentialMessages: CredentialMessages = {
  updateTitle: 'Update your {provider} key',
  choose: 'How would you like to connect {provider}?',
  enter: 'Enter these from your {provider} account. They are checked with {provider} before anything is saved.',
  update: 'Enter a new key for {account}. The present one stays in use until {provider} accepts it.',
  thisAccount: 'this account',
  beforeSignIn: 'Say which account you mean. You sign in at {provider} next.',
  willBeAble: '{app} will be able to:',
  thisApp: 'This app',
  signIn: 'Sign in to {provider}',
  signInHint: 'In a window of {provider}, with nothing to copy.',
  useKey: 'Use an API key',
  useKeyHint: 'Copied from your {provider} account.',
  submit: 'Connect',
  submitUpdate: 'Update key',
  continue: 'Continue',
  checking: 'Checking…',
  back: 'Back',
  show: 'Show',
  hide: 'Hide',
  help: 'Where do I find this?',
  opensNewTab: 'opens in a new tab',
  stored: 'Stored encrypted. You can disconnect at any time.',
  loading: 'Loading',
  missing: 'Fill this in.',
  malformed: 'This does not look right. Copy it again.',
  malformedSetting: 'Enter just the name, such as “{example}”.',
  unknownAccount: '{provider} knows no such account. Check this and try again.',
  errors: {
    credential_rejected: '{provider} rejected this key. Copy it again and paste it here.',
    insufficient_scope: 'This key is allowed too little at {provider}. Use the key of somebody with a higher role.',
    provider_unreachable: '{provider} isn’t answering right now, so nothing was saved. What you typed is still here.',
    provider_rate_limited: '{provider} takes no more requests at the moment, so nothing was saved. Try again in a minute.',
    rate_limited: 'That was tried too often. Wait a few minutes, then try again.',
  },
}
