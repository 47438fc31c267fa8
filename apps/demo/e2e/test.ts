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
  sandbox: async ({}, use) => {
    const sandbox = await startSandbox()
    await use(sandbox)
    await sandbox.close()
  },
  demo: async ({ sandbox }, use) => {
    const demo = await startDemo(sandbox.url)
    await use(demo)
    await demo.stop()
  },
  baseURL: async ({ demo }, use) => use(demo.url),
  watch: [
    async ({ context, demo, sandbox }, use) => {
      const watch = await BrowserWatch.begin(context, demo.url)
      await use(watch)
      expect(await findLeaks(watch, demo, sandbox)).toEqual([])
      expect(watch.scriptErrors).toEqual([])
    },
    { auto: true },
  ],
})

export { expect }
