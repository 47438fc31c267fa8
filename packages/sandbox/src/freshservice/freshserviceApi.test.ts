import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { ask, basic, bearer, tokens, type Answer } from '../../test/App.ts'
import { giveConsent, sandboxAccounts, sandboxClient, sandboxEndpoints, startSandbox, type AccountKind, type Sandbox } from '../index.ts'

let sandbox: Sandbox
let now = 0
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => now })
})
beforeEach(() => {
  now = Date.parse('2026-11-22T10:00:00Z')
  sandbox.reset()
})
afterAll(() => sandbox.close())

const get = (subdomain: string, path: string, init?: RequestInit): Promise<Answer> =>
  ask(`${sandboxEndpoints('freshservice', sandbox.url).apiBaseUrl?.replace('{subdomain}', subdomain)}${path}`, init)

const getAs = (kind: AccountKind, path: string): Promise<Answer> => {
  const { settings, fields } = sandboxAccounts('freshservice').find((account) => account.kind === kind) ?? {}
  return get(settings?.subdomain ?? '', path, basic(fields?.apiKey ?? '', 'X'))
}

const redirectUri = 'http://localhost:3000/callback'

async function connect(scope = 'freshservice.tickets.view', accountId = 'freshservice-ada'): Promise<string> {
  const { clientId, clientSecret } = sandboxClient('freshservice')
  const { authorizationEndpoint, tokenEndpoint } = sandboxEndpoints('freshservice', sandbox.url)
  const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state: 'state-1' })
  const consented = await giveConsent(`${authorizationEndpoint?.replace('{organization}', 'northwind')}?${query}`, { accountId })
  const code = new URL(consented.headers.get('location') ?? 'missing:location').searchParams.get('code') ?? ''
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })
  return tokens(await ask(tokenEndpoint?.replace('{organization}', 'northwind'), { method: 'POST', body, ...basic(clientId, clientSecret) })).accessToken
}

const refused = (status: number, code: string, message: string) => ({ status, body: { code, message } })
const accessDenied = refused(403, 'access_denied', 'You are not authorized to perform this action.')
const invalidCredentials = refused(401, 'invalid_credentials', 'You have to be logged in to perform this action.')

describe('a key', () => {
  it('lists tickets, wrapped', async () => {
    expect(await getAs('agent', '/tickets?per_page=1')).toMatchObject({ status: 200, body: { tickets: [{ id: 7001 }] } })
  })

  it('says whose it is, wrapped', async () => {
    expect(await getAs('agent', '/agents/me')).toMatchObject({ status: 200, body: { agent: { id: 1002, first_name: 'Sam', last_name: 'Okafor', email: 'sam@northwind.example' } } })
  })

  it.each([
    ['a wrong key', basic('wrong', 'X'), invalidCredentials],
    ['the key of another product', basic(sandboxAccounts('freshdesk')[0]?.fields.apiKey ?? '', 'X'), invalidCredentials],
    ['an e-mail address and a password', basic('ada@northwind.example', 'secret'), refused(401, 'unsupported_authentication_type', 'Username/password authentication is not supported.')],
    ['no credential at all', undefined, accessDenied],
  ])('is not to be replaced by %s', async (_, init, refusal) => {
    expect(await get('northwind', '/tickets', init)).toMatchObject(refusal)
  })

  it('of an agent whose role shows no tickets is denied them', async () => {
    expect(await getAs('restricted', '/tickets')).toMatchObject(accessDenied)
    expect((await getAs('restricted', '/agents/me')).status).toBe(200)
  })

  it('of a suspended account is told so', async () => {
    expect(await getAs('suspended', '/tickets')).toMatchObject(refused(403, 'account_suspended', 'Your account has been suspended.'))
  })

  it('that was replaced is dead', async () => {
    sandbox.freshservice.replaceKeys()

    expect(await getAs('admin', '/tickets')).toMatchObject(invalidCredentials)
  })
})

describe('an access token', () => {
  it('reads what its scope reaches, for the person who consented', async () => {
    const accessToken = await connect(undefined, 'freshservice-sam')

    expect((await get('northwind', '/tickets', bearer(accessToken))).status).toBe(200)
    expect((await get('northwind', '/agents/me', bearer(accessToken))).body).toMatchObject({ agent: { email: 'sam@northwind.example' } })
  })

  it('without the scope is denied', async () => {
    expect(await get('northwind', '/tickets', bearer(await connect('freshservice.assets.view')))).toMatchObject(accessDenied)
  })

  it('has expired after 30 minutes', async () => {
    const accessToken = await connect()
    now += 1_800_000

    expect(await get('northwind', '/tickets', bearer(accessToken))).toMatchObject(refused(401, 'access_token_expired', 'The access token has expired.'))
  })

  it.each([
    ['at the product of another organization', 'bluebird', () => undefined],
    ['once the access was taken away', 'northwind', () => sandbox.freshservice.revokeGrants()],
  ])('is invalid %s', async (_, subdomain, act) => {
    const accessToken = await connect()
    act()

    expect(await get(subdomain, '/tickets', bearer(accessToken))).toMatchObject(refused(401, 'access_token_invalid', 'The access token is invalid.'))
  })
})

describe('every call', () => {
  it('has the headers of the API, also an unsigned one', async () => {
    const { headers } = await get('northwind', '/tickets')

    expect([headers.has('x-freshservice-api-version'), headers.get('x-ratelimit-total'), headers.get('x-ratelimit-remaining')]).toEqual([true, '200.0', '199.0'])
  })

  it('to a subdomain that nobody has is 404 without them', async () => {
    const { status, headers } = await get('nobody', '/tickets')

    expect([status, headers.has('x-freshservice-api-version'), headers.has('x-ratelimit-total')]).toEqual([404, false, false])
  })

  it('that is too many is told when to come back', async () => {
    sandbox.freshservice.set({ rateLimited: true })

    const { status, headers } = await getAs('admin', '/tickets')

    expect([status, headers.get('retry-after')]).toEqual([429, '60.0'])
  })

  it('refuses more than 100 tickets a page', async () => {
    expect(await getAs('admin', '/tickets?per_page=101')).toMatchObject({ status: 400, body: { errors: [{ field: 'per_page', code: 'invalid_value' }] } })
  })
})
