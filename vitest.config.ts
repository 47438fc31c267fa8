import { defineConfig } from 'vitest/config'

const source = { resolve: { conditions: ['@authpipe/source'] }, ssr: { resolve: { conditions: ['@authpipe/source'] } } }

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'tools', environment: 'node', include: ['tools/**/*.test.ts'] } },
      { ...source, test: { name: 'core', environment: 'node', include: ['packages/core/src/**/*.test.ts'] } },
      { ...source, test: { name: 'next', environment: 'node', include: ['packages/next/{src,test}/**/*.test.ts'] } },
      { ...source, test: { name: 'sandbox', environment: 'node', include: ['packages/sandbox/src/**/*.test.ts'] } },
    ],
  },
})
