// The texts of the list. Apart from the others, so that a page without it loads none of them.

/** The texts of `ConnectionList`. */
export interface ListTexts {
  /**
   * What the list is called where it has no title.
   * @defaultValue `Connections`
   */
  readonly label: string
  /** @defaultValue `No connections yet` */
  readonly empty: string
  /** @defaultValue `What you connect is listed here.` */
  readonly emptyHint: string
  /** @defaultValue `The connections could not be loaded.` */
  readonly failed: string
  /**
   * Groups, where it is grouped by status.
   * @defaultValue `Needs attention`
   */
  readonly attention: string
  /** @defaultValue `Connected` */
  readonly connected: string
  /** @defaultValue `Not connected` */
  readonly absent: string
}

export const listTexts: ListTexts = {
  label: 'Connections',
  empty: 'No connections yet',
  emptyHint: 'What you connect is listed here.',
  failed: 'The connections could not be loaded.',
  attention: 'Needs attention',
  connected: 'Connected',
  absent: 'Not connected',
}
