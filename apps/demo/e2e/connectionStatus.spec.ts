import { Desk } from './Desk.ts'
import { expect, test } from './test.ts'

test('fetches a new access token without the user, when the old one has expired', async ({ page, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  await page.getByRole('button', { name: 'Let the access token expire' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'The access token has ended. Authpipe fetched a new one' })).toBeVisible()
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
  expect(sandbox.livechat.tokenRequests()).toBe(2)
})

test('asks the user to reconnect after the sign-in has ended, and works again once they did', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  await page.getByRole('button', { name: 'End the sign-in' }).click()
  await expect(desk.row()).toHaveAttribute('data-status', 'needs_reauth')
  await desk.reconnect()
  expect(await desk.connections()).toHaveLength(1)
})

test('shows trouble when access is revoked, and asks to reconnect once another account proves that the app is not to blame', async ({ page, browser, demo }) => {
  const ada = new Desk(page)
  await ada.signIn('Ada Okafor')
  await ada.connect()
  const context = await browser.newContext({ baseURL: demo.url })
  const mia = new Desk(await context.newPage())
  await mia.signIn('Mia Duarte')
  await mia.connect('Mia Chen')

  await page.getByRole('button', { name: 'Revoke as the LiveChat user' }).click()
  await expect(page.getByText('LiveChat refuses a new token')).toBeVisible()
  await expect(ada.row()).toContainText('Has trouble right now')
  await expect(ada.row()).toHaveAttribute('data-status', 'active')

  await mia.page.getByRole('button', { name: 'Let the access token expire' }).click()
  await expect(mia.page.getByText('Authpipe fetched a new one')).toBeVisible()
  await context.close()
  await page.getByRole('button', { name: 'Revoke as the LiveChat user' }).click()
  await expect(ada.row()).toHaveAttribute('data-status', 'needs_reauth')
  await ada.reconnect()
})

test('says on the conversations page how to begin, while nothing is connected', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await page.getByRole('link', { name: 'Conversations' }).click()
  await page.getByRole('link', { name: 'Connect LiveChat' }).click()
  await expect(desk.connectButton()).toBeVisible()
})

test('keeps the connection while LiveChat has an outage', async ({ page, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  sandbox.livechat.fault('api', { kind: 'answer', status: 503 }, { times: Infinity })
  await page.getByRole('link', { name: 'Conversations' }).click()
  await expect(page.getByRole('heading', { name: 'LiveChat does not answer right now' })).toBeVisible()
  expect(await desk.connections()).toMatchObject([{ status: 'active' }])
})

test('sends a person who is not signed in to the sign-in page', async ({ page }) => {
  await page.goto('/integrations')
  await expect(page).toHaveURL(/\/sign-in$/)
  expect((await page.request.get('/api/authpipe/connections')).status()).toBe(401)
})
