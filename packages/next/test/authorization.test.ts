// Rows AZ of the attack catalogue: the host app says who asks, and everything else about identity is ignored.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuthorizeQuestion } from '../src/config.ts'
import { createKeyring, generateKey, parseKeys } from '../src/vault/keyring.ts'
import type { KeyManager } from '../src/vault/keyManager.ts'
import { consent, openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const routes: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/providers'],
  ['GET', '/connections'],
  ['GET', '/connections/some-id'],
  ['DELETE', '/connections/some-id'],
  ['POST', '/connections/some-id/check'],
  ['POST', '/connections/some-id/refresh'],
  ['POST', '/sessions'],
  ['GET', '/sessions/some-id'],
  ['DELETE', '/sessions/some-id'],
]

describe('every route', () => {
  // AZ-1
  it.each(routes)('%s %s refuses whoever is not signed in, whatever the request says', async (method, path) => {
    const browser = world.browser()
    browser.cookies.clear()

    const answer = await browser.request(`${path}?tenantId=org_acme&userId=user_1`, {
      method,
      headers: { 'content-type': 'application/json', 'x-tenant-id': 'org_acme', 'x-user-id': 'user_1' },
      ...(method === 'POST' ? { body: JSON.stringify({ provider: 'livechat', tenantId: 'org_acme', userId: 'user_1' }) } : {}),
    })

    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated' })
  })

  // AZ-3
  it.each([
    ['undefined', undefined],
    ['an empty object', {}],
    ['no user', { tenantId: 'org_acme' }],
    ['an undefined tenant', { tenantId: undefined, userId: 'user_1' }],
    ['an empty tenant', { tenantId: '', userId: 'user_1' }],
    ['a number', 1],
    ['a number as a user', { tenantId: 'org_acme', userId: 1 }],
    ['an object as a tenant', { tenantId: {}, userId: 'user_1' }],
    ['a list', ['org_acme', 'user_1']],
    ['a tenant with a line break', { tenantId: 'org\nacme', userId: 'user_1' }],
    ['a tenant of ten thousand characters', { tenantId: 'x'.repeat(10_000), userId: 'user_1' }],
  ])('counts %s from identify as nobody', async (_, answer) => {
    const browser = world.browser()
    await world.authpipe.close()
    browser.moveTo(world.another({ identify: () => answer as never }))

    expect((await browser.request('/connections')).status).toBe(401)
  })

  // AZ-5, HT-21
  it("treats somebody else's connection like one that never was", async () => {
    const { id } = await world.browser().connect('plain')
    for (const stranger of [world.browser('org_acme', 'user_2'), world.browser('org_evil', 'user_1')]) {
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/check'],
        ['POST', '/refresh'],
      ] as const) {
        const foreign = await stranger.request(`/connections/${id}${path}`, { method })
        const unknown = await stranger.request(`/connections/${randomUUID()}${path}`, { method })

        expect(foreign.status).toBe(404)
        expect(await foreign.json()).toEqual(await unknown.json())
      }
      expect(await stranger.connections()).toEqual([])
    }
    expect(await world.browser().connections()).toHaveLength(1)
  })
})

describe('the list of connections', () => {
  // AZ-14
  it('says what a page shows, and nothing more', async () => {
    await world.browser().connect('plain')

    const [connection] = await world.browser().connections()

    expect(Object.keys(connection ?? {}).toSorted()).toEqual(
      ['account', 'attachment', 'connectedAt', 'credentialType', 'expiresAt', 'health', 'id', 'isDefault', 'kind', 'missingScopes', 'provider', 'scopes', 'settings', 'status', 'tenantId', 'updatedAt', 'userId'],
    )
    expect(Object.keys(connection?.account ?? {}).toSorted()).toEqual(['id', 'label'])
  })

  // AZ-7
  it('names connections by random UUIDs', async () => {
    const ids = [(await world.browser().connect('plain')).id, (await world.browser('org_other').connect('plain')).id]

    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(ids[0]?.slice(0, 8)).not.toBe(ids[1]?.slice(0, 8))
  })

  // LM-6
  it('opens no secret', async () => {
    const keys = createKeyring(parseKeys(generateKey()))
    await world.close()
    world = await openWorld({ options: { keys } })
    await world.browser().connect('plain')
    await world.authpipe.close()
    const sealed: KeyManager = {
      ...keys,
      unwrap: (wrapped, place) => (place.tenantId === '' ? keys.unwrap(wrapped, place) : Promise.reject(new Error('no tenant key is to be had'))),
    }
    const browser = world.browser()
    browser.moveTo(world.another({ keys: sealed }))

    expect(await browser.connections()).toHaveLength(1)
    expect((await browser.request('/connections?provider=plain')).status).toBe(200)
  })
})

describe('the server API', () => {
  // AZ-5
  it('finds nothing of another tenant or user, by connection id either', async () => {
    const { id } = await world.browser().connect('plain')
    const questions = [
      { provider: 'plain', tenantId: 'org_evil', userId: 'user_1' },
      { provider: 'plain', tenantId: 'org_evil', userId: 'user_1', connectionId: id },
      { provider: 'plain', tenantId: 'org_acme', userId: 'user_2', connectionId: id },
      { provider: 'livechat', tenantId: 'org_acme', userId: 'user_1', connectionId: id },
    ]

    for (const question of questions) await expect(world.authpipe.getCredential(question)).rejects.toMatchObject({ code: 'connection_not_found' })
    await expect(world.authpipe.getConnection({ tenantId: 'org_evil', connectionId: id })).rejects.toMatchObject({ code: 'connection_not_found' })
    await expect(world.authpipe.disconnect({ tenantId: 'org_evil', connectionId: id })).rejects.toMatchObject({ code: 'connection_not_found' })
  })

  // AZ-8
  it.each(['ORG_ACME', 'org_acme ', ' org_acme', 'org_acme\u200b', 'org%5Facme', 'оrg_acme', '__proto__', '..'])('tells the tenant %j from org_acme', async (tenantId) => {
    await world.browser().connect('plain')
    await world.authpipe.getCredential({ provider: 'plain', tenantId: 'org_acme', userId: 'user_1' })

    await expect(world.authpipe.getCredential({ provider: 'plain', tenantId, userId: 'user_1' })).rejects.toMatchObject({ code: 'connection_not_found' })
  })

  // AZ-10
  it('refuses a question without a tenant', async () => {
    // @ts-expect-error a tenant is required
    await expect(world.authpipe.getCredential({ provider: 'plain', userId: 'user_1' })).rejects.toMatchObject({ code: 'invalid_request' })
    // @ts-expect-error a tenant is required
    await expect(world.authpipe.listConnections({})).rejects.toMatchObject({ code: 'invalid_request' })
  })
})

describe('authorize', () => {
  async function withRule(rule: (question: AuthorizeQuestion) => boolean | Promise<boolean>): Promise<ReturnType<World['browser']>> {
    const browser = world.browser()
    await world.authpipe.close()
    browser.moveTo(world.another({ authorize: rule, identifyTimeoutMs: 50 }))
    return browser
  }

  // AZ-11
  it('is asked about every action and its word is kept', async () => {
    const { id } = await world.browser().connect('plain')
    const asked: string[] = []
    const browser = await withRule(({ action, provider, connection, principal }) => {
      asked.push(`${principal.userId} ${action} ${provider} ${connection?.id === id ? 'it' : '-'}`)
      return false
    })

    const statuses = [
      (await browser.json('POST', '/sessions', { provider: 'plain' })).status,
      (await browser.json('POST', '/sessions', { provider: 'plain', connectionId: id })).status,
      (await browser.request(`/connections/${id}`)).status,
      (await browser.request(`/connections/${id}`, { method: 'DELETE' })).status,
      (await browser.request(`/connections/${id}/check`, { method: 'POST' })).status,
    ]

    expect(statuses).toEqual([403, 403, 403, 403, 403])
    expect(await browser.connections()).toEqual([])
    expect(asked).toEqual(['user_1 connect plain -', 'user_1 reconnect plain it', 'user_1 read plain it', 'user_1 disconnect plain it', 'user_1 check plain it', 'user_1 read plain it'])
  })

  it.each([
    ['throws', () => Promise.reject(new Error('no'))],
    ['hangs', () => new Promise<boolean>(() => undefined)],
    ['says something else than true', () => 'yes' as never],
  ])('that %s refuses', async (_, rule) => {
    const browser = await withRule(rule)

    const answer = await browser.json('POST', '/sessions', { provider: 'plain' })

    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ code: 'forbidden' })
  })

  // ST-7
  it('is asked again at the finish, so that a right that was lost meanwhile redeems nothing', async () => {
    let isAdmin = true
    const browser = await withRule(() => isAdmin)
    const { authorizationUrl } = await browser.start('plain')
    const callback = await consent(authorizationUrl)
    isAdmin = false

    const answer = await browser.followCallback(callback)

    expect(answer.status).toBe(403)
    expect(world.sandbox.plain.tokenRequests()).toBe(0)
  })
})

describe('a registration for the whole tenant', () => {
  it('gives every member the one connection, and the server its credential without a user', async () => {
    const { plain } = await import('./world.ts')
    const { sandboxClient, sandboxEndpoints } = await import('@authpipe/sandbox')
    await world.authpipe.close()
    const shared = world.another({ providers: [plain({ ...sandboxClient('plain'), attachment: 'tenant', endpoints: sandboxEndpoints('plain', world.sandbox.url) })] })
    const [one, other, stranger] = [world.browser('org_acme', 'user_1'), world.browser('org_acme', 'user_2'), world.browser('org_evil', 'user_1')]
    for (const browser of [one, other, stranger]) browser.moveTo(shared)

    const connection = await one.connect('plain')

    expect(connection).not.toHaveProperty('userId')
    expect(await other.connections()).toEqual([connection])
    expect(await stranger.connections()).toEqual([])
    expect((await shared.getCredential({ provider: 'plain', tenantId: 'org_acme' })).connectionId).toBe(connection.id)
    expect((await shared.getCredential({ provider: 'plain', tenantId: 'org_acme', userId: 'anybody' })).connectionId).toBe(connection.id)
  })
})
