// The texts of the grid. Apart from the others, so that a page without it loads none of them.
import type { CountedText } from '../messages.ts'

/** The texts of `ProviderGrid`. */
export interface GridTexts {
  /**
   * Label of the search.
   * @defaultValue `Search integrations`
   */
  readonly search: string
  /**
   * `{count}` stands for how many tiles there are.
   * @defaultValue `{count} found`
   */
  readonly found: CountedText
  /** @defaultValue `Loading integrations` */
  readonly loading: string
  /**
   * `{query}` stands for what was searched.
   * @defaultValue `Nothing matches “{query}”.`
   */
  readonly noMatch: string
  /** @defaultValue `Clear search` */
  readonly clear: string
  /**
   * Where there is nothing to choose from.
   * @defaultValue `There is nothing to connect yet.`
   */
  readonly empty: string
  /** @defaultValue `The integrations could not be loaded.` */
  readonly failed: string
  /** @defaultValue `Try again` */
  readonly retry: string
  /**
   * Title of the tile that asks for another integration.
   * @defaultValue `Request an integration`
   */
  readonly request: string
  /** @defaultValue `Tell us what you use, and we look into it.` */
  readonly requestHint: string
}

export const gridTexts: GridTexts = {
  search: 'Search integrations',
  found: '{count} found',
  loading: 'Loading integrations',
  noMatch: 'Nothing matches “{query}”.',
  clear: 'Clear search',
  empty: 'There is nothing to connect yet.',
  failed: 'The integrations could not be loaded.',
  retry: 'Try again',
  request: 'Request an integration',
  requestHint: 'Tell us what you use, and we look into it.',
}
