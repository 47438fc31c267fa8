import type { Browser, Page } from '@playwright/test'
import { Desk } from './Desk.ts'
import { expect, test } from './test.ts'

/** A page as the server has rendered it, before any script. */
async function openWithoutScripts(browser: Browser, page: Page, path: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: new URL(page.url()).origin, javaScriptEnabled: false, storageState: await page.context().storageState() })
  const plain = await context.newPage()
  await plain.goto(path)
  return plain
}

/** Visits a page and gives the routes that it asks for until it has come to rest. */
async function routesAskedBy(page: Page, path: string): Promise<string[]> {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/authpipe/')) asked.push(pathname)
  })
  await page.goto(path)
  await page.waitForLoadState('networkidle')
  return asked
}

test('shows connections in the server’s own HTML, and asks for none, where the page gives initialConnections', async ({ page, browser }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  const plain = await openWithoutScripts(browser, page, '/integrations')
  await expect(new Desk(plain).row()).toHaveAttribute('data-status', 'active')
  await expect(new Desk(plain).row().getByRole('button', { name: 'Manage LiveChat' })).toBeVisible()
  await plain.context().close()
  expect(await routesAskedBy(page, '/integrations')).toEqual([])
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
})

test('shows providers in the server’s own HTML, and asks for none, behind a HydrationBoundary', async ({ page, browser }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const plain = await openWithoutScripts(browser, page, '/integrations/catalog')
  await expect(plain.getByRole('button', { name: /^Help Scout/ })).toBeVisible()
  await plain.context().close()
  expect(await routesAskedBy(page, '/integrations/catalog')).toEqual([])
  await expect(page.getByRole('button', { name: /^Help Scout/ })).toBeVisible()
})
