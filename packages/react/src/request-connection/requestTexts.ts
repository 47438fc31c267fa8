// The texts about asking somebody else to connect. Apart from the others, so that a page without that loads none of them.

/** The texts of `RequestConnectionLink` and `RequestedConnection`; `{provider}` stands for the provider's name. */
export interface RequestTexts {
  /** @defaultValue `Copy a link for somebody else` */
  readonly copy: string
  /** @defaultValue `Link copied. Whoever opens it and is signed in can connect {provider}.` */
  readonly copied: string
  /**
   * Where the browser lets nobody copy.
   * @defaultValue `Copy this link and send it.`
   */
  readonly copyByHand: string
  /**
   * What the link is called where it is shown.
   * @defaultValue `Link to connect {provider}`
   */
  readonly link: string
  /** @defaultValue `Connect {provider}?` */
  readonly title: string
  /**
   * `{app}` stands for the app's name, `{workspace}` for where it is connected.
   * @defaultValue `Somebody sent you this link to connect {provider} to {workspace}. Go on only if you know why: {app} gets the access that you approve at {provider}.`
   */
  readonly explanation: string
  /**
   * Stands for `{app}` where its name is not known.
   * @defaultValue `this app`
   */
  readonly thisApp: string
  /**
   * Stands for `{workspace}` where it is not named.
   * @defaultValue `your workspace`
   */
  readonly thisWorkspace: string
  /** @defaultValue `Not now` */
  readonly decline: string
  /** @defaultValue `Close` */
  readonly close: string
}

export const requestTexts: RequestTexts = {
  copy: 'Copy a link for somebody else',
  copied: 'Link copied. Whoever opens it and is signed in can connect {provider}.',
  copyByHand: 'Copy this link and send it.',
  link: 'Link to connect {provider}',
  title: 'Connect {provider}?',
  explanation: 'Somebody sent you this link to connect {provider} to {workspace}. Go on only if you know why: {app} gets the access that you approve at {provider}.',
  thisApp: 'this app',
  thisWorkspace: 'your workspace',
  decline: 'Not now',
  close: 'Close',
}
