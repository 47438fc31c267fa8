import AxeBuilder from '@axe-core/playwright'
import { Desk } from './Desk.ts'
import { expect, test } from './test.ts'

test('the operations page shows connections by status, refreshes, checks and due work, each as a drawing and as a table', async ({ page, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  sandbox.livechat.expireAccessTokens()
  // A call that the provider answers with a dead token has it refreshed.
  await page.getByRole('link', { name: 'Conversations' }).click()
  await page.getByRole('listitem').filter({ hasText: 'Hannah Weiss' }).waitFor()

  await page.getByRole('link', { name: 'Operations' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Operations' })).toBeVisible()
  await expect(page.getByRole('img', { name: /^Connections over .* Now: 1 active, 0 needs sign-in, 0 failed\.$/ })).toBeVisible()
  await expect(page.getByRole('img', { name: /^Refreshes over .* 1 succeeded, 0 failed\.$/ })).toBeVisible()
  await expect(page.getByRole('img', { name: /^Health checks over .* No provider is down\.$/ })).toBeVisible()
  await expect(page.getByRole('img', { name: /^Due work over / })).toBeVisible()

  await page.getByText('Refreshes as a table').click()
  const table = page.getByRole('region', { name: 'Refreshes' }).getByRole('table')
  await expect(table.getByRole('columnheader')).toHaveText(['Until (UTC)', 'Succeeded', 'Failed'])
  const succeeded = await table.getByRole('row').locator('td:nth-of-type(1)').allTextContents()
  expect(succeeded.map(Number).reduce((sum, count) => sum + count, 0)).toBe(1)

  sandbox.livechat.expireRefreshTokens()
  sandbox.livechat.expireAccessTokens()
  // A connection that was written a moment ago is not refreshed by force once more, so it may take another try.
  await expect(async () => {
    await page.goto('/conversations')
    await expect(page.getByRole('heading', { name: 'LiveChat needs you to sign in again' })).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await page.getByRole('link', { name: 'Operations' }).click()
  await page.getByRole('button', { name: 'Update' }).click()
  await expect(page.getByRole('img', { name: /Now: 0 active, 1 needs sign-in, 0 failed\.$/ })).toBeVisible()
  await expect(page.getByRole('img', { name: /1 succeeded, 1 failed\.$/ })).toBeVisible()
})

test('the operations page counts a check by what it found', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  await page.evaluate(async () => {
    const { connections } = (await (await fetch('/api/authpipe/connections')).json()) as { connections: readonly { readonly id: string }[] }
    await fetch(`/api/authpipe/connections/${connections[0]?.id}/check`, { method: 'POST' })
  })
  await page.getByRole('link', { name: 'Operations' }).click()
  await expect(page.getByRole('img', { name: /^Health checks over .* 1 healthy, 0 otherwise\. No provider is down\.$/ })).toBeVisible()
})

test('the operations page counts no connection of another company', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  await page.context().clearCookies()
  await desk.signIn('Mia Duarte')
  await page.getByRole('link', { name: 'Operations' }).click()
  await expect(page.getByRole('img', { name: /Now: 0 active, 0 needs sign-in, 0 failed\.$/ })).toBeVisible()
})

test('the operations page is accessible in both colour schemes, with its tables open and on a narrow screen', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  await page.goto('/operations')
  for (const summary of await page.locator('summary').all()) await summary.click()
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 720 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
      expect(violations.map(({ id, nodes }) => `${id} in ${colorScheme}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  }
})
