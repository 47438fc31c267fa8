// Redirect mode: the page itself goes to the provider and comes back. docs/popup.md says which test is about which edge.
import { devices } from '@playwright/test'
import { expect, test } from './host/hostTest.ts'

const { defaultBrowserType: _, ...phone } = devices['Pixel 7']

test.describe('on a phone', () => {
  test.use(phone)

  test('comes back to where the app says, and tells of the connection there', async ({ driver, page, context }) => {
    await driver.open('mode=redirect&returnTo=/settings?tab=2')
    await driver.button().tap()
    await page.getByRole('button', { name: 'Allow' }).tap()
    await page.waitForURL((url) => url.pathname === '/settings')
    await expect(driver.button()).toHaveAccessibleName('Plain Connected')
    await expect.poll(() => new URL(page.url()).search).toBe('?tab=2')
    await expect.poll(() => driver.heard()).toEqual(['effect: plain connected', expect.stringMatching(/^first: connected /)])
    expect(context.pages()).toHaveLength(1)
    await page.reload()
    await expect(driver.button()).toHaveAccessibleName('Plain Connected')
    expect(await driver.heard({ events: true })).toEqual([])
  })

  test('connects in a tab of its own where nothing else is asked for', async ({ driver }) => {
    await driver.open()
    const consent = await driver.openConsent()
    const closed = consent.waitForEvent('close')
    await consent.getByRole('button', { name: 'Allow' }).tap()
    await closed
    await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  })
})

test('comes back to the page that was clicked on, and tells of a denial there', async ({ driver, page }) => {
  await driver.open('mode=redirect')
  await driver.button().click()
  await page.getByRole('button', { name: 'Deny' }).click()
  await page.waitForURL((url) => url.pathname === '/')
  await expect(driver.section().getByRole('status')).toHaveText('Plain access wasn’t approved. Nothing was changed.')
  await expect.poll(() => new URL(page.url()).search).toBe('?mode=redirect')
  expect(await driver.heard()).toEqual(['first: cancelled, denied'])
})

test('comes back to a page of the app whatever it was told', async ({ driver, page, host }) => {
  await driver.open(`mode=redirect&returnTo=${encodeURIComponent('/\\evil.example/')}`)
  await driver.button().click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  expect(new URL(page.url()).origin).toBe(host.url)
})

test('submits once for a double click', async ({ driver, page, sandbox }) => {
  await driver.open('mode=redirect')
  await expect(driver.button()).toHaveAttribute('aria-busy', 'false')
  await driver.button().dblclick()
  await page.getByRole('button', { name: 'Allow' }).click()
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  expect(sandbox.plain.authorizationRequests()).toBe(1)
})

test('is how an app on an iOS home screen connects, which has no second window', async ({ driver, page, context }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'standalone', { value: true }))
  await driver.open()
  await driver.button().click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  expect(context.pages()).toHaveLength(1)
})

test('tells the effect of an app whose page has no button to come back to', async ({ driver, page }) => {
  await driver.open('mode=redirect&returnTo=/?button=none')
  await driver.button().click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.waitForURL((url) => url.search === '?button=none')
  await expect.poll(() => driver.heard()).toEqual(['effect: plain connected'])
})

for (const memory of [true, false]) {
  test.describe(memory ? 'the back button, to a page that the browser has kept' : 'the back button, to a page that is loaded again', () => {
    test('shows no attempt that nobody makes, and lets the user begin again', async ({ driver, page }) => {
      // Without this the page would be kept.
      if (!memory) await page.addInitScript(() => addEventListener('unload', () => {}))
      await page.addInitScript(() => addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted })))
      await driver.open('mode=redirect')
      await driver.button().click()
      await page.getByRole('button', { name: 'Allow' }).waitFor()
      await page.goBack({ waitUntil: 'commit' })
      await expect(driver.button()).toHaveAccessibleName('Connect Plain')
      expect(await page.evaluate(() => Reflect.get(window, 'persisted'))).toBe(memory)
      await expect.poll(() => driver.heard()).toEqual(['first: cancelled, presumed_closed'])
      await driver.button().click()
      await page.getByRole('button', { name: 'Allow' }).click()
      await expect(driver.button()).toHaveAccessibleName('Plain Connected')
    })
  })
}
