// Who is signed in, from the sessions of libraries that apps sign their people in with.
import { startSandbox, type Sandbox } from '@authpipe/sandbox'
import { expect, test, type Browser, type Page } from '@playwright/test'
import { connect } from '../../tools/outsideIn/connect.ts'
import { randomSecret } from './randomSecret.ts'
import { startNextExample, type RunningExample } from './startNextExample.ts'

const libraries = [
  { name: 'auth-js', env: { AUTH_SECRET: randomSecret() } },
  { name: 'better-auth', env: { BETTER_AUTH_SECRET: randomSecret() }, signsUp: true },
  { name: 'iron-session', env: { SESSION_PASSWORD: randomSecret() } },
]
const [ada, sam] = ['ada@acme.example', 'sam@acme.example']
const password = 'correct horse'

for (const { name, env, signsUp = false } of libraries) {
  test.describe(name, () => {
    let sandbox: Sandbox
    let app: RunningExample

    test.beforeAll(async ({ browser }) => {
      sandbox = await startSandbox()
      app = await startNextExample(name, { SANDBOX_URL: sandbox.url, ...env })
      if (signsUp) for (const email of [ada, sam]) await enter(await open(browser), email, password, 'Sign up')
    })
    test.afterAll(async () => {
      await app.stop()
      await sandbox.close()
    })

    /** The page as somebody has it who was never here. */
    async function open(browser: Browser): Promise<Page> {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(app.url)
      return page
    }

    test('lets nobody in who is not signed in', async ({ page }) => {
      for (const path of ['/api/authpipe/connections', '/api/chats']) expect((await page.request.get(app.url + path)).status()).toBe(401)
      await page.goto(app.url)
      await enter(page, ada, 'wrong horse', 'Sign in')
      await expect(page.getByLabel('Password')).toBeVisible()
      expect((await page.request.get(`${app.url}/api/authpipe/connections`)).status()).toBe(401)
    })

    test('connects for whoever signed in, and uses the credential for nobody else', async ({ browser }) => {
      const page = await open(browser)
      await enter(page, ada, password, 'Sign in')
      await connect(page, app.url)
      expect(await (await page.request.get(`${app.url}/api/chats`)).json()).toMatchObject({ found_chats: expect.any(Number) })

      const other = await open(browser)
      await enter(other, sam, password, 'Sign in')
      await expect(other.getByRole('button', { name: 'Connect LiveChat' })).toBeVisible()
      expect(await (await other.request.get(`${app.url}/api/authpipe/connections`)).json()).toEqual({ connections: [] })
      const chats = await other.request.get(`${app.url}/api/chats`)
      expect([chats.status(), await chats.json()]).toEqual([404, { error: 'connection_not_found' }])
    })
  })
}

async function enter(page: Page, email: string, secret: string, button: 'Sign in' | 'Sign up'): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(secret)
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await page.getByRole('button', { name: button }).click()
  await answered
  if (secret === password) await expect(page.getByText(email)).toBeVisible()
}
