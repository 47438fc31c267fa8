// Apps that are installed in the provider's workspace: Crisp's plugin is the first.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { baseUrl, consent, openWorld, type Browser, type World } from './world.ts'

let world: World
let browser: Browser
beforeEach(async () => {
  world = await openWorld()
  browser = world.browser()
})
afterEach(() => world.close())

const question = { provider: 'crisp', tenantId: 'org_acme', userId: 'user_1' }
const installation = { ...question, credentialFor: 'installation' } as const

describe('installing', () => {
  it('ends with a connection of the whole tenant, and a credential that calls the API of that workspace', async () => {
    const connection = await browser.connect('crisp', { kind: 'installation' })

    const credential = await world.authpipe.getCredential({ provider: 'crisp', tenantId: 'org_acme', credentialFor: 'installation' })
    const response = await world.authpipe.fetch(installation, `/website/${credential.settings.websiteId}`)

    expect(connection).toMatchObject({ kind: 'installation', attachment: 'tenant', credentialType: 'api_key', status: 'active', account: { id: credential.settings.websiteId } })
    expect(connection).not.toHaveProperty('userId')
    expect(credential).toMatchObject({ source: 'installation', connectionId: connection.id })
    expect(credential.headers['X-Crisp-Tier']).toBe('plugin')
    expect(response.status).toBe(200)
  })

  it('answers for a user without an account of their own, and not where one is asked for', async () => {
    const { id } = await browser.connect('crisp', { kind: 'installation' })

    expect((await world.authpipe.getCredential(question)).connectionId).toBe(id)
    await expect(world.authpipe.getCredential({ ...question, credentialFor: 'user' })).rejects.toMatchObject({ code: 'connection_not_found' })
    expect(await world.browser('org_acme', 'user_2').connections()).toHaveLength(1)
    expect(await world.browser('org_other', 'user_1').connections()).toEqual([])
  })

  it.each([
    ['a website that somebody else installed', (url: URL, other: string) => url.searchParams.set('website_id', other)],
    ['a token that is not the install’s', (url: URL) => url.searchParams.set('token', 'forged')],
    ['a website id that is none', (url: URL) => url.searchParams.set('website_id', '../../plugin/connect/account')],
    ['a website where nothing is installed', (url: URL) => url.searchParams.set('website_id', '00000000-0000-4000-8000-000000000000')],
  ])('with %s is refused and stores nothing', async (_, forge) => {
    const [first, second] = world.sandbox.crisp.accounts
    await world.browser('org_other', 'user_9').connect('crisp', { kind: 'installation', accountId: second?.accountId ?? '' })
    const { sessionId, authorizationUrl } = await browser.start('crisp', { kind: 'installation' })
    const callback = new URL(await consent(authorizationUrl, first?.accountId))
    forge(callback, second?.accountId ?? '')

    const answer = await browser.followCallback(callback.href)

    expect(answer.status).toBe(502)
    expect(await browser.session(sessionId)).toMatchObject({ status: 'failed', error: { code: 'authorization_failed' } })
    expect(await browser.connections()).toEqual([])
  })

  it('by a link of somebody else is refused in this browser', async () => {
    const attacker = world.browser('org_evil', 'mallory')
    const { authorizationUrl } = await attacker.start('crisp', { kind: 'installation' })

    const answer = await browser.followCallback(await consent(authorizationUrl))

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('state_mismatch')
    expect(await browser.connections()).toEqual([])
  })

  it('with an answer that lacks what it needs is refused', async () => {
    const { authorizationUrl } = await browser.start('crisp', { kind: 'installation' })
    const state = new URL(authorizationUrl).searchParams.get('payload') ?? ''

    const answer = await browser.form('/sessions/finish', { provider: 'crisp', payload: state })

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('invalid_request')
  })

  it('through an expired link is refused', async () => {
    const { authorizationUrl } = await browser.start('crisp', { kind: 'installation' })
    const callback = await consent(authorizationUrl)
    world.clock.now += 600_000

    expect((await browser.followCallback(callback)).status).toBe(410)
    expect(await browser.connections()).toEqual([])
  })
})

describe('an installation', () => {
  it('in a workspace that is suspended is failed with the reason once that is confirmed, until a check finds it mended', async () => {
    const { id } = await browser.connect('crisp', { kind: 'installation' })
    world.sandbox.crisp.set({ suspended: [world.sandbox.crisp.accounts[0]?.accountId ?? ''] })
    const check = async (): Promise<unknown> => {
      world.clock.now += 300_000
      return (await browser.request(`/connections/${id}/check`, { method: 'POST' })).json()
    }

    const suspected = await check()
    const failed = await check()
    world.sandbox.crisp.set({ suspended: [] })
    const mended = await check()

    expect(suspected).toMatchObject({ status: 'active', health: { state: 'degraded' } })
    expect(failed).toMatchObject({ kind: 'installation', status: 'failed', statusReason: 'account_suspended' })
    expect(mended).toMatchObject({ status: 'active', health: { state: 'healthy' } })
  })

  it('that was removed from its workspace is revoked once that is confirmed', async () => {
    const { id } = await browser.connect('crisp', { kind: 'installation' })
    world.sandbox.crisp.uninstall()
    const suspected = await browser.request(`/connections/${id}/check`, { method: 'POST' })
    world.clock.now += 300_000

    const answer = await browser.request(`/connections/${id}/check`, { method: 'POST' })
    await world.authpipe.maintain()

    expect(await suspected.json()).toMatchObject({ status: 'active', health: { state: 'degraded' } })
    expect(answer.status).toBe(404)
    expect(await browser.connections()).toEqual([])
    expect(world.events.at(-1)).toEqual({ type: 'connection.revoked', data: { reason: 'uninstalled' } })
  })

  it('whose plugin is refused is not blamed: the secret is ours', async () => {
    const { id } = await browser.connect('crisp', { kind: 'installation' })
    world.sandbox.crisp.set({ clientSecret: 'rolled-in-the-marketplace:key' })
    for (let times = 0; times < 3; times += 1) {
      await browser.request(`/connections/${id}/check`, { method: 'POST' })
      world.clock.now += 300_000
    }

    expect((await browser.connections())[0]).toMatchObject({ status: 'active', health: { state: 'degraded' } })
  })

  it('that is disconnected is gone here', async () => {
    const { id } = await browser.connect('crisp', { kind: 'installation' })

    await browser.request(`/connections/${id}`, { method: 'DELETE' })

    await expect(world.authpipe.getCredential(installation)).rejects.toMatchObject({ code: 'connection_not_found' })
  })

  it('stands beside a website token of a user, who then gets their own', async () => {
    const installed = await browser.connect('crisp', { kind: 'installation' })
    const account = world.sandbox.crisp.accounts.find((one) => one.kind === 'admin')
    const pasted = await browser.json('POST', '/connections', { provider: 'crisp', settings: account?.settings, fields: account?.fields })

    const own = await world.authpipe.getCredential(question)

    expect(pasted.status).toBe(201)
    expect(own).toMatchObject({ source: 'connection' })
    expect(own.headers['X-Crisp-Tier']).toBe('website')
    expect(own.credential).toBe(`${account?.fields.identifier}:${account?.fields.key}`)
    expect((await world.authpipe.getCredential(installation)).connectionId).toBe(installed.id)
  })
})

describe('an app of each tenant', () => {
  it('is found for the tenant, and its callback is the tenant’s own', async () => {
    const place = { kind: 'user', settings: { organization: 'northwind', subdomain: 'northwind' } }
    const { authorizationUrl, sessionId } = await browser.start('freshservice', place)
    const redirectUri = new URL(authorizationUrl).searchParams.get('redirect_uri')

    await browser.followCallback(await consent(authorizationUrl))
    const tickets = await world.authpipe.fetch({ ...question, provider: 'freshservice' }, '/tickets')

    expect(redirectUri).toBe(await world.authpipe.callbackUrl({ provider: 'freshservice', tenantId: 'org_acme' }))
    expect(redirectUri).toMatch(new RegExp(`^${baseUrl}/callback/freshservice/[\\w-]{22}$`))
    expect((await browser.session(sessionId)).connection?.settings).toEqual({ organization: 'northwind', subdomain: 'northwind' })
    expect(tickets.status).toBe(200)
  })

  it('is refreshed with the tenant’s own client', async () => {
    const { authorizationUrl } = await browser.start('freshservice', { kind: 'user', settings: { organization: 'northwind', subdomain: 'northwind' } })
    await browser.followCallback(await consent(authorizationUrl))
    world.clock.now += 3_600_000

    expect((await world.authpipe.getCredential({ ...question, provider: 'freshservice' })).refreshed).toBe(true)
  })

  // MX-8
  it('does not take an answer at the callback of another tenant', async () => {
    const { authorizationUrl } = await browser.start('freshservice', { kind: 'user', settings: { organization: 'northwind', subdomain: 'northwind' } })
    const callback = new URL(await consent(authorizationUrl))
    const other = new URL(await world.authpipe.callbackUrl({ provider: 'freshservice', tenantId: 'org_other' }))
    callback.pathname = other.pathname

    const answer = await browser.followCallback(callback.href)

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('state_mismatch')
    expect(world.sandbox.freshservice.tokenRequests()).toBe(0)
  })

  it('is not needed for a key', async () => {
    const account = world.sandbox.freshservice.accounts.find((one) => one.kind === 'admin')

    const answer = await world.browser('org_other', 'user_1').json('POST', '/connections', { provider: 'freshservice', settings: account?.settings, fields: account?.fields })

    expect(answer.status).toBe(201)
  })

  it('that a tenant does not have is said in plain words', async () => {
    const answer = await world.browser('org_other', 'user_1').json('POST', '/sessions', { provider: 'freshservice', kind: 'user', settings: { organization: 'northwind', subdomain: 'northwind' } })

    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ code: 'provider_misconfigured' })
  })
})
