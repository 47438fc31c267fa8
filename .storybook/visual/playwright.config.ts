import { defineConfig } from '@playwright/test'
import { chromiumArguments, findChromium } from '../../tools/findChromium.ts'

const executablePath = findChromium()
if (!executablePath) throw new Error('The pictures need Chromium: run them by `npm test`, which brings one, or set CHROMIUM_PATH.')

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/visual',
  snapshotPathTemplate: '{testDir}/baselines/{arg}{ext}',
  forbidOnly: Boolean(process.env.CI),
  workers: 1,
  timeout: 60_000,
  expect: {
    timeout: 20_000,
    toHaveScreenshot: {
      animations: 'disabled',
      caret: 'hide',
      scale: 'css',
      // Each Chromium smooths the edges of letters a little differently. What a person would notice is more than this.
      threshold: 0.3,
      maxDiffPixelRatio: 0.005,
    },
  },
  reporter: [['list'], ['json', { outputFile: '../../test-results/visual.json' }]],
  use: {
    viewport: { width: 900, height: 640 },
    launchOptions: { executablePath, args: [...chromiumArguments, '--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb'] },
  },
})
