// A provider that the app defines itself, connected at a stand-in that is as small.
import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { freePort } from '../../tools/outsideIn/freePort.ts'
import { startCommand, type Running } from '../../tools/outsideIn/runCommand.ts'
import { randomSecret } from './randomSecret.ts'
import { startNextExample, type RunningExample } from './startNextExample.ts'

let helpdesk: Running
let app: RunningExample

test.beforeAll(async () => {
  const port = String(await freePort())
  helpdesk = await startCommand(process.execPath, ['helpdesk.ts'], join(import.meta.dirname, 'custom-provider'), /Acme Helpdesk/, { PORT: port })
  app = await startNextExample('custom-provider', { HELPDESK_URL: `http://127.0.0.1:${port}`, SESSION_PASSWORD: randomSecret() })
})
test.afterAll(async () => {
  await app.stop()
  await helpdesk.stop()
})

test('connects a provider of its own, and uses the credential for whoever connected and nobody else', async ({ page, browser }) => {
  for (const path of ['/api/authpipe/connections', '/api/tickets']) expect((await page.request.get(app.url + path)).status()).toBe(401)

  await page.goto(app.url)
  await page.getByRole('button', { name: 'Ada' }).click()
  const opened = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Connect Acme Helpdesk' }).click()
  const consent = await opened
  await consent.getByRole('link', { name: 'Allow' }).click()
  await expect(page.getByText('Connected').first()).toBeVisible()
  expect(await (await page.request.get(`${app.url}/api/authpipe/connections`)).json()).toMatchObject({ connections: [{ provider: 'acme', status: 'active', scopes: ['tickets:read'], account: { label: 'ada@acme.example' } }] })
  expect(await (await page.request.get(`${app.url}/api/tickets`)).json()).toEqual({ tickets: [{ id: 1, subject: 'The printer is on fire' }] })

  const context = await browser.newContext()
  const other = await context.newPage()
  await other.goto(app.url)
  await other.getByRole('button', { name: 'Sam' }).click()
  await expect(other.getByRole('button', { name: 'Connect Acme Helpdesk' })).toBeVisible()
  expect((await other.request.get(`${app.url}/api/tickets`)).status()).toBe(404)
})
