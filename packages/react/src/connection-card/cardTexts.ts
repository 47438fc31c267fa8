// The texts of the card. Apart from the others, so that a page without it loads none of them.

/** The texts of `ConnectionCard`; those of its buttons are followed by the provider's name for those who listen. */
export interface CardTexts {
  /** @defaultValue `Connect` */
  readonly connect: string
  /**
   * Where the connection is an app of ours at the provider.
   * @defaultValue `Install`
   */
  readonly install: string
  /** @defaultValue `Reconnect` */
  readonly reconnect: string
  /**
   * Where the connection is a key.
   * @defaultValue `Update key`
   */
  readonly updateKey: string
  /** @defaultValue `Update permissions` */
  readonly updatePermissions: string
  /** @defaultValue `Manage` */
  readonly manage: string
  /** @defaultValue `Disconnect` */
  readonly disconnect: string
  /** @defaultValue `Connect another account` */
  readonly connectAnother: string
  /**
   * `{time}` stands for how long ago.
   * @defaultValue `Connected {time}`
   */
  readonly connectedAgo: string
  /**
   * Where there is no connection and no description.
   * @defaultValue `Not connected`
   */
  readonly absent: string
  /** @defaultValue `{provider} was given fewer permissions than this app asks for.` */
  readonly missingScopes: string
  /**
   * The account, as a heading.
   * @defaultValue `Account`
   */
  readonly account: string
  /**
   * When it was connected, as a heading.
   * @defaultValue `Connected`
   */
  readonly connectedOn: string
  /**
   * When it was checked, as a heading.
   * @defaultValue `Last checked`
   */
  readonly checked: string
  /**
   * What was granted, as a heading.
   * @defaultValue `Permissions`
   */
  readonly permissions: string
  /**
   * Nobody has checked yet.
   * @defaultValue `Not yet`
   */
  readonly never: string
  /** @defaultValue `Check now` */
  readonly check: string
}

export const cardTexts: CardTexts = {
  connect: 'Connect',
  install: 'Install',
  reconnect: 'Reconnect',
  updateKey: 'Update key',
  updatePermissions: 'Update permissions',
  manage: 'Manage',
  disconnect: 'Disconnect',
  connectAnother: 'Connect another account',
  connectedAgo: 'Connected {time}',
  absent: 'Not connected',
  missingScopes: '{provider} was given fewer permissions than this app asks for.',
  account: 'Account',
  connectedOn: 'Connected',
  checked: 'Last checked',
  permissions: 'Permissions',
  never: 'Not yet',
  check: 'Check now',
}
