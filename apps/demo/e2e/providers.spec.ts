import { Desk } from './Desk.ts'
import { expect, test } from './test.ts'

test('connects Freshdesk by a pasted key, and only once Freshdesk has accepted it', async ({ page, sandbox }) => {
  const [account] = sandbox.freshdesk.accounts
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connectButton('Freshdesk').click()

  const dialog = page.getByRole('dialog', { name: 'Connect Freshdesk' })
  // Pasted from the address bar.
  await dialog.getByLabel('Domain').fill(`https://${account?.settings.subdomain}.freshdesk.com/a/tickets/1`)
  await dialog.getByLabel('API key', { exact: true }).fill('not-the-key')
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(dialog.getByText('Freshdesk rejected this key.')).toBeVisible()
  expect(await desk.connections()).toEqual([])

  await dialog.getByLabel('API key', { exact: true }).fill(account?.fields.apiKey ?? '')
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(desk.row('Freshdesk')).toHaveAttribute('data-status', 'active')
  await expect(desk.row('Freshdesk')).toContainText('northwind.freshdesk.com')
  expect(await desk.connections()).toEqual([expect.objectContaining({ provider: 'freshdesk', credentialType: 'api_key' })])
})

test('installs the Crisp plugin in a workspace, apart from a website token', async ({ page, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const opened = page.waitForEvent('popup')
  await desk.row('Crisp plugin').getByRole('button', { name: 'Install Crisp' }).click()
  const crisp = await opened
  await crisp.getByRole('radio', { name: 'Northwind Coffee' }).check()
  await crisp.getByRole('button', { name: 'Install' }).click()

  await expect(desk.row('Crisp plugin')).toHaveAttribute('data-status', 'active')
  await expect(desk.row('Crisp plugin')).toContainText('Installed')
  await expect(page.getByRole('button', { name: 'Connect Crisp', exact: true })).toBeVisible()
  expect(sandbox.crisp.installations()).toHaveLength(1)
  expect(await desk.connections()).toEqual([expect.objectContaining({ provider: 'crisp', kind: 'installation' })])
})

test('connects Help Scout, which returns to the URL that is registered there', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const consent = await desk.openConsent(desk.connectButton('Help Scout'))
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(desk.row('Help Scout')).toHaveAttribute('data-status', 'active')
})

test('signs in to Freshservice by the app of the company, once the person has said where that is', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connectButton('Freshservice').click()
  const dialog = page.getByRole('dialog', { name: 'Connect Freshservice' })
  await dialog.getByRole('button', { name: 'Sign in to Freshservice' }).click()
  await dialog.getByLabel('Organization').fill('northwind')
  await dialog.getByLabel('Domain').fill('northwind')
  const consent = await desk.openConsent(dialog.getByRole('button', { name: 'Continue' }))
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(desk.row('Freshservice')).toHaveAttribute('data-status', 'active')
  expect(await desk.connections()).toEqual([expect.objectContaining({ provider: 'freshservice', credentialType: 'oauth_token' })])
})

test('leads from the catalog to a page with the callback URL to register, to the letter', async ({ page, demo }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await page.getByRole('link', { name: 'Browse the catalog' }).click()
  await page.getByRole('searchbox', { name: 'Search integrations' }).fill('mailbox')
  await expect(page.getByRole('status')).toHaveText('1 found')
  await page.getByRole('button', { name: /^Help Scout/ }).click()

  await expect(page.getByRole('heading', { level: 1, name: 'Help Scout' })).toBeVisible()
  await expect(page.getByRole('figure', { name: 'Callback URL' }).locator('code')).toHaveText(`${demo.url}/api/authpipe/callback/help-scout`)
  await page.getByRole('link', { name: 'Freshservice' }).click()
  await expect(page.getByRole('figure', { name: 'Callback URL' }).locator('code')).toHaveText(new RegExp(`^${demo.url}/api/authpipe/callback/freshservice/[\\w-]{22}$`))
})

test('shows no page for a provider that there is not', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const response = await page.goto('/integrations/catalog/unheard-of')
  expect(response?.status()).toBe(404)
})
