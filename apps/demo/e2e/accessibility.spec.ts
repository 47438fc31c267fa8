import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { Desk } from './Desk.ts'
import { expect, test } from './test.ts'

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
    expect(violations.map(({ id, nodes }) => `${id} in ${colorScheme}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
  }
}

test('the sign-in page is accessible', async ({ page }) => {
  await page.goto('/sign-in')
  await expectAccessible(page)
})

test('the desk is accessible before, while and after connecting', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await expectAccessible(page)
  await page.goto('/conversations')
  await expectAccessible(page)

  await page.goto('/integrations')
  const consent = await desk.openConsent()
  await expectAccessible(page)
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
  await expectAccessible(page)

  await desk.row().getByRole('button', { name: 'Manage LiveChat' }).click()
  await desk.row().getByRole('button', { name: 'Disconnect LiveChat' }).click()
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  await page.goto('/conversations')
  await expectAccessible(page)
})

test('the catalog and the pages of its providers are accessible, on a narrow screen too', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  for (const path of ['/integrations/catalog', '/integrations/catalog/livechat', '/integrations/catalog/crisp']) {
    await page.setViewportSize({ width: 1280, height: 720 })
    await page.goto(path)
    await page.getByRole('button', { name: /LiveChat|Crisp/ }).first().and(page.locator('[aria-busy=false], :not([aria-busy])')).waitFor()
    await expectAccessible(page)
    await page.setViewportSize({ width: 320, height: 640 })
    await expectAccessible(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  }
})

test('the desk is accessible on a narrow screen, and scrolls one way only', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  const desk = new Desk(page)
  await desk.signIn()
  await expectAccessible(page)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
})

test('the pages of the window are accessible', async ({ page, context, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()

  // An answer without content leaves a page where it is, so that its onward step can be looked at.
  await context.route(`${sandbox.url}/livechat/?*`, (route) => route.fulfill({ status: 204 }))
  const opened = page.waitForEvent('popup')
  await desk.connectButton().click()
  const popup = await opened
  await expect(popup.getByRole('heading', { name: 'Opening LiveChat…' })).toBeVisible()
  await expectAccessible(popup)
  await context.unroute(`${sandbox.url}/livechat/?*`)

  await context.route('**/sessions/finish', (route) => route.fulfill({ status: 204 }))
  await popup.getByRole('link', { name: 'continue to LiveChat' }).click()
  await popup.getByRole('button', { name: 'Allow' }).click()
  await expect(popup.getByRole('heading', { name: 'Connecting LiveChat…' })).toBeVisible()
  await expectAccessible(popup)
})

test('the completion page is accessible, where it cannot close itself', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const opened = page.waitForEvent('popup')
  await desk.connectButton().click()
  const popup = await opened
  await popup.addInitScript(() => {
    window.close = () => {}
  })
  await popup.getByRole('button', { name: 'Allow' }).click()
  await expect(popup.getByRole('button', { name: 'Close this window' })).toBeVisible()
  await expectAccessible(popup)
})

test('an error page of the window is accessible', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await page.goto('/api/authpipe/callback/livechat?code=stolen&state=made-up')
  await expect(page.getByText('state_mismatch')).toBeVisible()
  await expectAccessible(page)
})

test('connecting works with the keyboard alone', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connectButton().focus()
  const opened = page.waitForEvent('popup')
  await page.keyboard.press('Enter')
  const consent = await opened
  await consent.getByRole('button', { name: 'Allow' }).press('Enter')
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
  await expect(desk.row().getByRole('button', { name: /LiveChat/ }).first()).toBeFocused()
})
