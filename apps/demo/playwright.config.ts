import { defineConfig, devices } from '@playwright/test'
import { chromiumArguments, findChromium } from '../../tools/findChromium.ts'

const executablePath = findChromium()
if (!executablePath) throw new Error('The browser tests need Chromium: run them by `npm test`, which brings one, or set CHROMIUM_PATH.')

const launchOptions = { executablePath, args: [...chromiumArguments] }

export default defineConfig({
  testDir: './e2e',
  outputDir: '../../test-results/browser',
  forbidOnly: Boolean(process.env.CI),
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: '../../test-results/browser.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    trace: 'retain-on-failure',
    launchOptions,
  },
  projects: [
    { name: 'chromium', testIgnore: 'popupBlocker.spec.ts' },
    {
      name: 'chromium with its popup blocker',
      testMatch: 'popupBlocker.spec.ts',
      // Playwright lets every window through by default. A trace takes pictures by scripts, which count as a user's doing.
      use: { trace: 'off', launchOptions: { ...launchOptions, ignoreDefaultArgs: ['--disable-popup-blocking'] } },
    },
  ],
})
