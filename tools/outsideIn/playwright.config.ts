import { defineConfig, devices } from '@playwright/test'
import { chromiumArguments, findChromium } from '../findChromium.ts'

const executablePath = findChromium()
if (!executablePath) throw new Error('The outside-in check needs Chromium: run it by `npm test`, which brings one, or set CHROMIUM_PATH.')

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/outside',
  forbidOnly: Boolean(process.env.CI),
  workers: 1,
  // Packages are installed and an app is built.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: '../../test-results/outside.json' }]],
  use: { ...devices['Desktop Chrome'], launchOptions: { executablePath, args: [...chromiumArguments] } },
})
