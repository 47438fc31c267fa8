// Rows ST of the attack catalogue: who starts is who finishes, in the same browser, once.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { baseUrl, consent, formOf, openWorld, type Browser, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

/** What an attack that failed leaves behind: nothing redeemed, nothing connected. */
async function expectNothingHappened(...browsers: readonly Browser[]): Promise<void> {
  expect(world.sandbox.livechat.tokenRequests()).toBe(0)
  for (const browser of browsers) expect(await browser.connections()).toEqual([])
}

describe('a callback', () => {
  // ST-1
  it("of the attacker's own session is refused in the victim's browser", async () => {
    const attacker = world.browser('org_evil', 'mallory')
    const victim = world.browser()
    const { sessionId, authorizationUrl } = await attacker.start()
    await victim.start()

    const answer = await victim.followCallback(await consent(authorizationUrl))

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('state_mismatch')
    expect((await attacker.session(sessionId)).status).toBe('pending')
    await expectNothingHappened(attacker, victim)
  })

  // ST-2, ST-8
  it.each([
    ['no cookie', undefined],
    ['an empty cookie', ''],
    ['a constant', '1'],
    ['the session id', 'id'],
    ['a random value of the right form', Buffer.alloc(32, 7).toString('base64url')],
  ])('is refused with %s in place of the binding cookie', async (_, forged) => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start()
    const callback = await consent(authorizationUrl)
    if (forged === undefined) browser.cookies.delete('authpipe')
    else browser.cookies.set('authpipe', forged === 'id' ? sessionId : forged)

    const answer = await browser.followCallback(callback)

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('state_mismatch')
    await expectNothingHappened(browser)
  })

  // ST-16
  it('is refused when two cookies claim to be the binding', async () => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start()
    const callback = await consent(authorizationUrl)
    const own = browser.cookies.get('authpipe') ?? ''
    browser.cookies.set('authpipe', `planted; authpipe=${own}`)

    expect((await browser.followCallback(callback)).status).toBe(400)
    await expectNothingHappened(browser)
  })

  // ST-4
  it('is refused when nobody is signed in', async () => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start()
    const callback = await consent(authorizationUrl)
    browser.cookies.delete('app')

    expect((await browser.followCallback(callback)).status).toBe(401)
    expect(world.sandbox.livechat.tokenRequests()).toBe(0)
  })

  // ST-5, ST-6, ST-7
  it.each([
    ['another user of the tenant', 'org_acme', 'user_2'],
    ['the same user in another tenant', 'org_other', 'user_1'],
  ])('is refused when %s is signed in by then', async (_, tenantId, userId) => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start()
    const callback = await consent(authorizationUrl)
    browser.signIn(tenantId, userId)

    const answer = await browser.followCallback(callback)

    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('principal_mismatch')
    await expectNothingHappened(browser, world.browser())
  })

  // ST-11
  it('that comes a second time redeems nothing and leaves the connection as it is', async () => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start()
    const callback = await consent(authorizationUrl)
    await browser.followCallback(callback)
    const before = await browser.connections()

    const second = await browser.followCallback(callback)

    expect(second.status).toBe(409)
    expect(await second.text()).toContain('session_already_used')
    expect(world.sandbox.livechat.tokenRequests()).toBe(1)
    expect(await browser.connections()).toEqual(before)
  })

  // ST-12
  it('that comes twenty times at once to two servers is redeemed once', async () => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start()
    const callback = await consent(authorizationUrl)
    const elsewhere = world.browser()
    for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value)
    elsewhere.moveTo(world.another({ baseUrl: `${baseUrl}` }))

    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? browser : elsewhere).followCallback(callback)))

    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19)
    expect(world.sandbox.livechat.tokenRequests()).toBe(1)
    expect(await browser.connections()).toHaveLength(1)
  })

  // ST-13
  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['one character', 'x'],
    ['long', 'a'.repeat(10_000)],
    ['with NUL', 'a\0b'],
  ])('is refused with a state that is %s', async (_, state) => {
    const browser = world.browser()
    await browser.start()

    const answer = await browser.form('/sessions/finish', { provider: 'livechat', code: 'code', ...(state === undefined ? {} : { state }) })

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('state_mismatch')
    await expectNothingHappened(browser)
  })

  it.each(['state', 'code', 'provider', 'error'])('is refused with two values of "%s"', async (name) => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start()
    const fields = new URL(await consent(authorizationUrl)).searchParams
    fields.append('provider', 'livechat')
    if (name === 'error') fields.append('error', 'access_denied')
    fields.append(name, 'another')

    const answer = await browser.form('/sessions/finish', fields)

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('invalid_request')
    await expectNothingHappened(browser)
  })

  // ST-14
  it('is refused after ten minutes, and the session says expired', async () => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start()
    const callback = await consent(authorizationUrl)
    world.clock.now += 600_000

    const answer = await browser.followCallback(callback)

    expect(answer.status).toBe(410)
    expect(await answer.text()).toContain('session_expired')
    expect(await browser.session(sessionId)).toMatchObject({ status: 'expired', error: { code: 'session_expired' } })
    await expectNothingHappened(browser)
  })

  // ST-23
  it('with an error and an unknown state changes no session', async () => {
    const browser = world.browser()
    const { sessionId } = await browser.start()

    const answer = await browser.form('/sessions/finish', { provider: 'livechat', error: 'access_denied', state: 'x'.repeat(43) })

    expect(answer.status).toBe(400)
    expect((await browser.session(sessionId)).status).toBe('pending')
  })

  // ST-26
  it('finishes on another server than the one that started, and after that one is gone', async () => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start()
    await world.authpipe.close()
    browser.moveTo(world.another())

    await browser.followCallback(await consent(authorizationUrl))

    expect((await browser.session(sessionId)).status).toBe('complete')
  })

  // ST-25
  it.each([
    ['throws', () => Promise.reject(new Error('no database'))],
    ['hangs', () => new Promise<null>(() => undefined)],
  ])('is refused when identify %s, with no token request', async (_, identify) => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start()
    const callback = await consent(authorizationUrl)
    await world.authpipe.close()
    browser.moveTo(world.another({ identify, identifyTimeoutMs: 20 }))

    const answer = await browser.followCallback(callback)

    expect(answer.status).toBe(401)
    expect(world.sandbox.livechat.tokenRequests()).toBe(0)
  })
})

describe('a start', () => {
  // ST-9, ST-10, HT-3, HT-23
  it.each([
    ['of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['of another origin of the site', { 'sec-fetch-site': 'same-site', origin: 'http://localhost:4000' }],
    ['by a link or bookmark', { 'sec-fetch-site': 'none' }],
    ['of a sandboxed frame', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
    ['with a foreign origin, from an old browser', { 'sec-fetch-site': '', origin: 'http://localhost:3000.evil.example' }],
    ['with the origin null, from an old browser', { 'sec-fetch-site': '', origin: 'null' }],
    ['that names no origin at all', { 'sec-fetch-site': '' }],
  ])('%s makes no session and sets no cookie', async (_, headers) => {
    const browser = world.browser()
    const sessionId = randomUUID()
    const sent = new Headers({ ...headers, cookie: 'app=org_acme/user_1', 'content-type': 'application/x-www-form-urlencoded' })
    if (sent.get('sec-fetch-site') === '') sent.delete('sec-fetch-site')

    const answer = await world.authpipe.handler(new Request(`${baseUrl}/sessions`, { method: 'POST', headers: sent, body: new URLSearchParams({ provider: 'livechat', sessionId }) }))

    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('origin_not_allowed')
    expect(answer.headers.getSetCookie()).toEqual([])
    expect((await browser.request(`/sessions/${sessionId}`)).status).toBe(404)
  })

  it.each([
    ['whose browser says it is its own, even with the origin null', { 'sec-fetch-site': 'same-origin', origin: 'null' }],
    ['with the exact origin, from an old browser', { origin: 'http://localhost:3000' }],
  ])('%s is let through', async (_, headers) => {
    const answer = await world.authpipe.handler(
      new Request(`${baseUrl}/sessions`, { method: 'POST', headers: { ...headers, cookie: 'app=org_acme/user_1', 'content-type': 'application/json' }, body: '{"provider":"livechat"}' }),
    )

    expect(answer.status).toBe(201)
  })

  it('by GET does not exist', async () => {
    const answer = await world.browser().request('/sessions?provider=livechat')

    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('POST')
  })

  // ST-3
  it("by the victim only ever connects the victim's own account", async () => {
    const attacker = world.browser('org_evil', 'mallory')
    const victim = world.browser()
    const { sessionId } = await attacker.start()

    const answer = await victim.json('POST', '/sessions', { provider: 'livechat', sessionId })

    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 'session_not_found' })
  })

  // ST-18, AZ-1, AZ-2
  it('takes nothing of the flow from the page', async () => {
    const browser = world.browser()
    const smuggled = {
      tenantId: 'org_evil',
      userId: 'mallory',
      codeVerifier: 'v'.repeat(43),
      redirect_uri: 'https://evil.example/callback',
      state: 's',
      expiresAt: 9e15,
      __proto__: { polluted: true },
      client_id: 'other',
      prompt: 'none',
    }

    const { sessionId, authorizationUrl } = await browser.start('livechat', smuggled)

    const url = new URL(authorizationUrl)
    expect(url.searchParams.get('redirect_uri')).toBe('http://localhost:3000/api/authpipe/callback/livechat')
    expect(url.searchParams.get('prompt')).toBeNull()
    expect((await browser.session(sessionId)).status).toBe('pending')
    expect((await world.browser('org_evil', 'mallory').request(`/sessions/${sessionId}`)).status).toBe(404)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('repeated by the same person is the same session, also when the first answer with its cookie was lost', async () => {
    const browser = world.browser()
    const sessionId = randomUUID()
    const first = await browser.start('livechat', { sessionId })
    browser.cookies.delete('authpipe')

    const second = await browser.start('livechat', { sessionId })
    await browser.followCallback(await consent(second.authorizationUrl))

    expect(second).toEqual(first)
    expect((await browser.session(sessionId)).status).toBe('complete')
  })

  it('repeated with other wishes is refused', async () => {
    const browser = world.browser()
    const sessionId = randomUUID()
    await browser.start('livechat', { sessionId })

    const answer = await browser.json('POST', '/sessions', { provider: 'livechat', sessionId, scopes: ['agents--all:rw'] })

    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'session_already_used' })
  })

  // LM-1
  it('is refused after three hundred of one person within ten minutes, and nobody else notices', async () => {
    const browser = world.browser()
    for (let count = 0; count < 300; count += 1) await browser.start()

    const answer = await browser.json('POST', '/sessions', { provider: 'livechat' })

    expect(answer.status).toBe(429)
    expect(await answer.json()).toMatchObject({ code: 'rate_limited' })
    expect(answer.headers.get('retry-after')).toBe('600')
    expect((await world.browser('org_acme', 'user_2').start()).sessionId).toBeDefined()
  })

  it.each([
    ['an unknown provider', { provider: 'nope' }, 404, 'unknown_provider'],
    ['a name of Object', { provider: '__proto__' }, 404, 'unknown_provider'],
    ['a session id that is no UUID', { provider: 'livechat', sessionId: '../x' }, 400, 'invalid_request'],
    ['a scope that nobody declared', { provider: 'livechat', scopes: ['everything'] }, 400, 'invalid_request'],
    ["a connection that isn't there", { provider: 'livechat', connectionId: 'nope' }, 404, 'connection_not_found'],
    ['no provider', {}, 400, 'invalid_request'],
  ])('with %s is refused', async (_, body, status, code) => {
    const answer = await world.browser().json('POST', '/sessions', body)

    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ code })
  })

  it('by a form that cannot work answers with a page in plain words that rings at its opener', async () => {
    const sessionId = randomUUID()

    const answer = await world.browser().form('/sessions', { provider: 'livechat', sessionId, connectionId: 'gone' })
    const page = await answer.text()

    expect(answer.status).toBe(404)
    expect(page).toContain('The connection is gone')
    expect(page).toContain(sessionId)
  })
})

describe('several sessions in one browser', () => {
  // ST-19
  it('finish in any order, each for its own provider', async () => {
    const browser = world.browser()
    const first = await browser.start('livechat')
    const second = await browser.start('plain')

    await browser.followCallback(await consent(second.authorizationUrl))
    await browser.followCallback(await consent(first.authorizationUrl))

    expect((await browser.session(first.sessionId)).connection?.provider).toBe('livechat')
    expect((await browser.session(second.sessionId)).connection?.provider).toBe('plain')
  })

  // ST-20
  it('of one provider and account become one connection, of two accounts two', async () => {
    const browser = world.browser()
    const [ada, , mia] = world.sandbox.livechat.people
    await browser.connect('livechat', { accountId: ada?.accountId ?? '' })
    await browser.connect('livechat', { accountId: ada?.accountId ?? '' })
    await browser.connect('livechat', { accountId: mia?.accountId ?? '' })

    const connections = await browser.connections()

    expect(connections.map(({ account }) => account.label).toSorted()).toEqual(['ada@northwind.example', 'mia@bluebird.example'])
    expect(connections.filter(({ isDefault }) => isDefault)).toHaveLength(1)
  })

  // ST-21
  it('share one small cookie', async () => {
    const browser = world.browser()
    for (let count = 0; count < 50; count += 1) await browser.start()

    const { authorizationUrl } = await browser.start()
    await browser.followCallback(await consent(authorizationUrl))

    expect([...browser.cookies.keys()].toSorted()).toEqual(['app', 'authpipe'])
    expect(await browser.connections()).toHaveLength(1)
  })
})

describe('a session', () => {
  // ST-15
  it('stands in the database without its state, verifier, cookie and code challenge in clear', async () => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start()
    const parameters = new URL(authorizationUrl).searchParams
    await world.authpipe.close()

    const bytes = Buffer.concat((await world.database.bytes()).map(([, part]) => part)).toString('latin1')

    for (const secret of [parameters.get('state'), parameters.get('code_challenge'), browser.cookies.get('authpipe')]) {
      expect(secret).toMatch(/^[\w-]{43}$/)
      expect(bytes).not.toContain(secret)
    }
  })

  it('has a fresh state each time', async () => {
    const browser = world.browser()
    const states = new Set<string | null>()

    for (let count = 0; count < 200; count += 1) states.add(new URL((await browser.start()).authorizationUrl).searchParams.get('state'))

    expect(states.size).toBe(200)
  })

  // ST-24, PU-24
  it('of somebody else can be neither read nor cancelled', async () => {
    const browser = world.browser()
    const { sessionId } = await browser.start()
    const stranger = world.browser('org_acme', 'user_2')

    const unknown = await stranger.request(`/sessions/${randomUUID()}`)
    const foreign = await stranger.request(`/sessions/${sessionId}`)
    const cancel = await stranger.request(`/sessions/${sessionId}`, { method: 'DELETE' })

    expect([foreign.status, cancel.status]).toEqual([404, 404])
    expect(await foreign.json()).toEqual(await unknown.json())
    expect((await browser.session(sessionId)).status).toBe('pending')
  })

  it('that was cancelled redeems nothing afterwards', async () => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start()
    const callback = await consent(authorizationUrl)
    await browser.request(`/sessions/${sessionId}`, { method: 'DELETE' })

    const answer = await browser.followCallback(callback)

    expect(answer.status).toBe(409)
    expect((await browser.session(sessionId)).status).toBe('cancelled')
    await expectNothingHappened(browser)
  })

  it('that is being redeemed wins over a cancel', async () => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start()
    const callback = await consent(authorizationUrl)
    const hold = world.sandbox.livechat.hold('token')
    const finishing = browser.followCallback(callback)
    await vi.waitFor(() => expect(world.sandbox.livechat.tokenRequests()).toBe(1))

    await browser.request(`/sessions/${sessionId}`, { method: 'DELETE' })
    const during = await browser.session(sessionId)
    hold.release()
    await finishing

    expect(during.status).toBe('pending')
    expect((await browser.session(sessionId)).status).toBe('complete')
  })

  // LM-3
  it('may be asked about a hundred and twenty times in ten seconds by one person, and nobody else notices', async () => {
    const browser = world.browser()
    const stranger = world.browser('org_acme', 'user_2')
    const { sessionId } = await browser.start()
    for (let count = 0; count < 120; count += 1) expect((await browser.request(`/sessions/${sessionId}`)).status).toBe(200)
    world.clock.now += 4_000

    const answer = await browser.request(`/sessions/${sessionId}`)

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '6'])
    expect(await answer.json()).toMatchObject({ code: 'rate_limited', retryable: true })
    expect((await stranger.request(`/sessions/${sessionId}`)).status).toBe(404)
    world.clock.now += 6_000
    expect((await browser.request(`/sessions/${sessionId}`)).status).toBe(200)
  })

  // NX-12
  it('is finished although its browser has gone in the middle', async () => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start()
    const page = await browser.request((await consent(authorizationUrl)).slice(baseUrl.length))
    const hold = world.sandbox.livechat.hold('token')
    const gone = new AbortController()
    const finishing = browser.request('/sessions/finish', { method: 'POST', body: formOf(await page.text()), signal: gone.signal })
    await vi.waitFor(() => expect(world.sandbox.livechat.tokenRequests()).toBe(1))

    // As a server tells a handler that whoever asked has hung up.
    gone.abort()
    hold.release()

    expect((await finishing).status).toBe(200)
    expect((await browser.session(sessionId)).status).toBe('complete')
    expect(await browser.connections()).toHaveLength(1)
  })

  // BR-12
  it('is finished by its own one of two apps on one host, which share the cookie of a browser', async () => {
    const other = await openWorld({ options: { baseUrl: 'http://localhost:3000/other/authpipe' } })
    const browser = world.browser()
    const first = await browser.start('livechat')
    const stranger = other.browser()
    stranger.cookies.set('authpipe', browser.cookies.get('authpipe') ?? '')
    // What that app answers with is kept by the same browser.
    const answer = await other.authpipe.handler(
      new Request('http://localhost:3000/other/authpipe/sessions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', cookie: [...stranger.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        body: JSON.stringify({ provider: 'livechat' }),
      }),
    )
    const callback = await consent(first.authorizationUrl)
    const crossed = await other.authpipe.handler(
      new Request('http://localhost:3000/other/authpipe/sessions/finish', {
        method: 'POST',
        headers: { 'sec-fetch-site': 'same-origin', cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        body: formOf(await (await browser.request(callback.slice(baseUrl.length))).text()),
      }),
    )

    expect([answer.status, answer.headers.getSetCookie()[0]?.startsWith(`authpipe=${browser.cookies.get('authpipe')};`)]).toEqual([201, true])
    expect([crossed.status, other.sandbox.livechat.tokenRequests()]).toEqual([400, 0])
    await browser.followCallback(callback)
    expect((await browser.session(first.sessionId)).status).toBe('complete')
    await other.close()
  })

  it('that ended long ago is collected', async () => {
    const browser = world.browser()
    const { sessionId } = await browser.start()
    world.clock.now += 3_600_000
    await browser.start()
    await world.authpipe.close()

    expect(await world.database.count('session', 'id', sessionId)).toBe(0)
  })
})
