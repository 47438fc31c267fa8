// The texts of the banner. Apart from the others, so that a page without it loads none of them.
import type { CountedText } from '../messages.ts'

/** The texts of `ReconnectBanner`. */
export interface BannerTexts {
  /**
   * What the banner is called for those who listen.
   * @defaultValue `Connections that need attention`
   */
  readonly label: string
  /**
   * `{count}` stands for how many connections.
   * @defaultValue `A connection needs your attention` and `{count} connections need your attention`
   */
  readonly title: CountedText
  /**
   * Once all of them are mended.
   * @defaultValue `Everything is connected again`
   */
  readonly mended: string
}

export const bannerTexts: BannerTexts = {
  label: 'Connections that need attention',
  title: { one: 'A connection needs your attention', other: '{count} connections need your attention' },
  mended: 'Everything is connected again',
}
