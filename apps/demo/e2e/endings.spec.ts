import { Desk } from './Desk.ts'
import { expect, test } from './test.ts'

test('offers to connect again after a denial, and stores nothing', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const consent = await desk.openConsent(desk.connectButton('Plain'))
  await consent.getByRole('button', { name: 'Deny' }).click()
  await expect(desk.connectButton('Plain')).toBeVisible()
  await expect(desk.row('Plain')).toContainText('Plain access wasn’t approved. Nothing was changed.')
  expect(await desk.connections()).toEqual([])
})

test('waits until the user cancels, when the provider keeps a refusal to itself', async ({ page, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const consent = await desk.openConsent()
  await consent.getByRole('button', { name: 'Cancel' }).click()
  await consent.waitForURL('**/ooops**')
  await desk.row().getByRole('button', { name: 'Cancel', exact: true }).click()
  await expect(desk.connectButton()).toBeVisible()
  expect(await desk.connections()).toEqual([])
  expect(sandbox.livechat.tokenRequests()).toBe(0)
})

test('redeems nothing when the user consents after having cancelled', async ({ page, context, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const consent = await desk.openConsent()
  // A window that the page cannot close stays open, as behind COOP.
  const address = consent.url()
  const kept = await context.newPage()
  await kept.goto(address)
  await desk.row().getByRole('button', { name: 'Cancel', exact: true }).click()
  await expect(desk.connectButton()).toBeVisible()
  await kept.getByRole('button', { name: 'Allow' }).click()
  await expect(kept.getByRole('heading')).toBeVisible()
  await kept.waitForURL('**/sessions/finish')
  expect(sandbox.livechat.tokenRequests()).toBe(0)
  expect(await desk.connections()).toEqual([])
})

test('offers to connect again after the user closed the window', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const consent = await desk.openConsent()
  await consent.close()
  await page.bringToFront()
  await expect(desk.connectButton()).toBeVisible()
  await desk.connect()
})

test('stores nothing when somebody else signs in meanwhile in the same browser', async ({ page, context, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn('Ada Okafor')
  const consent = await desk.openConsent()
  const other = new Desk(await context.newPage())
  await other.signIn('Mia Duarte')
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(consent.getByRole('heading', { name: 'You are signed in as someone else now' })).toBeVisible()
  await expect(consent.getByText('principal_mismatch')).toBeVisible()
  expect(sandbox.livechat.tokenRequests()).toBe(0)
  expect(await other.connections()).toEqual([])
})
