import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { ask, basic, type Answer } from '../../test/App.ts'
import { giveConsent, sandboxAccounts, sandboxClient, sandboxEndpoints, startSandbox, type Sandbox } from '../index.ts'

const northwind = '3b8f6d2a-51c7-4e90-9a4d-7e0c2f6b1d85'
const bluebird = '9e1d40c7-82fb-4a36-b5e2-04c9d7a83f61'
const oldmill = 'c47a95b0-3e6d-4f18-8d02-f1b86a2c9e73'
const { clientId: pluginId, clientSecret } = sandboxClient('crisp')

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
beforeEach(() => sandbox.reset())
afterAll(() => sandbox.close())

const get = (path: string, init?: RequestInit): Promise<Answer> => ask(`${sandboxEndpoints('crisp', sandbox.url).apiBaseUrl}${path}`, init)

const asPlugin = (tier = 'plugin'): RequestInit => {
  const [identifier = '', key = ''] = clientSecret.split(':')
  return basic(identifier, key, { 'x-crisp-tier': tier })
}

const asWebsite = (websiteId: string, tier = 'website'): RequestInit => {
  const { identifier = '', key = '' } = sandbox.crisp.accounts.find(({ accountId }) => accountId === websiteId)?.fields ?? {}
  return basic(identifier, key, { 'x-crisp-tier': tier })
}

async function install(websiteId: string): Promise<string> {
  const url = `${sandboxEndpoints('crisp', sandbox.url).installEndpoint}/${pluginId}/`
  const response = await giveConsent(url, { accountId: websiteId })
  return new URL(response.headers.get('location') ?? 'missing:location').searchParams.get('token') ?? ''
}

const failed = (status: number, reason: string) => ({ status, body: { error: true, reason, data: {} } })
const resolved = (data: unknown) => ({ status: 200, body: { error: false, reason: 'resolved', data } })

describe('the keypair of the plugin', () => {
  it('says which plugin it is', async () => {
    expect(await get('/plugin/connect/account', asPlugin())).toMatchObject(resolved({ plugin_id: pluginId }))
  })

  it.each(['/plugin/connect/session', '/plugin/connect/session/valid', '/plugin/connect/account'])('is checked by HEAD %s without a body', async (path) => {
    const head = async (init: RequestInit): Promise<readonly [number, string]> => {
      const response = await fetch(`${sandboxEndpoints('crisp', sandbox.url).apiBaseUrl}${path}`, { ...init, method: 'HEAD' })
      return [response.status, await response.text()]
    }

    expect(await head(asPlugin())).toEqual([200, ''])
    expect(await head(basic('a', 'b', { 'x-crisp-tier': 'plugin' }))).toEqual([401, ''])
  })

  it('is dead once another was rolled', async () => {
    sandbox.crisp.set({ clientSecret: 'other:keypair' })

    expect(await get('/plugin/connect/account', asPlugin())).toMatchObject(failed(401, 'invalid_session'))
  })

  it('lists its installs with their tokens', async () => {
    const token = await install(northwind)

    expect((await get('/plugin/connect/websites/all/1', asPlugin())).body.data).toEqual([{ website_id: northwind, token, settings: {}, plan: null }])
    expect((await get('/plugin/connect/websites/all/2', asPlugin())).body.data).toEqual([])
  })

  it('reads the token of an install, which is that of its callback', async () => {
    const token = await install(northwind)

    expect(await get(`/plugins/subscription/${northwind}/${pluginId}/settings`, asPlugin())).toMatchObject(
      resolved({ plugin_id: pluginId, website_id: northwind, token, callback_url: 'http://localhost:3000/api/authpipe/callback/crisp' }),
    )
  })

  it('reads the settings of no other plugin', async () => {
    await install(northwind)

    expect(await get(`/plugins/subscription/${northwind}/${northwind}/settings`, asPlugin())).toMatchObject(failed(403, 'not_allowed'))
  })

  it.each([`/website/${bluebird}`, `/plugins/subscription/${bluebird}/${pluginId}/settings`, '/website/unknown'])(
    'is not subscribed where it is not installed: %s',
    async (path) => {
      await install(northwind)

      expect(await get(path, asPlugin())).toMatchObject(failed(404, 'not_subscribed'))
    },
  )

  it.each([`/website/${northwind}`, `/plugins/subscription/${northwind}/${pluginId}/settings`])('is not subscribed after an uninstall: %s', async (path) => {
    await install(northwind)
    expect((await get(path, asPlugin())).status).toBe(200)
    sandbox.crisp.uninstall(northwind)

    expect(await get(path, asPlugin())).toMatchObject(failed(404, 'not_subscribed'))
  })

  it.each(['operators/list', 'conversations/1'])('needs a scope for %s', async (path) => {
    await install(northwind)
    sandbox.crisp.set({ pluginScopes: [] })

    expect(await get(`/website/${northwind}/${path}`, asPlugin())).toMatchObject(failed(403, 'not_allowed'))
    expect((await get(`/website/${northwind}`, asPlugin())).status).toBe(200)
  })

  it.each(['operators/list', 'conversations/1'])('needs no scope for %s while it is a development token', async (path) => {
    await install(northwind)
    sandbox.crisp.set({ pluginScopes: null })

    expect((await get(`/website/${northwind}/${path}`, asPlugin())).status).toBe(200)
  })
})

describe('a website token', () => {
  it('reads its workspace', async () => {
    expect(await get(`/website/${northwind}`, asWebsite(northwind))).toMatchObject(
      resolved({ website_id: northwind, name: 'Northwind Coffee', domain: 'northwind.example', logo: null, verified: true, institutional: false }),
    )
  })

  it('reads operators and conversations, whatever the plugin may', async () => {
    sandbox.crisp.set({ pluginScopes: [] })

    expect((await get(`/website/${northwind}/operators/list`, asWebsite(northwind))).body.data).toMatchObject([
      { type: 'operator', details: { email: 'ada@northwind.example', first_name: 'Ada', role: 'owner' } },
    ])
    expect((await get(`/website/${northwind}/conversations/1`, asWebsite(northwind))).body.data).toMatchObject([{ website_id: northwind }])
    expect((await get(`/website/${northwind}/conversations/2`, asWebsite(northwind))).body.data).toEqual([])
  })

  it('reads no other workspace', async () => {
    expect(await get(`/website/${bluebird}`, asWebsite(northwind))).toMatchObject(failed(403, 'not_allowed'))
  })

  it('cannot call the routes of plugins', async () => {
    expect(await get('/plugin/connect/account', asWebsite(northwind))).toMatchObject(failed(403, 'restricted_route_tier'))
  })

  it('has the form that Crisp documents', () => {
    for (const { fields } of sandboxAccounts('crisp')) {
      expect(fields.identifier).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      expect(fields.key).toMatch(/^[0-9a-f]{64}$/)
    }
  })

  it('is dead once another was generated', async () => {
    const old = asWebsite(northwind)
    sandbox.crisp.replaceKeys(northwind)

    expect(await get(`/website/${northwind}`, old)).toMatchObject(failed(401, 'invalid_session'))
    expect((await get(`/website/${northwind}`, asWebsite(northwind))).status).toBe(200)
  })

  it('of a suspended workspace is refused with a reason', async () => {
    expect(await get(`/website/${oldmill}`, asWebsite(oldmill))).toMatchObject(failed(403, 'website_suspended'))
  })
})

describe('the tier', () => {
  it.each([
    ['a plugin', 'website', () => asPlugin('website')],
    ['a plugin', 'user', () => asPlugin('user')],
    ['a website', 'plugin', () => asWebsite(northwind, 'plugin')],
    ['a website', '', () => asWebsite(northwind, '')],
  ])('of the keypair of %s cannot be %j', async (_, __, init) => {
    expect(await get(`/website/${northwind}`, init())).toMatchObject(failed(403, 'route_forbidden'))
  })

  it('has to be named', async () => {
    const [identifier = '', key = ''] = clientSecret.split(':')

    expect(await get('/plugin/connect/account', basic(identifier, key))).toMatchObject(failed(403, 'route_forbidden'))
  })
})

describe('every call', () => {
  it.each([undefined, basic('', ''), basic('unknown', 'pair', { 'x-crisp-tier': 'plugin' }), basic('unknown', 'pair', { 'x-crisp-tier': 'website' })])(
    'is refused without a known keypair',
    async (init) => {
      expect(await get(`/website/${northwind}`, init)).toMatchObject(failed(401, 'invalid_session'))
    },
  )

  it.each([
    [429, 'too_many_requests'],
    [420, 'enhance_your_calm'],
  ] as const)('that is too many is refused with %i and no headers', async (rateLimitStatus, reason) => {
    sandbox.crisp.set({ rateLimited: true, rateLimitStatus })

    const answer = await get('/plugin/connect/account', asPlugin())

    expect(answer).toMatchObject(failed(rateLimitStatus, reason))
    expect([...answer.headers.keys()].filter((name) => /ratelimit|retry/.test(name))).toEqual([])
  })
})

describe('the control of Crisp', () => {
  const tell = (path: string, body: unknown): Promise<Answer> =>
    ask(`${sandbox.url}/control/crisp${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  it('uninstalls the plugin from one workspace', async () => {
    await install(northwind)
    await install(bluebird)

    expect((await tell('/uninstall', { accountId: northwind })).body.installations).toEqual([bluebird])
  })

  it('tells no key, token or secret', async () => {
    const token = await install(northwind)
    const { body } = await tell('/settings', {})

    for (const secret of [token, clientSecret, ...sandbox.crisp.issuedKeys(), 'crisp_hook_CANARY_sandbox']) expect(JSON.stringify(body)).not.toContain(secret)
  })

  it.each([
    [{ callbackUrl: 'javascript:alert(1)' }, '"callbackUrl" must be an http or https address.'],
    [{ rateLimitStatus: 503 }, '"rateLimitStatus" must be one of 429, 420.'],
  ])('refuses the settings %j', async (settings, error) => {
    expect(await tell('/settings', settings)).toMatchObject({ status: 400, body: { error } })
  })

  it('forgets installs at a reset', async () => {
    await install(northwind)
    sandbox.crisp.reset()

    expect(sandbox.crisp.installations()).toEqual([])
  })
})
