import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { consent, openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

describe('connecting LiveChat', () => {
  it('ends with a connection, and a credential that lists chats', async () => {
    const browser = world.browser()

    const connection = await browser.connect()
    const response = await world.authpipe.fetch({ provider: 'livechat', tenantId: 'org_acme', userId: 'user_1' }, '/agent/action/list_chats', { method: 'POST', body: '{}' })

    expect(connection).toMatchObject({ provider: 'livechat', status: 'active', tenantId: 'org_acme', userId: 'user_1', isDefault: true, missingScopes: [], account: { label: 'ada@northwind.example' } })
    expect(response.status).toBe(200)
    expect(await response.json()).toHaveProperty('chats_summary')
  })

  it('sends the challenge of a fresh verifier, the exact redirect URI and scopes joined by commas', async () => {
    const browser = world.browser()

    const urls = [new URL((await browser.start()).authorizationUrl), new URL((await browser.start()).authorizationUrl)]

    for (const url of urls) {
      expect(url.searchParams.get('code_challenge_method')).toBe('S256')
      expect(url.searchParams.get('redirect_uri')).toBe('http://localhost:3000/api/authpipe/callback/livechat')
      expect(url.searchParams.get('scope')).toBe('chats--all:ro,agents--my:ro')
      expect(url.searchParams.get('state')).toMatch(/^[\w-]{43}$/)
    }
    expect(urls[0]?.searchParams.get('code_challenge')).not.toBe(urls[1]?.searchParams.get('code_challenge'))
  })

  it('tells the host app once that a connection was created', async () => {
    await world.browser().connect()
    await world.authpipe.maintain()

    expect(world.events.filter(({ type }) => type === 'connection.created')).toHaveLength(1)
  })

  it('redeems nothing at the callback', async () => {
    const browser = world.browser()
    const { authorizationUrl } = await browser.start()

    const page = await browser.request((await consent(authorizationUrl)).slice('http://localhost:3000/api/authpipe'.length))

    expect(page.status).toBe(200)
    expect(world.sandbox.livechat.tokenRequests()).toBe(0)
  })
})
