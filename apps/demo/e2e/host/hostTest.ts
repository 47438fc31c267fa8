import { startSandbox, type Sandbox } from '@authpipe/sandbox'
import { expect, test as base } from '@playwright/test'
import { HostDriver } from './HostDriver.ts'
import { startHost, type Host } from './startHost.ts'

interface World {
  readonly sandbox: Sandbox
  readonly host: Host
  readonly driver: HostDriver
  /** Whatever any page has complained of. */
  readonly complaints: string[]
}

/** A test of the window in a world of its own: a provider on one site, an app on another, and a browser whose pages may not complain. */
export const test = base.extend<World>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs
  sandbox: async ({}, run) => {
    const sandbox = await startSandbox()
    await run(sandbox)
    await sandbox.close()
  },
  host: async ({ sandbox }, run) => {
    const host = await startHost(sandbox.url)
    await run(host)
    await host.stop()
  },
  baseURL: async ({ host }, run) => run(host.url),
  driver: async ({ page }, run) => run(new HostDriver(page)),
  complaints: [
    async ({ context }, run) => {
      const complaints: string[] = []
      context.on('weberror', (error) => complaints.push(String(error.error())))
      context.on('console', (message) => {
        // A refused request is an answer, not a complaint.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
      })
      await run(complaints)
      expect(complaints).toEqual([])
    },
    { auto: true },
  ],
})

export { expect }
