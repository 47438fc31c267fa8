// Rows RV of the attack catalogue: ended here at once, and at the provider as soon as it can be.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorld, type Browser, type World } from './world.ts'

let world: World
let browser: Browser
beforeEach(async () => {
  world = await openWorld()
  browser = world.browser()
})
afterEach(() => world.close())

const question = { provider: 'livechat', tenantId: 'org_acme', userId: 'user_1' }

describe('disconnecting', () => {
  // RV-2, RV-10
  it('ends the connection here and the tokens at the provider', async () => {
    const { id } = await browser.connect('livechat')
    const { credential } = await world.authpipe.getCredential(question)

    const answer = await browser.request(`/connections/${id}`, { method: 'DELETE' })
    await world.authpipe.maintain()

    expect(answer.status).toBe(204)
    expect(await browser.connections()).toEqual([])
    expect((await browser.request(`/connections/${id}`)).status).toBe(404)
    await expect(world.authpipe.getCredential(question)).rejects.toMatchObject({ code: 'connection_not_found' })
    const dead = await fetch(`${world.sandbox.url}/livechat/v2/info`, { headers: { authorization: `Bearer ${credential}` } })
    expect(dead.status).toBe(401)
  })

  // RV-1
  it('while the provider is down takes effect here at once and there later, also after a restart', async () => {
    const { id } = await browser.connect('livechat')
    const { credential } = await world.authpipe.getCredential(question)
    world.sandbox.livechat.fault('revocation', { kind: 'answer', status: 503 }, { times: Infinity })

    await browser.request(`/connections/${id}`, { method: 'DELETE' })
    await expect(world.authpipe.getCredential(question)).rejects.toMatchObject({ code: 'connection_not_found' })
    await world.authpipe.close()
    const stillAlive = await fetch(`${world.sandbox.url}/livechat/v2/info`, { headers: { authorization: `Bearer ${credential}` } })
    world.sandbox.livechat.faults.reset()
    world.clock.now += 60_000
    const counts = await world.another().maintain()

    expect(stillAlive.status).toBe(200)
    expect(counts.revoked).toBe(2)
    expect((await fetch(`${world.sandbox.url}/livechat/v2/info`, { headers: { authorization: `Bearer ${credential}` } })).status).toBe(401)
  })

  // RV-3
  it.each([
    ['200 with a page', { status: 200, body: '<html></html>' }],
    ['404, since it does not know the token', { status: 404, body: '{"error":"resource_not_found"}' }],
    ['400', { status: 400, body: '{"error":"unsupported_token_type"}' }],
    ['a redirect', { status: 307, headers: { location: 'https://evil.example/' } }],
  ])('takes %s as the provider having heard it', async (_, answer) => {
    const { id } = await browser.connect('livechat')
    world.sandbox.livechat.fault('revocation', { kind: 'answer', ...answer }, { times: Infinity })

    await browser.request(`/connections/${id}`, { method: 'DELETE' })
    await world.authpipe.maintain()
    const asked = world.sandbox.livechat.revokeRequests()
    world.clock.now += 3_600_000
    await world.authpipe.maintain()

    expect(asked).toBe(2)
    expect(world.sandbox.livechat.revokeRequests()).toBe(2)
  })

  // RV-4
  it('twenty times at once is the same as once', async () => {
    const { id } = await browser.connect('livechat')

    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.request(`/connections/${id}`, { method: 'DELETE' })))
    await world.authpipe.maintain()

    expect(answers.map(({ status }) => status).every((status) => status === 204 || status === 404)).toBe(true)
    expect(world.sandbox.livechat.revokeRequests()).toBe(2)
    expect(world.events.filter(({ type }) => type === 'connection.revoked')).toHaveLength(1)
  })

  it('and connecting again makes it active under its id, as new', async () => {
    const { id } = await browser.connect('livechat')
    await browser.request(`/connections/${id}`, { method: 'DELETE' })

    const { sessionId, authorizationUrl } = await browser.start('livechat')
    const { consent } = await import('./world.ts')
    await browser.followCallback(await consent(authorizationUrl))

    expect(await browser.session(sessionId)).toMatchObject({ status: 'complete', reconnected: false, connection: { id, status: 'active', isDefault: true } })
  })

  it('on one server is seen on another one within the staleness bound', async () => {
    const { id } = await browser.connect('livechat')
    const elsewhere = world.another({ baseUrl: 'http://localhost:3001/api/authpipe' })
    await elsewhere.getCredential(question)

    await browser.request(`/connections/${id}`, { method: 'DELETE' })
    world.clock.now += 5_000

    await expect(elsewhere.getCredential(question)).rejects.toMatchObject({ code: 'connection_not_found' })
  })
})
