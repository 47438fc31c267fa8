// Rows MX and TK-3 of the attack catalogue: an answer counts only for the provider and account that were asked for.
import { livechat } from '@authpipe/core/providers'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { consent, openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const tokenRequests = (): number => world.sandbox.livechat.tokenRequests() + world.sandbox.plain.tokenRequests()

describe('an answer', () => {
  // MX-1, MX-2, MX-3
  it('that comes to the callback of another provider is refused before anything is redeemed', async () => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start('livechat')
    const callback = await consent(authorizationUrl)

    const answer = await browser.followCallback(callback.replace('/callback/livechat', '/callback/plain'))

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('state_mismatch')
    expect(tokenRequests()).toBe(0)
  })

  it('is redeemed with the redirect URI of its own session', async () => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start('plain')

    expect(new URL(authorizationUrl).searchParams.get('redirect_uri')).toBe('http://localhost:3000/api/authpipe/callback/plain')
    await browser.followCallback(await consent(authorizationUrl))

    expect(await browser.connections()).toHaveLength(1)
  })

  // MX-4, MX-5
  it.each(['wrong', 'absent'] as const)('with an issuer that is %s is refused', async (issuer) => {
    world.sandbox.plain.set({ issuer })
    const browser = world.browser()
    const { authorizationUrl } = await browser.start('plain')

    const answer = await browser.followCallback(await consent(authorizationUrl))

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('issuer_mismatch')
    expect(tokenRequests()).toBe(0)
  })

  // MX-6
  it.each([
    ['a trailing slash', (iss: string) => `${iss}/`],
    ['other case', (iss: string) => iss.replace('plain', 'PLAIN')],
    ['percent-encoding', (iss: string) => iss.replace('plain', '%70lain')],
  ])('with an issuer that differs by %s is refused', async (_, change) => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start('plain')
    const callback = new URL(await consent(authorizationUrl))
    callback.searchParams.set('iss', change(callback.searchParams.get('iss') ?? ''))

    const answer = await browser.followCallback(callback.href)

    expect(await answer.text()).toContain('issuer_mismatch')
    expect(tokenRequests()).toBe(0)
  })

  it('with a foreign issuer is refused also where the provider is not known to send one', async () => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start('livechat')
    const callback = `${await consent(authorizationUrl)}&iss=${encodeURIComponent('https://evil.example')}`

    expect(await (await browser.followCallback(callback)).text()).toContain('issuer_mismatch')
    expect(tokenRequests()).toBe(0)
  })

  // MX-7
  it('that is an error of another issuer leaves the session open', async () => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start('plain')
    const state = new URL(authorizationUrl).searchParams.get('state') ?? ''

    await browser.form('/sessions/finish', { provider: 'plain', error: 'access_denied', state, iss: 'https://evil.example' })

    expect((await browser.session(sessionId)).status).toBe('pending')
  })

  it('to a session of an issuer that the provider no longer stands for is refused', async () => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start('livechat')
    const callback = await consent(authorizationUrl)
    const endpoints = { ...sandboxEndpoints('livechat', world.sandbox.url), authorizationEndpoint: 'https://accounts.other.example/' }
    browser.moveTo(world.another({ providers: [livechat({ ...sandboxClient('livechat'), endpoints })] }))

    const answer = await browser.followCallback(callback)

    expect(await answer.text()).toContain('issuer_mismatch')
    expect(tokenRequests()).toBe(0)
  })

  // TK-6
  it('with both an error and a code is an error', async () => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start('plain')
    const callback = `${await consent(authorizationUrl)}&error=access_denied`

    await browser.followCallback(callback)

    expect(await browser.session(sessionId)).toMatchObject({ status: 'denied', error: { code: 'authorization_denied' } })
    expect(tokenRequests()).toBe(0)
  })

  // TK-3
  it('with the code of another session fails at the provider and stores nothing', async () => {
    const attacker = world.browser('org_evil', 'mallory')
    const victim = world.browser()
    const stolen = new URL(await consent((await attacker.start('plain')).authorizationUrl)).searchParams.get('code') ?? ''
    const { sessionId, authorizationUrl } = await victim.start('plain')
    const callback = new URL(await consent(authorizationUrl))
    callback.searchParams.set('code', stolen)

    const answer = await victim.followCallback(callback.href)

    expect(await answer.text()).toContain('code_exchange_failed')
    expect(await victim.session(sessionId)).toMatchObject({ status: 'failed', error: { code: 'code_exchange_failed' } })
    expect(await victim.connections()).toEqual([])
  })

  it('that denies consent is a denial, told in plain words', async () => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start('plain')
    const state = new URL(authorizationUrl).searchParams.get('state') ?? ''

    const answer = await browser.form('/sessions/finish', { provider: 'plain', error: 'access_denied', state, iss: `${world.sandbox.url}/plain` })

    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('Plain access wasn&#39;t approved')
    expect((await browser.session(sessionId)).status).toBe('denied')
  })
})

describe('an id_token', () => {
  // MX-15: it would have to be verified, and nothing here does; who somebody is, the provider's API says.
  it.each([
    ['of another audience', { aud: 'other', sub: 'CANARY', email: 'CANARY@evil.example' }],
    ['of another issuer, long over', { iss: 'https://evil.example', exp: 1, sub: 'CANARY', email: 'CANARY@evil.example' }],
  ])('%s says nothing of the account', async (_, claims) => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    world.sandbox.plain.fault('token', { kind: 'amend', members: { id_token: `${part({ alg: 'none' })}.${part(claims)}.`, sub: 'CANARY' } })

    const connection = await world.browser().connect('plain')

    expect(JSON.stringify([connection, world.events])).not.toContain('CANARY')
    await world.authpipe.close()
    for (const [, bytes] of await world.database.bytes()) expect(Buffer.from(bytes).toString('latin1')).not.toContain('CANARY')
  })
})

describe('reconnecting', () => {
  it('keeps the id and mends the connection', async () => {
    const browser = world.browser()
    const before = await browser.connect('livechat')

    const { sessionId, authorizationUrl } = await browser.start('livechat', { connectionId: before.id })
    await browser.followCallback(await consent(authorizationUrl))

    const session = await browser.session(sessionId)
    expect(session).toMatchObject({ status: 'complete', reconnected: true, connection: { id: before.id, connectedAt: before.connectedAt } })
  })

  // MX-12
  it('to another account is refused: the old credential stays and the new tokens are revoked', async () => {
    const browser = world.browser()
    const [ada, , mia] = world.sandbox.livechat.people
    const before = await browser.connect('livechat', { accountId: ada?.accountId ?? '' })
    const old = await world.authpipe.getCredential({ provider: 'livechat', tenantId: 'org_acme', userId: 'user_1' })

    const { sessionId, authorizationUrl } = await browser.start('livechat', { connectionId: before.id })
    const answer = await browser.followCallback(await consent(authorizationUrl, mia?.accountId))
    await world.authpipe.close()

    expect(answer.status).toBe(409)
    expect(await browser.session(sessionId)).toMatchObject({ status: 'failed', error: { code: 'account_mismatch' } })
    const after = await world.authpipe.getCredential({ provider: 'livechat', tenantId: 'org_acme', userId: 'user_1' })
    expect(after.credential).toBe(old.credential)
    expect(world.sandbox.livechat.revokeRequests()).toBe(1)
  })

  // AZ-6
  it("of somebody else's connection reads like one that never was", async () => {
    const { id } = await world.browser().connect('livechat')

    for (const stranger of [world.browser('org_evil', 'mallory'), world.browser('org_acme', 'user_2')]) {
      const answer = await stranger.json('POST', '/sessions', { provider: 'livechat', connectionId: id })

      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ code: 'connection_not_found' })
    }
  })
})

describe('one account at the provider', () => {
  // MX-13
  it('connected by two tenants is two connections that live and end on their own', async () => {
    const acme = world.browser('org_acme', 'user_1')
    const other = world.browser('org_other', 'user_1')
    const first = await acme.connect('plain')
    await other.connect('plain')

    await acme.request(`/connections/${first.id}`, { method: 'DELETE' })

    expect(await acme.connections()).toEqual([])
    expect(await other.connections()).toHaveLength(1)
  })
})
