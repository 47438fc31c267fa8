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

for (const step of ['End the sign-in', 'Revoke as the LiveChat user']) {
  test(`asks the user to reconnect after "${step}", and works again once they did`, async ({ page }) => {
    const desk = new Desk(page)
    await desk.signIn()
    await desk.connect()
    await page.getByRole('button', { name: step }).click()
    await expect(desk.row()).toHaveAttribute('data-status', 'needs_reauth')

    await page.getByRole('link', { name: 'Conversations' }).click()
    await expect(page.getByRole('heading', { name: 'LiveChat needs you to sign in again' })).toBeVisible()
    await page.getByRole('link', { name: 'Reconnect LiveChat' }).click()

    const consent = await desk.openConsent(desk.row().getByRole('button', { name: 'Reconnect LiveChat' }))
    await consent.getByRole('button', { name: 'Allow' }).click()
    await expect(desk.row()).toHaveAttribute('data-status', 'active')
    expect(await desk.connections()).toHaveLength(1)
  })
}

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
