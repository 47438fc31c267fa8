import { defineConfig, devices } from '@playwright/test'
import { chromiumArguments, findChromium } from '../../tools/findChromium.ts'

const executablePath = findChromium()
if (!executablePath) throw new Error('The examples are tried in Chromium: run them by `npm test`, which brings one, or set CHROMIUM_PATH.')

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/examples',
  forbidOnly: Boolean(process.env.CI),
  // Most of the time goes into apps that compile their pages when they are first asked for, on a core each.
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: '../../test-results/examples.json' }]],
  use: { ...devices['Desktop Chrome'], launchOptions: { executablePath, args: [...chromiumArguments] } },
})
