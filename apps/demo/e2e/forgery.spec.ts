import { randomUUID } from 'node:crypto'
import { Desk } from './Desk.ts'
import { expect, test } from './test.ts'

const attacker = 'http://127.0.0.1:9/attack'

test('shows nothing on a forged success', async ({ page, context, watch }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.openConsent()
  const pending = await page.evaluate(() => Object.entries(sessionStorage).find(([key]) => key.startsWith('authpipe:pending'))?.[1])
  const sessionId = pending?.split(' ').at(-1)
  const asked = page.waitForResponse(`**/api/authpipe/sessions/${sessionId}`)
  const otherTab = await context.newPage()
  await otherTab.goto('/sign-in')
  await otherTab.evaluate((id) => {
    new BroadcastChannel(`authpipe:${id}`).postMessage({ v: 1, type: 'authpipe:completion', sessionId: id, status: 'complete', outcome: 'success' })
    localStorage.setItem(`authpipe:${id}`, 'done')
  }, sessionId)
  expect(await (await asked).json()).toMatchObject({ status: 'pending' })
  await expect(desk.row()).toHaveAttribute('data-status', 'absent')
  expect(watch.messages.some(({ channel }) => channel === `authpipe:${sessionId}`)).toBe(true)
})

test('asks the server at most once a second under a flood of forged messages', async ({ page, context }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await desk.openConsent()
  const pending = await page.evaluate(() => Object.entries(sessionStorage).find(([key]) => key.startsWith('authpipe:pending'))?.[1])
  const sessionId = pending?.split(' ').at(-1)
  const otherTab = await context.newPage()
  await otherTab.goto('/sign-in')
  await otherTab.evaluate((id) => {
    const channel = new BroadcastChannel(`authpipe:${id}`)
    for (let count = 0; count < 10_000; count++) channel.postMessage({ v: 1, type: 'authpipe:completion', sessionId: id })
  }, sessionId)
  // By the page's own clock, which the flood does not disturb.
  const askedAt = (): Promise<number[]> =>
    page.evaluate((id) => performance.getEntriesByType('resource').flatMap(({ name, startTime }) => (name.endsWith(`/sessions/${id}`) ? [startTime] : [])), sessionId)
  await expect.poll(async () => (await askedAt()).length).toBeGreaterThan(3)
  const times = await askedAt()
  expect(Math.min(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeGreaterThanOrEqual(990)
})

test('starts nothing for a link, an image or any other GET', async ({ page, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const sessionId = randomUUID()
  const response = await page.goto(`/api/authpipe/sessions?provider=livechat&sessionId=${sessionId}`)
  expect(response?.ok()).toBe(false)
  expect(await sessionStatus(desk, sessionId)).toBe(404)
  expect(sandbox.requests).toEqual([])
})

test('starts nothing for a form on another site', async ({ page, context, demo, sandbox }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const sessionId = randomUUID()
  await context.route(attacker, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${demo.url}/api/authpipe/sessions"><input name="provider" value="livechat"><input name="sessionId" value="${sessionId}"><button>Win a prize</button></form>`,
    }),
  )
  await page.goto(attacker)
  await page.getByRole('button').click()
  await expect(page.getByRole('heading', { name: 'This has to start in the app' })).toBeVisible()
  await expect(page.getByText('origin_not_allowed')).toBeVisible()
  expect(await sessionStatus(desk, sessionId)).toBe(404)
  expect(sandbox.requests).toEqual([])
})

test('tells a hostile page that opened the callback nothing', async ({ page, context, demo }) => {
  const desk = new Desk(page)
  await desk.signIn()
  await context.route(attacker, (route) => route.fulfill({ contentType: 'text/html', body: '<button>Open</button>' }))
  await page.goto(attacker)
  await page.evaluate((url) => {
    Object.assign(window, { heard: [] })
    addEventListener('message', ({ data }) => Reflect.get(window, 'heard').push(data))
    document.querySelector('button')?.addEventListener('click', () => open(url))
  }, `${demo.url}/api/authpipe/callback/livechat?code=stolen&state=made-up`)
  const opened = page.waitForEvent('popup')
  await page.getByRole('button').click()
  const victim = await opened
  await expect(victim.getByText('state_mismatch')).toBeVisible()
  expect(await page.evaluate(() => Reflect.get(window, 'heard'))).toEqual([])
})

test('runs nothing that a provider’s answer brings along', async ({ page }) => {
  const desk = new Desk(page)
  await desk.signIn()
  const markup = encodeURIComponent(`"><script>document.title='owned'</script><img src=x onerror="document.title='owned'">--></textarea>\u2028`)
  await page.goto(`/api/authpipe/callback/livechat?error=${markup}&error_description=${markup}&state=${markup}&${markup}=${markup}`)
  await expect(page.getByRole('heading')).toBeVisible()
  await expect(page).not.toHaveTitle('owned')
  await expect(page.locator('img, textarea')).toHaveCount(0)
})

const sessionStatus = async (desk: Desk, sessionId: string): Promise<number> => (await desk.page.request.get(`/api/authpipe/sessions/${sessionId}`)).status()
