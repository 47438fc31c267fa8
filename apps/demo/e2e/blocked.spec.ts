import type { Page } from '@playwright/test'
import { Desk } from './Desk.ts'
import { expect, test } from './test.ts'

/** Makes every `window.open` come back empty-handed. */
async function blockWindows(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.open = () => null
  })
}

test('connects in a new tab when the window was blocked', async ({ page }) => {
  await blockWindows(page)
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connectButton().click()
  await expect(desk.row()).toContainText('Your browser blocked the LiveChat window.')
  const consent = await desk.openConsent(desk.row().getByRole('button', { name: 'Open in a new tab' }))
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
})

test('connects in the same tab when the window was blocked, and comes back to where the user was', async ({ page }) => {
  await blockWindows(page)
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connectButton().click()
  await desk.row().getByRole('button', { name: 'Continue in this tab' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.waitForURL((url) => url.pathname === '/integrations' && url.search === '')
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
})
