import { startSandbox, type Sandbox } from '@authpipe/sandbox'
import { expect, test as base } from '@playwright/test'
import { BrowserWatch } from './BrowserWatch.ts'
import { findLeaks } from './findLeaks.ts'
import { startDemo, type Demo } from './startDemo.ts'

interface World {
  readonly sandbox: Sandbox
  readonly demo: Demo
  readonly watch: BrowserWatch
}

/** A test in a world of its own: a sandbox, the built demo with an empty database, and a browser that is watched for leaks and script errors. */
export const test = base.extend<World>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs
  sandbox: async ({}, run) => {
    const sandbox = await startSandbox()
    await run(sandbox)
    await sandbox.close()
  },
  demo: async ({ sandbox }, run) => {
    const demo = await startDemo(sandbox.url)
    // These two return to the URL that an app has registered there, and take none with a request.
    sandbox['help-scout'].set({ redirectUrl: `${demo.url}/api/authpipe/callback/help-scout` })
    sandbox.crisp.set({ callbackUrl: `${demo.url}/api/authpipe/callback/crisp` })
    await run(demo)
    await demo.stop()
  },
  baseURL: async ({ demo }, run) => run(demo.url),
  watch: [
    async ({ context, demo, sandbox }, run) => {
      const watch = await BrowserWatch.begin(context, demo.url)
      await run(watch)
      expect(await findLeaks(watch, demo, sandbox)).toEqual([])
      expect(watch.scriptErrors).toEqual([])
    },
    { auto: true },
  ],
})

export { expect }
