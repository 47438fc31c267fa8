import { storybookTest } from '@storybook/addon-vitest/vitest-plugin'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { chromiumArguments, findChromium } from './tools/findChromium.ts'

const source = { resolve: { conditions: ['@authpipe/source'] }, ssr: { resolve: { conditions: ['@authpipe/source'] } } }

/** Chromium as a user sees it who prefers this colour scheme. */
const chromium = (colorScheme: 'light' | 'dark') => {
  const executablePath = findChromium()
  return {
    browser: 'chromium' as const,
    name: `storybook ${colorScheme}`,
    provider: playwright({ launchOptions: { ...(executablePath && { executablePath }), args: [...chromiumArguments] }, contextOptions: { colorScheme } }),
  }
}

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'tools', environment: 'node', include: ['tools/**/*.test.ts'] } },
      { ...source, test: { name: 'docs', environment: 'node', include: ['docs/**/*.test.ts'] } },
      { ...source, test: { name: 'core', environment: 'node', include: ['packages/core/src/**/*.test.ts'] } },
      { ...source, test: { name: 'next', environment: 'node', include: ['packages/next/{src,test}/**/*.test.ts'], exclude: ['packages/next/test/faults/**'], globalSetup: ['packages/next/test/postgresServer.ts'] } },
      // The same flows once more, with PostgreSQL below them.
      { ...source, test: { name: 'next on postgres', environment: 'node', env: { AUTHPIPE_TEST_DATABASE: 'postgres' }, include: ['packages/next/test/*.test.ts'], globalSetup: ['packages/next/test/postgresServer.ts'] } },
      { ...source, test: { name: 'node', environment: 'node', testTimeout: 30_000, include: ['packages/node/{src,test}/**/*.test.ts'], globalSetup: ['packages/next/test/postgresServer.ts'] } },
      {
        ...source,
        // Processes that are stopped and killed: one file at a time, and after everything else, since they measure what others would disturb.
        test: {
          name: 'faults',
          environment: 'node',
          include: ['packages/next/test/faults/**/*.test.ts'],
          globalSetup: ['packages/next/test/postgresServer.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      // Each test runs the command line as a process of its own.
      { ...source, test: { name: 'cli', environment: 'node', testTimeout: 60_000, include: ['packages/cli/{src,test}/**/*.test.ts'], globalSetup: ['packages/next/test/postgresServer.ts'] } },
      { ...source, test: { name: 'sandbox', environment: 'node', include: ['packages/sandbox/src/**/*.test.ts'] } },
      {
        ...source,
        plugins: [react()],
        test: { name: 'react', environment: 'jsdom', testTimeout: 30_000, include: ['packages/react/{src,test}/**/*.test.{ts,tsx}'], setupFiles: ['packages/react/test/failOnConsoleError.ts'] },
      },
      {
        plugins: [storybookTest({ configDir: join(import.meta.dirname, '.storybook') })],
        optimizeDeps: {
          // What stories and preview import: found late, a dependency reloads the page under a running test.
          include: ['react', 'react-dom/client', 'react/jsx-dev-runtime', 'react/jsx-runtime', '@tanstack/react-query', 'storybook/test'],
        },
        test: { name: 'storybook', testTimeout: 30_000, browser: { enabled: true, headless: true, provider: playwright(), instances: [chromium('light'), chromium('dark')] } },
      },
    ],
  },
})
