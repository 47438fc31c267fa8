import { Desk } from './Desk.ts'
import { expect, test } from './test.ts'

for (const coop of [null, 'same-origin', 'same-origin-allow-popups'] as const) {
  test(`connects in a window and shows chats that the server fetched, when the consent page sends ${coop ?? 'no'} COOP`, async ({ page, sandbox }) => {
    sandbox.livechat.set({ coop })
    const desk = new Desk(page)
    await desk.signIn()

    const consent = await desk.openConsent()
    await expect(consent.getByText('chats--all:ro')).toBeVisible()
    const closed = consent.waitForEvent('close')
    await consent.getByRole('button', { name: 'Allow' }).click()
    await closed

    await expect(desk.row()).toHaveAttribute('data-status', 'active')
    await expect(desk.row()).toContainText('ada@northwind.example')
    await page.getByRole('link', { name: 'Conversations' }).click()
    await expect(page.getByRole('listitem').filter({ hasText: 'Hannah Weiss' })).toContainText('Thank you, the number is 20417.')
    expect(sandbox.livechat.tokenRequests()).toBe(1)
  })
}

test('opens one window and starts one session for two fast clicks', async ({ page, context, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const opened = page.waitForEvent('popup')
  await desk.connectButton().dblclick()
  const consent = await opened
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
  expect(context.pages()).toHaveLength(1)
  expect(sandbox.requests.filter(({ endpoint }) => endpoint === 'authorization')).toHaveLength(1)
})

test('opens the window in the click, before the slow server has answered', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const opened = page.waitForEvent('popup')
  await page.context().route('**/api/authpipe/sessions', async (route) => {
    await opened
    await route.continue()
  })
  await desk.connectButton().click()
  await (await opened).getByRole('button', { name: 'Allow' }).click()
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
})

test('shows the connection without another click, when the page was reloaded meanwhile', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const consent = await desk.openConsent()
  await page.reload()
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
})

test('takes the code out of the address and hands no referrer to the provider', async ({ page, context }) => {
  const referrers: (string | null)[] = []
  context.on('request', (request) => {
    if (!request.url().includes('/livechat/')) return
    referrers.push(request.headers().referer ?? null)
  })
  const addresses: string[] = []
  const desk = new Desk(page)
  await desk.signIn()
  const consent = await desk.openConsent()
  consent.on('framenavigated', (frame) => addresses.push(frame.url()))
  await consent.getByRole('button', { name: 'Allow' }).click()
  await expect(desk.row()).toHaveAttribute('data-status', 'active')
  expect(referrers.filter((referrer) => referrer?.startsWith('http://localhost'))).toEqual([])
  expect(addresses.at(-1)).toMatch(/\/sessions\/finish$/)
})

test('disconnects after asking, and gives the access back to the provider', async ({ page, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  await desk.row().getByRole('button', { name: 'Manage LiveChat' }).click()
  await desk.row().getByRole('button', { name: 'Disconnect LiveChat' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click()
  await expect(desk.row()).toHaveAttribute('data-status', 'absent')
  await expect.poll(() => sandbox.livechat.revokeRequests()).toBeGreaterThan(0)
  expect(await desk.connections()).toEqual([])
})

test('keeps the connection of one person from everybody else', async ({ page, browser, demo }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
  for (const name of ['Sam Lind', 'Mia Duarte']) {
    const context = await browser.newContext({ baseURL: demo.url })
    const other = new Desk(await context.newPage())
    await other.signIn(name)
    await expect(other.row()).toHaveAttribute('data-status', 'absent')
    await context.close()
  }
})

for (const policies of [{ 'cross-origin-opener-policy': 'same-origin' }, { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }]) {
  test(`connects where the app's own pages send ${Object.keys(policies).join(' and ')}`, async ({ page }) => {
    await page.route('**/integrations', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, headers: { ...response.headers(), ...policies } })
    })
    const desk = new Desk(page)
    await desk.signIn()
    await page.reload()
    await desk.connect()
  })
}

test('connects in a browser without BroadcastChannel', async ({ page, context }) => {
  await context.addInitScript(() => Reflect.deleteProperty(window, 'BroadcastChannel'))
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
})

test('connects in a browser that forbids storage and channels to the page', async ({ page, context }) => {
  await context.addInitScript(() => {
    const forbid = (): never => {
      throw new DOMException('Forbidden.', 'SecurityError')
    }
    Object.defineProperty(window, 'BroadcastChannel', { value: forbid })
    Object.defineProperty(window, 'localStorage', { get: forbid })
    Object.defineProperty(window, 'sessionStorage', { get: forbid })
  })
  const desk = new Desk(page)
  await desk.signIn()
  await desk.connect()
})
