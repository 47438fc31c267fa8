// Authpipe's components in the looks of an app made with Tailwind 4 and shadcn/ui.
import { startSandbox, type Sandbox } from '@authpipe/sandbox'
import { expect, test, type Page } from '@playwright/test'
import { randomSecret } from './randomSecret.ts'
import { startNextExample, type RunningExample } from './startNextExample.ts'

let sandbox: Sandbox
let app: RunningExample

test.beforeAll(async () => {
  sandbox = await startSandbox()
  app = await startNextExample('shadcn-tailwind', { SANDBOX_URL: sandbox.url, SESSION_PASSWORD: randomSecret() })
})
test.afterAll(async () => {
  await app.stop()
  await sandbox.close()
})

/** A colour of the app's tokens, as the browser computes it where the theme is set. */
function colorOf(page: Page, token: string): Promise<string> {
  return page.evaluate((name) => {
    const probe = document.body.appendChild(document.createElement('div'))
    probe.style.backgroundColor = `var(${name})`
    const color = getComputedStyle(probe).backgroundColor
    probe.remove()
    return color
  }, token)
}

test("wears the app's tokens in light and dark, and connects by the app's own button", async ({ page, browser }) => {
  for (const path of ['/api/authpipe/connections', '/api/chats']) expect((await page.request.get(app.url + path)).status()).toBe(401)

  await page.goto(app.url)
  await page.getByRole('button', { name: 'Ada' }).click()
  const card = page.locator('[data-authpipe=card]')
  const [ours, own] = [page.locator('main > div [data-authpipe=connectButton]').first(), page.locator('button.shadow-xs[data-status]')]
  await expect(card).toHaveCSS('max-width', '576px')
  const seen: string[] = []
  for (const theme of ['light', 'dark']) {
    if (theme === 'dark') await page.getByRole('button', { name: 'Light or dark' }).click()
    seen.push(await colorOf(page, '--primary'))
    await expect(ours).toHaveCSS('background-color', await colorOf(page, '--primary'))
    await expect(card).toHaveCSS('background-color', await colorOf(page, '--card'))
  }
  expect(new Set(seen).size).toBe(2)

  const opened = page.waitForEvent('popup')
  await own.click()
  const consent = await opened
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(card).toContainText('Connected')
  await expect(own).toHaveCSS('background-color', await colorOf(page, '--muted'))
  expect(await (await page.request.get(`${app.url}/api/chats`)).json()).toMatchObject({ found_chats: expect.any(Number) })

  const context = await browser.newContext()
  const other = await context.newPage()
  await other.goto(app.url)
  await other.getByRole('button', { name: 'Sam' }).click()
  await expect(other.locator('[data-authpipe=card]')).not.toContainText('Connected')
  expect((await other.request.get(`${app.url}/api/chats`)).status()).toBe(404)
})
