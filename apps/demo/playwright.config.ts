import { defineConfig, devices } from '@playwright/test'
import { chromiumArguments, findChromium } from '../../tools/findChromium.ts'

const executablePath = findChromium()
if (!executablePath) throw new Error('The browser tests need Chromium: run them by `npm test`, which brings one, or set CHROMIUM_PATH.')

/** Tests of what Playwright's own flags would hide. */
const asUsersHaveIt = ['popupBlocker.spec.ts', 'popup.spec.ts', 'redirect.spec.ts', 'relay.spec.ts', 'embedded.spec.ts', 'browserRules.spec.ts']

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
    { name: 'chromium', testIgnore: asUsersHaveIt },
    {
      name: 'chromium as users have it',
      testMatch: asUsersHaveIt,
      // By default Playwright lets every window through, keeps no page in memory for the back button, and lets frames of other sites share
      // storage; the last list of features counts. A trace takes pictures by scripts, which count as a user's doing.
      use: {
        trace: 'off',
        launchOptions: {
          executablePath,
          args: [...chromiumArguments, '--disable-features=HttpsUpgrades'],
          ignoreDefaultArgs: ['--disable-popup-blocking', '--disable-back-forward-cache'],
        },
      },
    },
  ],
})
