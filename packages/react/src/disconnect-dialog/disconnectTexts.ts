// The texts of the dialog that asks before it disconnects. Apart from the others, so that a page which never asks loads none of them.

/** The texts of `DisconnectDialog`; `{provider}` stands for the provider's name. */
export interface DisconnectTexts {
  /** @defaultValue `Disconnect {provider}?` */
  readonly title: string
  /**
   * `{app}` stands for the app's name, `{account}` for the account.
   * @defaultValue `{app} gives its access to {account} back and can no longer use it. Nothing is deleted at {provider}.`
   */
  readonly consequence: string
  /**
   * Stands for `{app}` where its name is not known.
   * @defaultValue `This app`
   */
  readonly thisApp: string
  /** @defaultValue `Disconnect` */
  readonly confirm: string
  /** @defaultValue `Disconnecting…` */
  readonly pending: string
  /** @defaultValue `{provider} could not be disconnected. Try again.` */
  readonly failed: string
}

export const disconnectTexts: DisconnectTexts = {
  title: 'Disconnect {provider}?',
  consequence: '{app} gives its access to {account} back and can no longer use it. Nothing is deleted at {provider}.',
  thisApp: 'This app',
  confirm: 'Disconnect',
  pending: 'Disconnecting…',
  failed: '{provider} could not be disconnected. Try again.',
}
