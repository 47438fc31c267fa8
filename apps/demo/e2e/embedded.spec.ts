// The app in a frame of another site, with storage that the browser keeps apart. docs/popup.md says which test is about which edge.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { FrameLocator, Page } from '@playwright/test'
import { countRings, ringsAt } from './host/countRings.ts'
import { expect, test as base } from './host/hostTest.ts'
import { portOf } from './portOf.ts'

const test = base.extend<{ readonly embedder: string }>({
  // On `127.0.0.1`, which is another site than `localhost`, and by a real server: a browser takes a page that a test makes up for one of the open internet.
  embedder: async ({ host }, run) => {
    const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(`<iframe title="app" src="${host.url}" width="800" height="600"></iframe>`))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    await run(`http://127.0.0.1:${portOf(server)}/`)
    server.closeAllConnections()
    server.close()
  },
})

/** The app in a frame of a page of another site. */
async function openEmbedded(page: Page, embedder: string): Promise<FrameLocator> {
  await countRings(page.context())
  await page.goto(embedder)
  return page.frameLocator('iframe')
}

/** Connects from the frame to the end, and gives the channels by which the frame was rung at. */
async function connect(page: Page, app: FrameLocator): Promise<unknown> {
  const button = app.getByRole('region', { name: 'first' }).getByRole('button').first()
  await expect(button).toHaveAttribute('aria-busy', 'false')
  const opened = page.context().waitForEvent('page')
  await button.click()
  const consent = await opened
  const closed = consent.waitForEvent('close')
  await consent.getByRole('button', { name: 'Allow' }).click()
  await closed
  await expect(button).toHaveAccessibleName('Plain Connected')
  await expect(app.getByRole('list', { name: 'Heard' })).toContainText('first: connected')
  const [, frame] = page.frames()
  return frame && ringsAt(frame)
}

test('connects in a frame of another site, by the message to the opener', async ({ page, embedder }) => {
  const app = await openEmbedded(page, embedder)
  // Neither storage nor channels reach over here; where they did, this browser would not be as users have it.
  expect(await connect(page, app)).toEqual({ message: 1 })
})

test('connects there by asking the server where the provider cuts the window off, so that nothing arrives', async ({ page, embedder, sandbox }) => {
  sandbox.plain.set({ coop: 'same-origin' })
  const app = await openEmbedded(page, embedder)
  expect(await connect(page, app)).toEqual({})
})

test('posts to the exact origin of the app, and nothing to the page around it', async ({ page, embedder }) => {
  const app = await openEmbedded(page, embedder)
  await connect(page, app)
  expect(await ringsAt(page)).toEqual({})
})
