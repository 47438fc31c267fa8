// Redirect mode: where a connect comes back to. RD-… name rows of the threat catalogue.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { baseUrl, consent, formOf, openWorld, type Browser, type World } from './world.ts'

let world: World
let browser: Browser
beforeEach(async () => {
  world = await openWorld()
  browser = world.browser()
})
afterEach(() => world.close())

/** Connects in redirect mode. @returns where the browser is sent at the end */
async function comeBack(
  returnTo: string | undefined,
  more: Readonly<Record<string, unknown>> = {},
): Promise<{ status: number; location: URL; sessionId: string }> {
  const { sessionId, authorizationUrl } = await browser.start('plain', { mode: 'redirect', ...(returnTo === undefined ? {} : { returnTo }), ...more })
  const { status, headers } = await browser.followCallback(await consent(authorizationUrl))
  // As a browser reads it.
  return { status, location: new URL(headers.get('location') ?? '', 'https://other.example'), sessionId }
}

describe('redirect mode', () => {
  it('comes back to the page that was asked for, with the session to ask about and nothing else', async () => {
    const { status, location, sessionId } = await comeBack('/integrations?tab=1#top')
    expect([status, location.href]).toEqual([303, `http://localhost:3000/integrations?tab=1&authpipe=${sessionId}#top`])
    expect(await browser.session(sessionId)).toMatchObject({ status: 'complete' })
  })

  it('comes back to the root where no page was asked for', async () => {
    const { location, sessionId } = await comeBack(undefined)
    expect(location.href).toBe(`http://localhost:3000/?authpipe=${sessionId}`)
  })

  // RD-1, RD-2, RD-3, RD-4; the whole list stands beside resolveReturnTo.
  it.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\r\n/evil.example',
    'https://evil.example/',
    '/..//evil.example',
    'javascript:alert(1)',
    'blob:http://localhost:3000/x',
    'http://localhost:3000@evil.example',
    'http://[',
    '%',
  ])('stays at home for %j', async (returnTo) => {
    const { status, location } = await comeBack(returnTo)
    expect([status, location.origin]).toEqual([303, 'http://localhost:3000'])
  })

  // RD-6
  it('takes nothing about it from the answer', async () => {
    const { sessionId, authorizationUrl } = await browser.start('plain', { mode: 'redirect', returnTo: '/integrations' })
    const page = await browser.request((await consent(authorizationUrl)).slice(baseUrl.length))
    const form = formOf(await page.text())
    form.set('returnTo', 'https://evil.example')
    const finished = await browser.form('/sessions/finish', form)
    expect(finished.headers.get('location')).toBe(`http://localhost:3000/integrations?authpipe=${sessionId}`)
  })

  it.each([
    ['denied', { kind: 'refuse' }, 'denied', 'authorization_denied'],
    ['refused', { kind: 'fault' }, 'failed', 'provider_misconfigured'],
  ])('comes back with the session also when access was %s, and the session says why', async (_, { kind }, status, code) => {
    const { sessionId, authorizationUrl } = await browser.start('plain', { mode: 'redirect', returnTo: '/integrations' })
    if (kind === 'fault') world.sandbox.plain.fault('token', { kind: 'answer', status: 401, body: { error: 'invalid_client' } })
    const callback = new URL(await consent(authorizationUrl))
    if (kind === 'refuse') callback.searchParams.set('error', 'access_denied')
    const finished = await browser.followCallback(callback.href)
    expect([finished.status, finished.headers.get('location')]).toEqual([303, `http://localhost:3000/integrations?authpipe=${sessionId}`])
    expect(await browser.session(sessionId)).toMatchObject({ status, error: { code } })
  })

  // RD-7, ST-5
  it('sends nobody else anywhere', async () => {
    const { authorizationUrl } = await browser.start('plain', { mode: 'redirect', returnTo: '/integrations' })
    const callback = await consent(authorizationUrl)
    browser.signIn('org_acme', 'user_2')
    const finished = await browser.followCallback(callback)
    expect([finished.status, finished.headers.get('location')]).toEqual([403, null])
  })
})

describe('popup mode', () => {
  // RD-8
  it('keeps no address to come back to', async () => {
    const { authorizationUrl } = await browser.start('plain', { mode: 'popup', returnTo: '/<b>CANARY</b>' })
    const finished = await browser.followCallback(await consent(authorizationUrl))
    expect([finished.status, finished.headers.get('location')]).toEqual([200, null])
    expect(await finished.text()).not.toContain('CANARY')
  })
})

describe('the way to the provider', () => {
  const own = {
    response_type: 'code',
    client_id: 'sandbox-plain',
    redirect_uri: 'http://localhost:3000/api/authpipe/callback/plain',
    code_challenge_method: 'S256',
  }

  // RD-10, ST-18
  it('takes no parameter from the page beside scopes that are known', async () => {
    const smuggled = {
      client_id: 'evil',
      redirect_uri: 'https://evil.example',
      response_type: 'token',
      state: 'known',
      prompt: 'none',
      code_challenge_method: 'plain',
      scope: 'everything',
      tenantId: 'org_evil',
      userId: 'mallory',
    }
    const { authorizationUrl, sessionId } = await browser.start('plain', { ...smuggled, scopes: ['things:read'] })
    const parameters = Object.fromEntries(new URL(authorizationUrl).searchParams)
    expect(parameters).toMatchObject({ ...own, scope: 'profile things:read' })
    expect(Object.keys(parameters).sort()).toEqual([
      'client_id',
      'code_challenge',
      'code_challenge_method',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
    ])
    expect(parameters.state).not.toBe('known')
    expect((await world.browser('org_evil', 'mallory').request(`/sessions/${sessionId}`)).status).toBe(404)
  })

  it.each([['admin'], ['profile things:read'], [''], ['__proto__']])(
    'refuses the scope %j, which neither definition nor registration knows',
    async (scope) => {
      const response = await browser.json('POST', '/sessions', { provider: 'plain', scopes: [scope] })
      expect([response.status, await response.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'invalid_request', detail: 'Plain has no such scope. Add it to "scopes" of its registration if it is new.' }),
      ])
    },
  )

  // HT-19, HT-20
  it.each([
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example' },
    { 'x-forwarded-proto': 'http', 'x-forwarded-port': '1' },
    { forwarded: 'host=evil.example;proto=http' },
    { 'x-original-url': '/evil', 'x-rewrite-url': '/evil' },
  ] as Record<string, string>[])('is built from the configured base URL whatever the headers say: %j', async (headers) => {
    const response = await browser.request('/sessions', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ provider: 'plain', mode: 'redirect', returnTo: '/x' }),
    })
    const { authorizationUrl } = (await response.json()) as { authorizationUrl: string }
    expect(Object.fromEntries(new URL(authorizationUrl).searchParams)).toMatchObject(own)
    const finished = await browser.followCallback(await consent(authorizationUrl))
    expect(new URL(finished.headers.get('location') ?? '').origin).toBe('http://localhost:3000')
  })
})
