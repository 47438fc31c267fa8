// Fresh credentials: ahead of expiry, once for everybody, and rightly blamed when they cannot be had.
import type { AuthpipeError } from '@authpipe/core'
import { sandboxClient } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { consent, openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const livechat = { provider: 'livechat', tenantId: 'org_acme', userId: 'user_1' }
const plain = { ...livechat, provider: 'plain' }
const hour = 3_600_000

const refusalOf = (work: Promise<unknown>): Promise<AuthpipeError> =>
  work.then(
    () => {
      throw new Error('it was expected to be refused')
    },
    (error: AuthpipeError) => error,
  )

async function healthOf(provider: string): Promise<string | undefined> {
  const [connection] = await world.authpipe.listConnections({ tenantId: 'org_acme', provider })
  return connection && `${connection.status} ${connection.health.state}`
}

describe('getCredential', () => {
  it('answers from memory without asking the provider while the token is fresh', async () => {
    await world.browser().connect('plain')

    const first = await world.authpipe.getCredential(plain)
    const second = await world.authpipe.getCredential(plain)

    expect(second.scopes).toBe(first.scopes)
    expect(first).toMatchObject({ credentialType: 'oauth_token', source: 'connection', refreshed: false, scopes: ['profile', 'things:read'], settings: {} })
    expect(first.headers.Authorization).toBe(`Bearer ${first.credential}`)
    expect(first.baseUrl).toBe(`${world.sandbox.url}/plain/api`)
    expect(world.sandbox.plain.tokenRequests()).toBe(1)
  })

  it('works as it stands in the first snippet of the product', async () => {
    await world.browser().connect('livechat')

    const { credential } = await world.authpipe.getCredential({ provider: 'livechat', tenantId: 'org_acme', userId: 'user_1' })
    const response = await fetch(`${world.sandbox.url}/livechat-api/v3.6/agent/action/list_chats`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
      body: '{}',
    })

    expect(response.status).toBe(200)
  })

  // RF-1
  it('makes one token request when two hundred callers find the token over', async () => {
    await world.browser().connect('plain')
    world.clock.now += hour

    const credentials = await Promise.all(Array.from({ length: 200 }, () => world.authpipe.getCredential(plain)))

    expect(world.sandbox.plain.tokenRequests()).toBe(2)
    expect(new Set(credentials.map(({ credential }) => credential)).size).toBe(1)
    expect(credentials[0]).toMatchObject({ refreshed: true })
  })

  it('refreshes behind the back of its caller when expiry is near, and answers at once with the token that still works', async () => {
    await world.browser().connect('plain')
    const before = await world.authpipe.getCredential(plain)
    world.clock.now += hour - 4 * 60_000
    const hold = world.sandbox.plain.hold('token')

    const meanwhile = await world.authpipe.getCredential(plain)
    await vi.waitFor(() => expect(world.sandbox.plain.tokenRequests()).toBe(2))
    hold.release()

    expect(meanwhile.credential).toBe(before.credential)
    await vi.waitFor(async () => expect((await world.authpipe.getCredential(plain)).credential).not.toBe(before.credential))
    expect(world.sandbox.plain.tokenRequests()).toBe(2)
  })

  // RF-28
  it('does not refresh a token with a short life at every call', async () => {
    world.sandbox.plain.set({ expiresInSeconds: 30 })
    await world.browser().connect('plain')

    for (let second = 0; second < 14; second += 1) {
      world.clock.now += 1_000
      await world.authpipe.getCredential(plain)
    }

    expect(world.sandbox.plain.tokenRequests()).toBe(1)
  })

  // TK-24
  it('keeps the refresh token of a provider that does not rotate it', async () => {
    await world.browser().connect('livechat')

    for (let times = 0; times < 3; times += 1) {
      world.clock.now += 9 * hour
      await world.authpipe.getCredential(livechat)
    }

    expect(world.sandbox.livechat.tokenRequests()).toBe(4)
    expect(await healthOf('livechat')).toBe('active healthy')
  })

  it('stores each rotated refresh token, so that the next refresh of a strict provider works', async () => {
    world.sandbox.plain.set({ rotation: 'strict' })
    await world.browser().connect('plain')

    for (let times = 0; times < 3; times += 1) {
      world.clock.now += 2 * hour
      await world.authpipe.getCredential(plain)
    }

    expect(world.sandbox.plain.rotationLedger().some(({ event }) => event === 'reuse_refused')).toBe(false)
    expect(await healthOf('plain')).toBe('active healthy')
  })

  it('refuses a question that names nobody', async () => {
    const refusals = await Promise.all([
      refusalOf(world.authpipe.getCredential({ provider: 'livechat', tenantId: '', userId: 'user_1' })),
      refusalOf(world.authpipe.getCredential({ provider: 'livechat', tenantId: 'org_acme' })),
      refusalOf(world.authpipe.getCredential({ provider: 'nope', tenantId: 'org_acme', userId: 'user_1' })),
      refusalOf(world.authpipe.getCredential(livechat)),
    ])

    expect(refusals.map(({ code }) => code)).toEqual(['invalid_request', 'invalid_request', 'unknown_provider', 'connection_not_found'])
  })

  it('finds one of several accounts by its connection, else the default one', async () => {
    const browser = world.browser()
    const [ada, , mia] = world.sandbox.livechat.people
    const first = await browser.connect('livechat', { accountId: ada?.accountId ?? '' })
    const second = await browser.connect('livechat', { accountId: mia?.accountId ?? '' })

    const byDefault = await world.authpipe.getCredential(livechat)
    const named = await world.authpipe.getCredential({ ...livechat, connectionId: second.id })

    expect(byDefault.connectionId).toBe(first.id)
    expect(named.connectionId).toBe(second.id)
  })

  it('is usable at once after it was not found', async () => {
    await refusalOf(world.authpipe.getCredential(plain))
    await world.browser().connect('plain')

    expect((await world.authpipe.getCredential(plain)).refreshed).toBe(false)
  })

  // RF-29, RF-30
  it('forced by a hundred callers makes one request, and none for a caller who forces again right after', async () => {
    await world.browser().connect('plain')
    world.clock.now += 60_000

    await Promise.all(Array.from({ length: 100 }, () => world.authpipe.getCredential({ ...plain, forceRefresh: true })))
    await world.authpipe.getCredential({ ...plain, forceRefresh: true })

    expect(world.sandbox.plain.tokenRequests()).toBe(2)
  })
})

describe('a refresh that fails', () => {
  // RF-21, RF-5
  it.each([
    ['500', { status: 500, body: '{}' }],
    ['503 with a page', { status: 503, body: '<html>down</html>', headers: { 'content-type': 'text/html' } }],
    ['200 with a page', { status: 200, body: '<html>sign in</html>', headers: { 'content-type': 'text/html' } }],
    ['429', { status: 429, body: '{"error":"temporarily_unavailable"}', headers: { 'retry-after': '30' } }],
  ])('by %s keeps the connection active and serves the old token while it lives', async (_, answer) => {
    await world.browser().connect('plain')
    const before = await world.authpipe.getCredential(plain)
    world.clock.now += hour - 3_000
    world.sandbox.plain.fault('token', { kind: 'answer', ...answer }, { times: Infinity })

    const meanwhile = await world.authpipe.getCredential(plain)
    const status = await healthOf('plain')
    world.clock.now += 4_000
    const over = await refusalOf(world.authpipe.getCredential(plain))

    expect(meanwhile.credential).toBe(before.credential)
    expect(status).toBe('active degraded')
    expect(['provider_unreachable', 'provider_rate_limited']).toContain(over.code)
    expect(over.retryable).toBe(true)
  })

  it('is not tried again at once, and recovers by itself', async () => {
    await world.browser().connect('plain')
    world.clock.now += hour
    world.sandbox.plain.fault('token', { kind: 'answer', status: 500, body: '{}' })

    await refusalOf(world.authpipe.getCredential(plain))
    const second = await refusalOf(world.authpipe.getCredential(plain))
    const during = world.sandbox.plain.tokenRequests()
    world.clock.now += 20_000
    const third = await world.authpipe.getCredential(plain)
    await world.authpipe.maintain()

    expect(second.code).toBe('provider_unreachable')
    expect(during).toBe(2)
    expect(third.refreshed).toBe(true)
    expect(await healthOf('plain')).toBe('active healthy')
    expect(world.events.map(({ type }) => type)).toEqual(['connection.created', 'token.refresh_failed', 'token.refreshed', 'connection.recovered'])
  })

  // RF-23
  it('because the grant is dead asks the user, once, and asks the provider no more', async () => {
    await world.browser().connect('livechat')
    world.sandbox.livechat.expireRefreshTokens()
    world.clock.now += 9 * hour

    const refusals = [await refusalOf(world.authpipe.getCredential(livechat)), await refusalOf(world.authpipe.getCredential(livechat))]
    await world.authpipe.maintain()

    expect(refusals.map(({ code }) => code)).toEqual(['needs_reauth', 'needs_reauth'])
    expect(refusals[0]?.details).toEqual({ reason: 'grant_revoked' })
    expect(world.sandbox.livechat.tokenRequests()).toBe(2)
    expect(world.events.filter(({ type }) => type === 'connection.needs_reauth')).toHaveLength(1)
  })

  it('because the grant is dead is mended by connecting again, under the same id', async () => {
    await world.browser().connect('livechat')
    world.sandbox.livechat.expireRefreshTokens()
    world.clock.now += 9 * hour
    await refusalOf(world.authpipe.getCredential(livechat))

    const connection = await world.browser().connect('livechat')

    expect(connection.status).toBe('active')
    expect((await world.authpipe.getCredential(livechat)).connectionId).toBe(connection.id)
  })

  // TK-29, RF-26
  it('because our client secret is refused blames nobody, and works again once it is right', async () => {
    await world.browser().connect('livechat')
    world.sandbox.livechat.set({ clientSecret: 'rotated-at-the-provider' })
    world.clock.now += 9 * hour

    const refusal = await refusalOf(world.authpipe.getCredential(livechat))
    const status = await healthOf('livechat')
    world.sandbox.livechat.set({ clientSecret: sandboxClient('livechat').clientSecret })
    world.clock.now += 60_000
    const mended = await world.authpipe.getCredential(livechat)

    expect(refusal.code).toBe('provider_misconfigured')
    expect(status).toBe('active degraded')
    expect(mended.refreshed).toBe(true)
  })

  it('as unauthorized_client speaks of the one grant once another connection of the registration has refreshed after it', async () => {
    const [ada, , mia] = world.sandbox.livechat.people
    await world.browser('org_acme', 'user_1').connect('livechat', { accountId: ada?.accountId ?? '' })
    await world.browser('org_acme', 'user_2').connect('livechat', { accountId: mia?.accountId ?? '' })
    world.sandbox.livechat.revokeGrants(ada?.accountId)
    world.clock.now += 9 * hour

    const first = await refusalOf(world.authpipe.getCredential(livechat))
    world.clock.now += 1_000
    // While it backs off it is not tried again, unless there is something new to learn.
    const between = await refusalOf(world.authpipe.getCredential(livechat))
    const requests = world.sandbox.livechat.tokenRequests()
    await world.authpipe.getCredential({ ...livechat, userId: 'user_2' })
    const second = await refusalOf(world.authpipe.getCredential(livechat))

    expect([first.code, between.code, second.code]).toEqual(['provider_misconfigured', 'provider_misconfigured', 'needs_reauth'])
    expect(world.sandbox.livechat.tokenRequests()).toBe(requests + 2)
    expect(second.details).toEqual({ reason: 'grant_revoked' })
  })

  it('as unauthorized_client for a day after the token ended asks the user to confirm', async () => {
    await world.browser().connect('livechat')
    world.sandbox.livechat.revokeGrants()
    world.clock.now += 9 * hour
    await refusalOf(world.authpipe.getCredential(livechat))
    world.clock.now += 25 * hour

    const refusal = await refusalOf(world.authpipe.getCredential(livechat))

    expect(refusal).toMatchObject({ code: 'needs_reauth', details: { reason: 'unconfirmed' } })
  })

  // RF-9
  it('after the provider rotated and the answer was lost ends as rotation_lost at a strict provider', async () => {
    world.sandbox.plain.set({ rotation: 'strict' })
    await world.browser().connect('plain')
    world.clock.now += hour
    world.sandbox.plain.fault('token', { kind: 'drop', processFirst: true })

    const lost = await refusalOf(world.authpipe.getCredential(plain))
    world.clock.now += 20_000
    const ended = await refusalOf(world.authpipe.getCredential(plain))

    expect(lost.code).toBe('provider_unreachable')
    expect(ended).toMatchObject({ code: 'needs_reauth', details: { reason: 'rotation_lost' } })
    expect(world.sandbox.plain.tokenRequests()).toBe(3)
  })

  // RF-10
  it('after a lost answer heals by itself where the provider gives some grace', async () => {
    world.sandbox.plain.set({ rotation: { graceSeconds: 60 } })
    await world.browser().connect('plain')
    world.clock.now += hour
    world.sandbox.plain.fault('token', { kind: 'drop', processFirst: true })

    await refusalOf(world.authpipe.getCredential(plain))
    world.clock.now += 20_000

    expect((await world.authpipe.getCredential(plain)).refreshed).toBe(true)
  })
})

describe('a refresh under way', () => {
  // RF-16
  it('cannot bring back a connection that was ended meanwhile; its tokens are revoked', async () => {
    const browser = world.browser()
    const { id } = await browser.connect('plain')
    world.clock.now += hour
    const hold = world.sandbox.plain.hold('token')
    const waiting = refusalOf(world.authpipe.getCredential(plain))
    await vi.waitFor(() => expect(world.sandbox.plain.tokenRequests()).toBe(2))

    await browser.request(`/connections/${id}`, { method: 'DELETE' })
    hold.release()
    const refusal = await waiting
    await world.authpipe.close()

    expect(refusal.code).toBe('connection_not_found')
    expect((await refusalOf(world.authpipe.getCredential(plain))).code).toBe('connection_not_found')
    expect(world.sandbox.plain.rotationLedger().at(-1)).toMatchObject({ event: 'revoked' })
  })

  // RF-15
  it('loses against a reconnect', async () => {
    const browser = world.browser()
    await browser.connect('plain')
    world.clock.now += hour
    const hold = world.sandbox.plain.hold('token')
    const waiting = world.authpipe.getCredential(plain)
    await vi.waitFor(() => expect(world.sandbox.plain.tokenRequests()).toBe(2))
    const { sessionId, authorizationUrl } = await browser.start('plain')
    const finishing = browser.followCallback(await consent(authorizationUrl))
    await vi.waitFor(() => expect(world.sandbox.plain.tokenRequests()).toBe(3))
    hold.release()
    await Promise.all([waiting, finishing])

    const { connection } = await browser.session(sessionId)
    const response = await world.authpipe.fetch(plain, '/me')

    expect(connection?.status).toBe('active')
    expect(response.status).toBe(200)
  })

  it('that the provider refuses because the grant is dead loses against a reconnect as well', async () => {
    const browser = world.browser()
    await browser.connect('livechat')
    world.clock.now += 9 * hour
    world.sandbox.livechat.expireRefreshTokens()
    const hold = world.sandbox.livechat.hold('token', 'after')
    const waiting = world.authpipe.getCredential(livechat)
    await hold.arrived(1)
    const { authorizationUrl } = await browser.start('livechat')
    const finish = async (): Promise<Response> => browser.followCallback(await consent(authorizationUrl))
    const finishing = finish()
    await hold.arrived(2)
    hold.release()
    await Promise.all([waiting.catch(() => undefined), finishing])

    expect(await healthOf('livechat')).toBe('active healthy')
    expect((await world.authpipe.getCredential(livechat)).credentialType).toBe('oauth_token')
  })

  it('on one server is waited for by another one on the same database', async () => {
    await world.browser().connect('plain')
    const elsewhere = world.another({ baseUrl: 'http://localhost:3001/api/authpipe' })
    world.clock.now += hour

    const [here, there] = await Promise.all([world.authpipe.getCredential(plain), elsewhere.getCredential(plain)])

    expect(here.credential).toBe(there.credential)
    expect(world.sandbox.plain.tokenRequests()).toBe(2)
  })
})

describe('authpipe.fetch', () => {
  it('refreshes once and repeats the call once when the provider calls the token dead', async () => {
    await world.browser().connect('livechat')
    world.sandbox.livechat.expireAccessTokens()
    world.clock.now += 60_000

    const response = await world.authpipe.fetch(livechat, '/agent/action/list_chats', { method: 'POST', body: '{}' })

    expect(response.status).toBe(200)
    expect(world.sandbox.livechat.tokenRequests()).toBe(2)
    expect(world.sandbox.livechat.apiRequests()).toBe(3) // one of them asked who the account is
  })

  it.each([['another host', 'https://evil.example/x'], ['a host of a similar name', 'http://127.0.0.1.evil.example/'], ['a protocol-relative URL', 'https:/\\evil.example']])(
    'never sends the credential to %s',
    async (_, url) => {
      await world.browser().connect('livechat')

      expect(await refusalOf(world.authpipe.fetch(livechat, url))).toMatchObject({ code: 'invalid_request' })
    },
  )

  it('treats a path that looks like a URL as a path', async () => {
    await world.browser().connect('livechat')

    await world.authpipe.fetch(livechat, '//evil.example/x')

    expect(world.sandbox.requests.at(-1)).toMatchObject({ standIn: 'livechat', endpoint: 'api' })
  })

  it('refuses a body that it could not send a second time', async () => {
    await world.browser().connect('livechat')

    const refusal = await refusalOf(world.authpipe.fetch(livechat, '/x', { method: 'POST', body: new ReadableStream() as never }))

    expect(refusal.code).toBe('invalid_request')
  })

  it('repeats a call once in the region that the provider names', async () => {
    await world.browser().connect('livechat')
    world.sandbox.livechat.set({ homeRegion: 'fra-a' })

    const response = await world.authpipe.fetch(livechat, '/agent/action/list_chats', { method: 'POST', body: '{}' })

    expect(response.status).toBe(200)
  })

  it('says how long to wait where the provider limits our requests', async () => {
    await world.browser().connect('livechat')
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 429, headers: { 'retry-after': '17' }, body: { error: { type: 'too_many_requests', message: '.' } } })

    expect(await refusalOf(world.authpipe.fetch(livechat, '/agent/action/list_chats', { method: 'POST', body: '{}' }))).toMatchObject({
      code: 'provider_rate_limited',
      retryable: true,
      details: { retryAfterSeconds: 17 },
    })
  })

  it('hands on what the provider answers, a refusal for another reason included', async () => {
    await world.browser().connect('livechat')

    const response = await world.authpipe.fetch(livechat, '/configuration/action/no_such_action', { method: 'POST', body: '{}' })

    expect(response.status).toBe(404)
    expect(await response.json()).toHaveProperty('error')
  })
})
