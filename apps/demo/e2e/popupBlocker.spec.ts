import { Desk } from './Desk.ts'
import { expect, test } from './test.ts'

test('connects in a tab where the browser’s own blocker lets no window through', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  // A script that clicks is no user. It belongs to the page, since whatever Playwright runs counts as a user's doing for seconds.
  await page.addInitScript(() => {
    const timer = setInterval(() => {
      if (document.body.textContent?.includes('Your browser blocked')) {
        clearInterval(timer)
        console.log('blocked')
      } else {
        // Again and again, since nothing listens before the page has woken up.
        for (const button of document.querySelectorAll('button')) if (button.textContent?.includes('Connect LiveChat')) button.click()
      }
    }, 100)
  })
  const blocked = page.waitForEvent('console', (message) => message.text() === 'blocked')
  await page.goto('/integrations')
  await blocked
  await expect(desk.row()).toContainText('Your browser blocked the LiveChat window.')
  const consent = await desk.openConsent(desk.row().getByRole('button', { name: 'Open in a new tab' }))
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
})
