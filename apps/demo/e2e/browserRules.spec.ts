// What browsers do with cookies, storage, frames and history. BR-… and ST-… name rows of the threat catalogue.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Page } from '@playwright/test'
import { expect, test } from './host/hostTest.ts'
import { portOf } from './portOf.ts'

const connected = ['effect: plain connected', expect.stringMatching(/^first: connected /)]

// BR-1, BR-2: a cookie that says Lax has no two minutes of grace.
for (const [sameSite, responseMode, callback] of [
  ['Strict', 'query', 'GET /callback/plain'],
  ['Strict', 'form_post', 'POST /callback/plain'],
  ['Lax', 'form_post', 'POST /callback/plain'],
] as const) {
  test(`connects who is signed in by a cookie that is ${sameSite}, where the answer comes by ${responseMode}`, async ({ driver, host, sandbox }) => {
    sandbox.plain.set({ responseMode })
    host.cookie = 'northwind=ada'
    host.pageHeaders['set-cookie'] = `${host.cookie}; Path=/; HttpOnly; SameSite=${sameSite}`
    await driver.open()
    const consent = await driver.openConsent()
    await consent.getByRole('button', { name: 'Allow' }).click()
    await expect(driver.button()).toHaveAccessibleName('Plain Connected')
    // The browser leaves the cookie out on the way back from the provider, and sends it with what the page there posts.
    const asked = host.asked.map(({ what, isSignedIn }) => `${what}: ${isSignedIn}`)
    expect(asked).toEqual(expect.arrayContaining([`${callback}: false`, 'POST /sessions/finish: true']))
    expect(await driver.heard()).toEqual(connected)
  })
}

// BR-9
test('leaves nothing in the browser but which session to ask about', async ({ driver, page, context }) => {
  await driver.open()
  const consent = await driver.openConsent()
  const during = await storedIn(page)
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  const after = await storedIn(page)

  const uuid = '[0-9a-f-]{36}'
  expect(during.length).toBeGreaterThan(0)
  for (const entry of [...during, ...after]) expect(entry).toMatch(new RegExp(`^(session: authpipe:pending:plain: = \\d+ ${uuid}|local: authpipe:${uuid} = done)$`))
  const [cookie, ...others] = await context.cookies()
  expect([others, cookie]).toEqual([[], expect.objectContaining({ name: 'authpipe', httpOnly: true, sameSite: 'Lax', value: expect.stringMatching(/^[\w-]{43}$/) as unknown })])
})

/** Everything that a page's origin keeps. */
const storedIn = (page: Page): Promise<string[]> =>
  page.evaluate(async () => [
    ...Object.entries(localStorage).map(([key, value]) => `local: ${key} = ${value}`),
    ...Object.entries(sessionStorage).map(([key, value]) => `session: ${key} = ${value}`),
    ...(await indexedDB.databases()).map(({ name }) => `database: ${name}`),
    ...(await caches.keys()).map((name) => `cache: ${name}`),
  ])

// BR-11
for (const path of ['/callback/plain?code=stolen&state=made-up', '/callback/plain?error=access_denied']) {
  test(`shows nothing of ${path} in a frame of another site`, async ({ page, host, complaints }) => {
    const address = await serveOn127(`<iframe title="bait" src="${host.url}/api/authpipe${path}"></iframe>`)
    const answered = page.waitForResponse(`${host.url}/api/authpipe${path}`)
    await page.goto(address.url)
    await answered
    await expect.poll(() => page.frames()[1]?.url()).toBe('chrome-error://chromewebdata/')
    expect(complaints.splice(0)).toEqual([expect.stringContaining("violates the following Content Security Policy directive: \"frame-ancestors 'none'\"")])
    await address.close()
  })
}

async function serveOn127(body: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(body))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

// BR-13
test('says that cookies are needed where the browser keeps none, and redeems nothing', async ({ driver, context, sandbox }) => {
  await driver.open()
  const consent = await driver.openConsent()
  await context.clearCookies()
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(consent.getByText('which has to accept cookies')).toBeVisible()
  await expect(consent.getByText('state_mismatch')).toBeVisible()
  expect(sandbox.plain.tokenRequests()).toBe(0)
  expect(await driver.heard()).toEqual([])
})

// ST-22
test('redeems nothing when the user goes back to the callback, and contradicts no success', async ({ driver, page, sandbox, complaints }) => {
  await driver.open('mode=redirect')
  await driver.button().click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  // The history holds the app, the consent page and the app again: neither callback nor finish, which were replaced.
  await page.evaluate(() => void setTimeout(() => history.back()))
  await expect.poll(() => page.url()).toContain('/plain/authorize')
  await page.evaluate(() => void setTimeout(() => history.forward()))
  await expect.poll(() => page.url()).toContain('/?mode=redirect')
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  expect(page.url()).not.toContain('code=')
  expect(sandbox.plain.tokenRequests()).toBe(1)
  expect(complaints).toEqual([])
})
