// Pictures of key stories, compared with those in `baselines`. After a change that is meant, `npx pnpm test:visual --update-snapshots` takes them anew.
import { expect, test, type Page } from '@playwright/test'
import { serveStorybook, type ServedStorybook } from './serveStorybook.ts'

let storybook: ServedStorybook
test.beforeAll(async () => {
  storybook = await serveStorybook()
})
test.afterAll(() => storybook.close())

interface Picture {
  readonly name: string
  readonly story: string
  /** What is there once the story has come to rest. */
  readonly settled: (page: Page) => Promise<void>
  /** Globals of the toolbar. */
  readonly globals?: string
  readonly viewport?: { readonly width: number; readonly height: number }
  /** In the colours of the reader. */
  readonly forcedColors?: 'active'
}

const seen = (text: string | RegExp) => (page: Page) => expect(page.getByText(text).first()).toBeVisible()

const pictures: readonly Picture[] = [
  {
    name: 'states',
    story: 'start-here-states--states',
    viewport: { width: 1240, height: 1700 },
    async settled(page) {
      await seen('LiveChat could not be connected.')(page)
      await seen('LiveChat access wasn’t approved. Nothing was changed.')(page)
      await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(4)
      await expect(page.getByText('Connected 3 days ago')).toHaveCount(2)
    },
  },
  { name: 'forced colours', story: 'start-here-states--forced-colors', forcedColors: 'active', settled: seen('Connected 3 days ago'), viewport: { width: 640, height: 800 } },
  { name: 'zoomed', story: 'start-here-states--zoomed', settled: seen('Connected 3 days ago'), viewport: { width: 640, height: 1400 } },
  { name: 'connected with menu', story: 'components-connectbutton--connected-with-menu', settled: seen('Connect another account'), viewport: { width: 480, height: 160 } },
  { name: 'list', story: 'components-connectionlist--integrations', settled: seen('Connected 3 days ago') },
  { name: 'list right to left', story: 'components-connectionlist--integrations', globals: 'direction:rtl', settled: seen('Connected 3 days ago') },
  { name: 'list compact', story: 'components-connectionlist--integrations', globals: 'density:compact', settled: seen('Connected 3 days ago') },
  { name: 'card managed', story: 'components-connectioncard--managed', settled: seen('Last checked') },
  { name: 'card narrow', story: 'components-connectioncard--narrow', settled: seen(/^Connected 3 days ago/), viewport: { width: 320, height: 400 } },
  { name: 'key rejected', story: 'components-credentialdialog--rejected-key', settled: seen(/^Freshdesk rejected this key/) },
  { name: 'key on a telephone', story: 'components-credentialdialog--empty', settled: seen('Where do I find this?'), viewport: { width: 390, height: 700 } },
  { name: 'choice', story: 'components-credentialdialog--choice', settled: seen('Use an API key') },
  { name: 'disconnect', story: 'components-disconnectdialog--asking', settled: seen('Disconnect LiveChat?') },
  { name: 'catalog', story: 'components-providergrid--categories-and-request', settled: seen('Request an integration') },
  { name: 'scopes', story: 'components-scopepicker--required-and-new', settled: seen('Required') },
  { name: 'banner', story: 'components-reconnectbanner--several', settled: seen('Freshdesk no longer accepts the key.') },
]

for (const { name, story, settled, globals, viewport, forcedColors } of pictures) {
  for (const theme of ['light', 'dark'] as const) {
    test(`${name} looks as before in the ${theme}`, async ({ page }) => {
      await page.clock.install({ time: '2026-11-22T09:30:00Z' })
      if (viewport) await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme: theme, ...(forcedColors && { forcedColors }) })
      await page.goto(`${storybook.url}/iframe.html?viewMode=story&id=${story}&globals=theme:${theme}${globals ? `;${globals}` : ''}`)
      await settled(page)
      await page.evaluate(() => document.fonts.ready)
      await expect(page).toHaveScreenshot(`${name.replaceAll(' ', '-')}-${theme}.png`)
    })
  }
}
