import { expect, type Page } from '@playwright/test'

/** Connects LiveChat on a page as its user does, through the window, and sees that the server knows. */
export async function connect(page: Page, url: string): Promise<void> {
  // What a server says comes a moment before it listens.
  const answers = (): Promise<boolean> => page.request.get(url).then((response) => response.ok(), () => false)
  await expect.poll(answers).toBe(true)
  await page.goto(url)
  const opened = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Connect LiveChat' }).click()
  const consent = await opened
  await consent.getByRole('radio').first().check()
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(page.getByText('Connected').first()).toBeVisible()
  const answer: unknown = await (await page.request.get(new URL('/api/authpipe/connections', url).href)).json()
  expect(answer).toMatchObject({ connections: [{ provider: 'livechat', status: 'active' }] })
}
