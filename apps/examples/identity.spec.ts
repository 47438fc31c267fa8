// Who is signed in, from the sessions of libraries that apps sign their people in with.
import { startSandbox, type Sandbox } from '@authpipe/sandbox'
import { expect, test, type Browser, type Page } from '@playwright/test'
import { randomBytes } from 'node:crypto'
import { connect } from '../../tools/outsideIn/connect.ts'
import { startNextExample, type RunningExample } from './startNextExample.ts'

const libraries = [{ name: 'iron-session', env: () => ({ SESSION_PASSWORD: randomBytes(32).toString('base64') }) }]

for (const { name, env } of libraries) {
  test.describe(name, () => {
    let sandbox: Sandbox
    let app: RunningExample

    test.beforeAll(async () => {
      sandbox = await startSandbox()
      app = await startNextExample(name, { SANDBOX_URL: sandbox.url, ...env() })
    })
    test.afterAll(async () => {
      await app.stop()
      await sandbox.close()
    })

    test('lets nobody in who is not signed in', async ({ page }) => {
      for (const path of ['/api/authpipe/connections', '/api/chats']) expect((await page.request.get(app.url + path)).status()).toBe(401)
      await page.goto(app.url)
      await signIn(page, 'ada@acme.example', 'wrong')
      expect((await page.request.get(`${app.url}/api/authpipe/connections`)).status()).toBe(401)
    })

    test('connects for whoever signed in, and uses the credential for nobody else', async ({ page, browser }) => {
      await page.goto(app.url)
      await signIn(page, 'ada@acme.example', 'correct horse')
      await connect(page, app.url)
      expect(await (await page.request.get(`${app.url}/api/chats`)).json()).toMatchObject({ found_chats: expect.any(Number) })

      const other = await openPage(browser)
      await other.goto(app.url)
      await signIn(other, 'sam@acme.example', 'correct horse')
      await expect(other.getByRole('button', { name: 'Connect LiveChat' })).toBeVisible()
      expect(await (await other.request.get(`${app.url}/api/authpipe/connections`)).json()).toEqual({ connections: [] })
      const chats = await other.request.get(`${app.url}/api/chats`)
      expect([chats.status(), await chats.json()]).toEqual([404, { error: 'connection_not_found' }])
    })
  })
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await answered
}

async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext()
  return context.newPage()
}
