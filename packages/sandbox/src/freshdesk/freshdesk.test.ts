import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { ask, basic, bearer, type Answer } from '../../test/App.ts'
import { sandboxAccounts, sandboxEndpoints, startSandbox, type AccountKind, type Sandbox } from '../index.ts'

let sandbox: Sandbox
let now = 0
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => now, canary: 'MARK' })
})
beforeEach(() => {
  now = Date.parse('2026-11-22T10:00:00Z')
  sandbox.reset()
})
afterAll(() => sandbox.close())

const pasted = (kind: AccountKind) => {
  const account = sandboxAccounts('freshdesk').find((candidate) => candidate.kind === kind)
  return { accountId: account?.accountId ?? '', subdomain: account?.settings.subdomain ?? '', apiKey: account?.fields.apiKey ?? '' }
}

const get = (subdomain: string, path: string, init?: RequestInit): Promise<Answer> =>
  ask(`${sandboxEndpoints('freshdesk', sandbox.url).apiBaseUrl?.replace('{subdomain}', subdomain)}${path}`, init)

const getAs = (kind: AccountKind, path: string): Promise<Answer> => get(pasted(kind).subdomain, path, basic(pasted(kind).apiKey, 'X'))

const invalidCredentials = { status: 401, body: { code: 'invalid_credentials', message: 'You have to be logged in to perform this action.' } }
const accessDenied = { status: 403, body: { code: 'access_denied', message: 'You are not authorized to perform this action.' } }

describe('a key', () => {
  it.each([
    ['admin', 'Ada Larsen', 'ada@northwind.example'],
    ['agent', 'Sam Okafor', 'sam@northwind.example'],
    ['restricted', 'Noor Haddad', 'noor@northwind.example'],
  ] as const)('of an account of the kind %s says whose it is', async (kind, name, email) => {
    expect(await getAs(kind, '/agents/me')).toMatchObject({ status: 200, body: { id: expect.any(Number), contact: { name, email } } })
  })

  it('works with any password', async () => {
    const { subdomain, apiKey } = pasted('admin')

    expect((await get(subdomain, '/agents/me', basic(apiKey, ''))).status).toBe(200)
  })

  it.each([
    ['no Authorization', undefined],
    ['an unknown key', basic('unknown', 'X')],
    ['an empty key', basic('', 'X')],
    ['the key as bearer', bearer(pasted('admin').apiKey)],
    ['Basic that holds no pair', { headers: { authorization: 'Basic aGVsbG8=' } }],
    ['Basic that is no base64', { headers: { authorization: 'Basic %%%' } }],
  ])('is asked for with 401 where there is %s', async (_, init) => {
    expect(await get('northwind', '/agents/me', init)).toMatchObject(invalidCredentials)
  })

  it('of another helpdesk is refused', async () => {
    expect(await get('bluebird', '/agents/me', basic(pasted('admin').apiKey, 'X'))).toMatchObject(invalidCredentials)
  })

  it('that was replaced is dead, and its successor speaks for the same agent', async () => {
    const before = await getAs('admin', '/agents/me')
    sandbox.freshdesk.replaceKeys(pasted('admin').accountId)
    const successor = sandbox.freshdesk.accounts.find(({ kind }) => kind === 'admin')?.fields.apiKey ?? ''

    expect(await getAs('admin', '/agents/me')).toMatchObject(invalidCredentials)
    expect(successor).toContain('MARK')
    expect((await get('northwind', '/agents/me', basic(successor, 'X'))).body).toEqual(before.body)
    expect((await getAs('agent', '/agents/me')).status).toBe(200)
    expect(sandbox.freshdesk.issuedKeys()).toEqual(expect.arrayContaining([pasted('admin').apiKey, successor]))
  })

  it('works again after a reset', async () => {
    sandbox.freshdesk.replaceKeys()
    sandbox.freshdesk.reset()

    expect((await getAs('admin', '/agents/me')).status).toBe(200)
  })
})

describe('a subdomain', () => {
  it.each(['nobody', 'NORTHWIND', 'evil.example%23'])('that nobody has, such as %s, is 404 without headers of the API', async (subdomain) => {
    const { status, headers } = await get(subdomain, '/agents/me', basic(pasted('admin').apiKey, 'X'))

    expect([status, headers.has('x-ratelimit-total')]).toEqual([404, false])
  })
})

describe('an account', () => {
  it('that is suspended is told so', async () => {
    expect(await getAs('suspended', '/agents/me')).toMatchObject({ status: 403, body: { code: 'account_suspended', message: 'Your account has been suspended.' } })
  })

  it('becomes suspended and free again by the setting', async () => {
    sandbox.freshdesk.set({ suspended: [pasted('admin').accountId] })

    expect((await getAs('admin', '/agents/me')).body.code).toBe('account_suspended')
    expect((await getAs('suspended', '/agents/me')).status).toBe(200)
  })

  it('on the free plan has no API', async () => {
    expect(await getAs('free', '/agents/me')).toMatchObject({ status: 403, body: { code: 'require_feature', message: 'The API is not part of your plan.' } })
  })

  it('names its helpdesk to an administrator', async () => {
    expect(await getAs('admin', '/account')).toMatchObject({ status: 200, body: { account_name: 'Northwind Coffee', account_domain: 'northwind.freshdesk.com' } })
  })

  it('names its helpdesk to no agent', async () => {
    expect(await getAs('agent', '/account')).toMatchObject(accessDenied)
  })

  it('tells any agent its languages', async () => {
    expect(await getAs('restricted', '/settings/helpdesk')).toMatchObject({ status: 200, body: { primary_language: 'en' } })
  })
})

describe('GET /tickets', () => {
  it('lists the tickets of the helpdesk as a bare list', async () => {
    const { status, body, headers } = await getAs('agent', '/tickets')

    expect([status, headers.has('link')]).toEqual([200, false])
    expect(body.list).toMatchObject([{ id: 7001, subject: 'The grinder arrived without its lid', created_at: '2026-11-22T09:00:00Z' }, { id: 7002 }, { id: 7003 }])
  })

  it('names the next page in a Link header', async () => {
    const first = await getAs('agent', '/tickets?per_page=2')
    const next = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1]

    expect((await ask(next, basic(pasted('agent').apiKey, 'X'))).body.list).toMatchObject([{ id: 7003 }])
  })

  it('is refused to an agent whose role shows none', async () => {
    expect(await getAs('restricted', '/tickets')).toMatchObject(accessDenied)
  })

  it.each(['101', '0', '-1', 'many'])('refuses %s tickets a page', async (perPage) => {
    expect(await getAs('agent', `/tickets?per_page=${perPage}`)).toMatchObject({
      status: 400,
      body: { description: 'Validation failed', errors: [{ field: 'per_page', code: 'invalid_value' }] },
    })
  })

  it('refuses a page that is no number', async () => {
    expect(await getAs('agent', '/tickets?page=last')).toMatchObject({ status: 400, body: { errors: [{ field: 'page', code: 'invalid_value' }] } })
  })
})

describe('every call', () => {
  it('shows the limit of the helpdesk in decimals, also a refused one', async () => {
    await getAs('admin', '/agents/me')
    const { headers } = await get('northwind', '/agents/me')

    expect(['total', 'remaining', 'used-currentrequest'].map((name) => headers.get(`x-ratelimit-${name}`))).toEqual(['200.0', '198.0', '1'])
  })

  it('beyond the limit is told when to come back', async () => {
    sandbox.freshdesk.set({ callsPerMinute: 1 })
    await getAs('admin', '/agents/me')
    now += 20_000

    const { status, headers } = await getAs('agent', '/agents/me')

    expect([status, headers.get('retry-after'), headers.get('x-ratelimit-remaining')]).toEqual([429, '40.0', '0.0'])
    expect((await getAs('free', '/agents/me')).status).toBe(403)
    now += 40_000
    expect((await getAs('agent', '/agents/me')).status).toBe(200)
  })

  it('is one too many where the setting says so', async () => {
    sandbox.freshdesk.set({ rateLimited: true })

    const { status, headers } = await getAs('admin', '/agents/me')

    expect([status, headers.get('retry-after'), headers.get('x-ratelimit-remaining')]).toEqual([429, '60.0', '0.0'])
  })

  it.each([
    ['application/json', 200],
    ['text/html, */*;q=0.1', 200],
    ['text/html', 406],
  ])('that accepts %s is answered with %i', async (accept, status) => {
    const { subdomain, apiKey } = pasted('admin')

    expect((await get(subdomain, '/agents/me', basic(apiKey, 'X', { accept }))).status).toBe(status)
  })
})

describe('the control of Freshdesk', () => {
  const tell = (path: string, body: unknown): Promise<Answer> =>
    ask(`${sandbox.url}/control/freshdesk${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  it('replaces keys and tells none', async () => {
    const { body } = await tell('/replace-keys', { accountId: pasted('admin').accountId })

    expect((await getAs('admin', '/agents/me')).status).toBe(401)
    expect(JSON.stringify(body)).not.toMatch(/MARK|CANARY/)
    expect(body.accounts).toContainEqual({ accountId: 'freshdesk-ada', label: 'Ada Larsen, administrator (Northwind Coffee)', kind: 'admin', settings: { subdomain: 'northwind' } })
  })

  it.each(['expire-access-tokens', 'revoke-grants', 'toString'])('knows no action %s', async (action) => {
    expect((await tell(`/${action}`, {})).status).toBe(404)
  })

  it('shows a person what to paste', async () => {
    sandbox.freshdesk.replaceKeys('freshdesk-ada')
    const markup = await (await fetch(sandbox.url)).text()

    expect(markup).toContain('<code>subdomain <span class="value">northwind</span></code>')
    expect(markup).toContain('<code>apiKey <span class="value">freshdesk_key_MARK_')
  })
})

describe('sandboxAccounts', () => {
  it('gives copies that nobody can spoil for others', () => {
    Object.assign(sandboxAccounts('freshdesk')[0]?.fields ?? {}, { apiKey: 'spoilt' })

    expect(sandboxAccounts('freshdesk')[0]?.fields).toEqual({ apiKey: 'freshdesk_key_CANARY_ada' })
  })

  it('is empty where there is only sign-in', () => {
    expect(sandboxAccounts('livechat')).toEqual([])
  })
})
