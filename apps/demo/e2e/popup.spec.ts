// The window, edge by edge. docs/popup.md says which test is about which edge.
import { sandboxEndpoints } from '@authpipe/sandbox'
import type { BrowserContext, Page } from '@playwright/test'
import { countRings, ringsAt } from './host/countRings.ts'
import { HostDriver } from './host/HostDriver.ts'
import { expect, test } from './host/hostTest.ts'

const allow = (consent: Page): Promise<void> => consent.getByRole('button', { name: 'Allow' }).click()

/** How often a page has asked about a session so far, by its own record. */
const questions = ({ page }: HostDriver, sessionId: string | undefined): Promise<number> =>
  page.evaluate((id) => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith(`/sessions/${id}`)).length, sessionId)

/** Lets requests to the server's routes wait, or fail, until it is undone. */
async function bend(context: BrowserContext, routes: string, method: string, how: 'wait' | 'fail'): Promise<() => Promise<void>> {
  let release!: () => void
  const released = new Promise<void>((resolve) => (release = resolve))
  await context.route(routes, async (route) => {
    if (route.request().method() !== method) return route.fallback()
    if (how === 'fail') return route.abort('internetdisconnected')
    await released
    // A page that has gone meanwhile wants no answer.
    await route.continue().catch(() => {})
  })
  return async () => {
    release()
    await context.unroute(routes)
  }
}

test('connects, and tells of it once although the news comes by every channel', async ({ driver, page, context }) => {
  await countRings(context)
  await driver.open()
  const consent = await driver.openConsent()
  const closed = consent.waitForEvent('close')
  await allow(consent)
  await closed
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  expect(await ringsAt(page)).toEqual({ message: 1, storage: 1, channel: 1 })
  expect(await driver.heard()).toEqual(['effect: plain connected', expect.stringMatching(/^first: connected /)])
})

test('connects once in StrictMode', async ({ driver }) => {
  await driver.open('strict')
  await allow(await driver.openConsent())
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  expect(await driver.heard()).toEqual(['effect: plain connected', expect.stringMatching(/^first: connected /)])
})

test('tells events of the attempt, and nothing else', async ({ driver }) => {
  await driver.open()
  await allow(await driver.openConsent())
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  const events = (await driver.heard({ events: true })).filter((what) => what.startsWith('event:'))
  expect(events).toEqual(['event: connect_started', 'event: window_opened', 'event: authorization_completed', 'event: connect_succeeded'])
})

test('takes a window that the user has closed for a cancel, quietly, and still tells of a success that comes late', async ({ driver, context }) => {
  await driver.open()
  const consent = await driver.openConsent()
  const elsewhere = await context.newPage()
  await elsewhere.goto(consent.url())
  await consent.close()
  await driver.page.bringToFront()
  await expect(driver.button()).toHaveAccessibleName('Connect Plain')
  await expect(driver.section().getByRole('status')).toHaveText('Connecting was cancelled. Nothing was changed.')
  expect(await driver.heard()).toEqual(['first: cancelled, presumed_closed'])

  await allow(elsewhere)
  await expect.poll(() => driver.heard()).toEqual(['first: cancelled, presumed_closed', 'effect: plain connected', expect.stringMatching(/^first: connected /)])
})

test('still tells of a success after a cancel that came too late', async ({ driver, context }) => {
  await driver.open()
  const consent = await driver.openConsent()
  const elsewhere = await context.newPage()
  await elsewhere.goto(consent.url())
  const letGo = await bend(context, '**/api/authpipe/sessions/*', 'DELETE', 'wait')
  await driver.action('Cancel').click()
  await expect(driver.button()).toHaveAccessibleName('Connect Plain')
  await allow(elsewhere)
  await expect.poll(() => driver.heard()).toEqual(['first: cancelled, user', 'effect: plain connected', expect.stringMatching(/^first: connected /)])
  await letGo()
})

test.describe('where the provider cuts the window off', () => {
  test('says that it may be open, and leaves it to the user', async ({ driver, sandbox }) => {
    sandbox.plain.set({ coop: 'same-origin' })
    await driver.open()
    await driver.leaveFocusToWindow()
    const consent = await driver.openConsent()
    await expect(driver.button()).toHaveAccessibleName('Continue in window…')
    await expect(driver.action('Try again')).toBeVisible()
    await allow(consent)
    await expect(driver.button()).toHaveAccessibleName('Plain Connected')
    expect(await driver.heard()).toEqual(['effect: plain connected', expect.stringMatching(/^first: connected /)])
  })

  test('offers another window in place of one that is cut off, which ends the first attempt', async ({ driver, sandbox }) => {
    sandbox.plain.set({ coop: 'same-origin' })
    await driver.open()
    await driver.leaveFocusToWindow()
    const first = await driver.openConsent()
    await expect(driver.action('Try again')).toBeVisible()
    const second = await driver.openConsent(driver.action('Try again'))
    await allow(first)
    await expect(first.getByText('session_already_used')).toBeVisible()
    await allow(second)
    await expect(driver.button()).toHaveAccessibleName('Plain Connected')
    expect(await driver.heard()).toEqual(['first: cancelled, superseded', 'effect: plain connected', expect.stringMatching(/^first: connected /)])
  })

  test('waits until the user cancels, where the window was closed behind its back', async ({ driver, sandbox }) => {
    sandbox.plain.set({ coop: 'same-origin' })
    await driver.open()
    await driver.leaveFocusToWindow()
    const consent = await driver.openConsent()
    await expect(driver.button()).toHaveAccessibleName('Continue in window…')
    // The focus was in the window when its closing could have been seen.
    await consent.close()
    await driver.action('Cancel').click()
    await expect(driver.button()).toHaveAccessibleName('Connect Plain')
    expect(await driver.heard()).toEqual(['first: cancelled, user'])
  })
})

for (const [where, headers] of [
  ['the app’s page', 'pageHeaders'],
  ['every answer of the app, the completion page included', 'routeHeaders'],
] as const) {
  for (const policy of ['same-origin', 'same-origin-allow-popups']) {
    test(`connects where ${where} sends COOP ${policy}`, async ({ driver, host }) => {
      host[headers]['cross-origin-opener-policy'] = policy
      await driver.open()
      const consent = await driver.openConsent()
      const closed = consent.waitForEvent('close')
      await allow(consent)
      await closed
      await expect(driver.button()).toHaveAccessibleName('Plain Connected')
      expect(await driver.heard()).toEqual(['effect: plain connected', expect.stringMatching(/^first: connected /)])
    })
  }
}

test('connects where everything sends COOP same-origin', async ({ driver, host, sandbox }) => {
  sandbox.plain.set({ coop: 'same-origin' })
  host.pageHeaders['cross-origin-opener-policy'] = host.routeHeaders['cross-origin-opener-policy'] = 'same-origin'
  await driver.open()
  await allow(await driver.openConsent())
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
})

test('connects under a strict policy of the app: scripts by nonce, forms to itself, no inline style', async ({ driver, host }) => {
  host.pageHeaders['content-security-policy'] =
    "default-src 'none'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
  await driver.open()
  const consent = await driver.openConsent()
  const closed = consent.waitForEvent('close')
  await allow(consent)
  await closed
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
})

test('opens a second window for no double click, and brings the first one to the front', async ({ driver, context, sandbox }) => {
  await driver.open()
  const consent = await driver.openConsent()
  await driver.button().dblclick()
  await allow(consent)
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  expect(context.pages()).toHaveLength(1)
  expect(sandbox.plain.authorizationRequests()).toBe(1)
})

test('shows an attempt on both buttons of a provider, and tells the one that was clicked', async ({ driver }) => {
  await driver.open('two')
  const consent = await driver.openConsent(driver.button('second'))
  for (const name of ['first', 'second']) await expect(driver.button(name)).toHaveAccessibleName('Connecting…')
  await allow(consent)
  for (const name of ['first', 'second']) await expect(driver.button(name)).toHaveAccessibleName('Plain Connected')
  expect(await driver.heard()).toEqual(['effect: plain connected', expect.stringMatching(/^second: connected /)])
})

test('shows a connection in another tab too, which tells of nothing', async ({ driver, context }) => {
  await driver.open()
  const other = new HostDriver(await context.newPage())
  await other.open()
  await driver.page.bringToFront()
  await allow(await driver.openConsent())
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  await expect(other.button()).toHaveAccessibleName('Plain Connected')
  expect(await other.heard({ events: true })).toEqual([])
})

test('follows the attempts of two tabs apart', async ({ driver, context, host }) => {
  await driver.open()
  const other = new HostDriver(await context.newPage())
  await other.open()
  const second = await other.openConsent()
  await driver.page.bringToFront()
  const first = await driver.openConsent()
  await second.getByRole('radio').nth(1).check()
  await allow(second)
  await expect.poll(() => other.heard()).toContainEqual(expect.stringMatching(/^first: connected /))
  expect(await driver.heard()).toEqual([])
  await allow(first)
  await expect.poll(() => driver.heard()).toContainEqual(expect.stringMatching(/^first: connected /))
  expect(await host.authpipe.listConnections({ tenantId: 'org_northwind' })).toHaveLength(2)
})

test('goes on after a reload of the page, and tells of the success there', async ({ driver, page }) => {
  await driver.open()
  const consent = await driver.openConsent()
  await page.reload()
  await expect(driver.button()).toHaveAccessibleName('Connecting…')
  await allow(consent)
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  expect(await driver.heard()).toEqual(['effect: plain connected', expect.stringMatching(/^first: connected /)])
  await page.reload()
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  expect(await driver.heard({ events: true })).toEqual([])
})

test('goes on after a reload on a page that shows no button', async ({ driver }) => {
  await driver.open()
  const consent = await driver.openConsent()
  await driver.open('button=none')
  await allow(consent)
  await expect.poll(() => driver.heard()).toEqual(['effect: plain connected'])
})

test('leaves the connection for the next visit where the tab was closed meanwhile, and a window that says so', async ({ driver, context, page }) => {
  await driver.open()
  const consent = await driver.openConsent()
  await consent.addInitScript(() => {
    window.close = () => {}
  })
  await page.close()
  await allow(consent)
  await expect(consent.getByRole('heading', { name: 'Plain is connected' })).toBeVisible()
  await expect(consent.getByText('You can close this window.')).toBeVisible()
  const later = new HostDriver(await context.newPage())
  await later.open()
  await expect(later.button()).toHaveAccessibleName('Plain Connected')
})

test('tells by the effect alone of a success that comes after the button has gone', async ({ driver, page }) => {
  await driver.open()
  const consent = await driver.openConsent()
  await page.getByRole('button', { name: 'Take the button away' }).click()
  await allow(consent)
  await expect.poll(() => driver.heard()).toEqual(['effect: plain connected'])
  await page.getByRole('button', { name: 'Bring the button back' }).click()
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
})

test('shows the attempt on a button that comes back meanwhile, and tells it', async ({ driver, page }) => {
  await driver.open()
  const consent = await driver.openConsent()
  await page.getByRole('button', { name: 'Take the button away' }).click()
  await page.getByRole('button', { name: 'Bring the button back' }).click()
  await expect(driver.button()).toHaveAccessibleName('Connecting…')
  await allow(consent)
  await expect.poll(() => driver.heard()).toEqual(['effect: plain connected', expect.stringMatching(/^first: connected /)])
})

test('waits with the app’s title in the window while the start is slow, and says so after ten seconds; it still connects', async ({ driver, context }) => {
  const letGo = await bend(context, '**/api/authpipe/sessions', 'POST', 'wait')
  await driver.open()
  await driver.page.evaluate(() => {
    const open = window.open.bind(window)
    window.open = (...how) => {
      const opened = open(...how)
      Object.assign(window, { opened })
      return opened
    }
  })
  const opened = await driver.openWindow()
  // Asked of the page that has opened it, since Playwright waits for the answer that is slow.
  await expect.poll(() => driver.page.evaluate(() => Reflect.get(window, 'opened').document.title)).toBe('Northwind')
  await expect(driver.button()).toHaveAccessibleName('Connecting…')
  await expect(driver.section().getByRole('status')).toHaveText('The server can’t be reached right now.')
  expect(await driver.heard()).toEqual(['first: failed, network_error'])
  await letGo()
  await allow(opened)
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
})

test('says at once that a start was refused, and the window says why', async ({ driver, host }) => {
  host.allows = false
  await driver.open()
  const opened = await driver.openWindow()
  await expect(opened.getByRole('heading', { name: 'You may not do this' })).toBeVisible()
  await expect(driver.section().getByRole('status')).toHaveText('Plain could not be connected.', { timeout: 5_000 })
  expect(await driver.heard()).toEqual(['first: failed, session_not_found'])
  host.allows = true
  await allow(await driver.openConsent())
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
})

test('says that the user is signed out, where the session of the app has ended', async ({ driver, host }) => {
  await driver.open()
  await expect(driver.button()).toHaveAttribute('aria-busy', 'false')
  host.principal = null
  const opened = await driver.openWindow()
  await expect(opened.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
  await expect(driver.section().getByRole('status')).toHaveText('You are signed out. Sign in and try again.')
  expect(await driver.heard()).toEqual(['first: failed, unauthenticated'])
})

test('is told of a denial as of a cancel', async ({ driver }) => {
  await driver.open()
  const consent = await driver.openConsent()
  const closed = consent.waitForEvent('close')
  await consent.getByRole('button', { name: 'Deny' }).click()
  await closed
  await expect(driver.section().getByRole('status')).toHaveText('Plain access wasn’t approved. Nothing was changed.')
  expect(await driver.heard()).toEqual(['first: cancelled, denied'])
})

test('is told of an error of the provider, which stays to be read in the window', async ({ driver, context, sandbox, host }) => {
  await context.route(`${sandbox.url}/plain/authorize?*`, async (route) => {
    const { searchParams } = new URL(route.request().url())
    const answer = new URLSearchParams({ error: 'server_error', state: searchParams.get('state') ?? '', iss: sandboxEndpoints('plain', sandbox.url).issuer ?? '' })
    await route.fulfill({ status: 302, headers: { location: `${host.url}/api/authpipe/callback/plain?${answer}` } })
  })
  await driver.open()
  const opened = await driver.openWindow()
  await expect(opened.getByRole('heading', { name: 'Plain could not finish the sign-in' })).toBeVisible()
  await expect(driver.section().getByRole('status')).toHaveText('Plain could not be connected.')
  expect(await driver.heard()).toEqual(['first: failed, authorization_failed'])
})

test('stops waiting after ten minutes', async ({ driver, page }) => {
  await page.clock.install()
  await driver.open()
  await driver.openConsent()
  await expect(driver.button()).toHaveAccessibleName('Connecting…')
  await page.clock.fastForward('10:01')
  await expect(driver.section().getByRole('status')).toHaveText('This took too long, so we stopped waiting.')
  expect(await driver.heard()).toEqual(['first: failed, connect_timed_out'])
})

for (const skewMs of [-86_400_000, 86_400_000]) {
  test(`connects where the clock of the browser is ${skewMs < 0 ? 'a day late' : 'a day early'}`, async ({ driver, context }) => {
    await context.addInitScript((skew) => {
      const now = Date.now
      Date.now = () => now() + skew
    }, skewMs)
    await driver.open()
    await allow(await driver.openConsent())
    await expect(driver.button()).toHaveAccessibleName('Plain Connected')
    expect(await driver.heard()).toEqual(['effect: plain connected', expect.stringMatching(/^first: connected /)])
  })
}

test('waits for a user who has gone elsewhere in the window, until they cancel', async ({ driver }) => {
  await driver.open()
  const consent = await driver.openConsent()
  await consent.goto('about:blank')
  await expect.poll(async () => questions(driver, await driver.sessionId())).toBeGreaterThan(2)
  await expect(driver.button()).toHaveAccessibleName('Connecting…')
  const closed = consent.waitForEvent('close')
  await driver.action('Cancel').click()
  await closed
  expect(await driver.heard()).toEqual(['first: cancelled, user'])
})

test('begins nothing while the browser is offline, and says why', async ({ driver, context }) => {
  await driver.open()
  await expect(driver.button()).toHaveAttribute('aria-busy', 'false')
  await context.setOffline(true)
  await expect(driver.button()).toHaveAttribute('aria-disabled', 'true')
  await expect(driver.section().getByRole('status')).toHaveText('You’re offline.')
  await driver.button().click({ force: true })
  expect(context.pages()).toHaveLength(1)
  await context.setOffline(false)
  await expect(driver.button()).toHaveAttribute('aria-disabled', 'false')
  await allow(await driver.openConsent())
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
})

test('goes on where the server could not be asked for a while', async ({ driver, context }) => {
  await driver.open()
  const consent = await driver.openConsent()
  const letGo = await bend(context, '**/api/authpipe/sessions/*', 'GET', 'fail')
  await allow(consent)
  await expect(driver.button()).toHaveAccessibleName('Almost there…')
  await letGo()
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  expect(await driver.heard()).toEqual(['effect: plain connected', expect.stringMatching(/^first: connected /)])
})

test('keeps the connection where another account is chosen to mend it, and takes that one as a second when asked', async ({ driver, host }) => {
  await driver.open()
  await allow(await driver.openConsent())
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  const wrong = await driver.openConsent()
  await wrong.getByRole('radio').nth(1).check()
  await allow(wrong)
  await expect(driver.section().getByRole('status')).toHaveText('This is another Plain account than before. Nothing was changed.')
  await wrong.close()
  const consent = await driver.openConsent(driver.action('Add as a second account'))
  await consent.getByRole('radio').nth(1).check()
  await allow(consent)
  await expect.poll(async () => (await driver.heard()).slice(2)).toEqual([
    'first: failed, account_mismatch',
    'effect: plain connected',
    expect.stringMatching(/^first: connected /),
  ])
  expect(await host.authpipe.listConnections({ tenantId: 'org_northwind' })).toHaveLength(2)
})

test('mends a connection under its id when the same account is chosen', async ({ driver, host }) => {
  await driver.open()
  await allow(await driver.openConsent())
  await expect(driver.button()).toHaveAccessibleName('Plain Connected')
  const [before] = await host.authpipe.listConnections({ tenantId: 'org_northwind' })
  await allow(await driver.openConsent())
  await expect.poll(async () => (await driver.heard()).slice(2)).toEqual(['effect: plain reconnected', expect.stringMatching(/^first: reconnected /)])
  expect(await host.authpipe.listConnections({ tenantId: 'org_northwind' })).toMatchObject([{ id: before?.id }])
})

test.describe('a message that is not the completion page’s', () => {
  /** The app in a window that a page of another site has opened, and so can post to. */
  async function openHostile(context: BrowserContext, url: string) {
    const attacker = 'http://127.0.0.1:9/attack'
    await context.route(attacker, (route) => route.fulfill({ contentType: 'text/html', body: '<button>Open</button>' }))
    const hostile = await context.newPage()
    await hostile.goto(attacker)
    await hostile.evaluate((address) => document.querySelector('button')?.addEventListener('click', () => Object.assign(window, { app: open(address) })), url)
    const opened = context.waitForEvent('page')
    await hostile.getByRole('button').click()
    const driver = new HostDriver(await opened)
    await driver.openConsent()
    return { hostile, driver, sessionId: (await driver.sessionId()) ?? '' }
  }

  const forgeries: readonly [string, (sessionId: string) => { readonly from: 'hostile' | 'app'; readonly data: unknown }][] = [
    ['comes from another origin', (sessionId) => ({ from: 'hostile', data: { v: 1, type: 'authpipe:completion', sessionId } })],
    ['names another session', () => ({ from: 'app', data: { v: 1, type: 'authpipe:completion', sessionId: 'another' } })],
    ['has another version', (sessionId) => ({ from: 'app', data: { v: 2, type: 'authpipe:completion', sessionId } })],
    ['is of another kind', (sessionId) => ({ from: 'app', data: { v: 1, type: 'authpipe:success', sessionId, connection: {} } })],
    ['has no form', (sessionId) => ({ from: 'app', data: `authpipe:completion ${sessionId}` })],
    ['is nothing', () => ({ from: 'app', data: null })],
  ]
  for (const [name, forge] of forgeries) {
    test(`changes nothing where it ${name}`, async ({ context, host }) => {
      const { hostile, driver, sessionId } = await openHostile(context, host.url)
      const labels: string[] = []
      await driver.page.exposeFunction('reportLabel', (label: string) => labels.push(label))
      await driver.page.evaluate(() => {
        const button = document.querySelector('section button')
        const report: unknown = Reflect.get(window, 'reportLabel')
        if (button && typeof report === 'function') new MutationObserver(() => void report(button.textContent)).observe(button, { subtree: true, childList: true, characterData: true, attributes: true })
      })
      const { from, data } = forge(sessionId)
      if (from === 'hostile') await hostile.evaluate((message) => Reflect.get(window, 'app').postMessage(message, '*'), data)
      else await driver.page.evaluate((message) => postMessage(message, '*'), data)
      // A bell that was heard would show at once, and the next question takes it back.
      const before = await questions(driver, sessionId)
      await expect.poll(() => questions(driver, sessionId)).toBeGreaterThan(before + 1)
      expect(labels.filter((label) => label.includes('Almost there'))).toEqual([])
      await expect(driver.button()).toHaveAccessibleName('Connecting…')
    })
  }

  test('would be seen by the tests above if it were heard', async ({ driver }) => {
    await driver.open()
    await driver.openConsent()
    const sessionId = await driver.sessionId()
    await driver.page.evaluate((id) => postMessage({ v: 1, type: 'authpipe:completion', sessionId: id }, '*'), sessionId)
    await expect(driver.button()).toHaveAccessibleName('Almost there…')
    await expect(driver.button()).toHaveAccessibleName('Connecting…')
    expect(await driver.heard()).toEqual([])
  })
})
