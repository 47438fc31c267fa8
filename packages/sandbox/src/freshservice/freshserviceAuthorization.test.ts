import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { ask, basic, pkce, tokens, type Answer } from '../../test/App.ts'
import { giveConsent, sandboxClient, sandboxEndpoints, startSandbox, type ConsentDecision, type Sandbox } from '../index.ts'

const redirectUri = 'http://localhost:3000/callback'

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

type Changes = Readonly<Record<string, string | undefined>>
const defined = (parameters: Changes): URLSearchParams =>
  new URLSearchParams(Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

const endpoint = (name: 'authorizationEndpoint' | 'tokenEndpoint', organization: string): string =>
  sandboxEndpoints('freshservice', sandbox.url)[name]?.replace('{organization}', organization) ?? ''

const authorizationUrl = (changes: Changes = {}, organization = 'northwind'): string => {
  const { clientId } = sandboxClient('freshservice', organization)
  const defaults = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope: 'freshservice.tickets.view', state: 'state-1' }
  return `${endpoint('authorizationEndpoint', organization)}?${defined({ ...defaults, ...changes })}`
}

const authorize = async (changes: Changes = {}, decision: ConsentDecision = {}, organization = 'northwind'): Promise<URL> =>
  new URL((await giveConsent(authorizationUrl(changes, organization), decision)).headers.get('location') ?? 'missing:location')

const code = async (changes: Changes = {}, organization = 'northwind'): Promise<string> => (await authorize(changes, {}, organization)).searchParams.get('code') ?? ''

function token(parameters: Changes, organization = 'northwind', secret?: string): Promise<Answer> {
  const { clientId, clientSecret } = sandboxClient('freshservice', organization)
  const body = defined({ redirect_uri: redirectUri, ...parameters })
  return ask(endpoint('tokenEndpoint', organization), { method: 'POST', body, ...basic(clientId, secret ?? clientSecret) })
}

const exchange = async (changes: Changes = {}): Promise<Answer> => token({ grant_type: 'authorization_code', code: await code(), ...changes })

const invalidGrant = { status: 400, body: { error: 'invalid_grant' } }

describe('the authorization page of an organization', () => {
  it('sends a consenting member back with a code and the state', async () => {
    expect((await authorize()).href).toMatch(/^http:\/\/localhost:3000\/callback\?code=fs_code_CANARY_[\w-]+&state=state-1$/)
  })

  it('shows its own members and the asked scopes', async () => {
    const markup = await (await fetch(authorizationUrl({}, 'bluebird'))).text()

    expect(markup).toContain('mia@bluebird.example')
    expect(markup).toContain('freshservice.tickets.view')
    expect(markup).not.toMatch(/ada@northwind|freshservice\.assets/)
  })

  it.each([
    ['no scope', { scope: undefined }, 'invalid_request'],
    ['no response_type', { response_type: undefined }, 'invalid_request'],
    ['another response_type', { response_type: 'token' }, 'unsupported_response_type'],
    ['an unknown scope', { scope: 'freshservice.tickets.view everything' }, 'invalid_scope'],
    ['scopes that commas separate', { scope: 'freshservice.tickets.view,freshservice.assets.view' }, 'invalid_scope'],
    ['a resource', { resource: 'https://northwind.freshservice.com' }, 'invalid_request'],
    ['a malformed challenge', { code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request'],
    ['an unknown challenge method', { code_challenge: pkce().challenge, code_challenge_method: 'S512' }, 'invalid_request'],
  ])('sends the error back with %s', async (_, changes, error) => {
    expect((await authorize(changes)).search).toBe(`?error=${error}&state=state-1`)
  })

  it('insists on state', async () => {
    expect((await authorize({ state: undefined })).search).toBe('?error=invalid_request')
  })

  it('sends a member who refuses back with access_denied', async () => {
    expect((await authorize({}, { decision: 'refuse' })).search).toBe('?error=access_denied&state=state-1')
  })

  it.each([
    ['an unknown client', () => authorizationUrl({ client_id: 'another' }), 400],
    ["another organization's client", () => authorizationUrl({ client_id: sandboxClient('freshservice', 'bluebird').clientId }), 400],
    ['a redirect URI of another machine', () => authorizationUrl({ redirect_uri: 'https://evil.example/' }), 400],
    ['an unknown organization', () => authorizationUrl().replace('/northwind/', '/nobody/'), 404],
    ['an organization called toString', () => authorizationUrl().replace('/northwind/', '/toString/'), 404],
  ])('ends on its own page with %s', async (_, url, status) => {
    expect((await fetch(url(), { redirect: 'manual' })).status).toBe(status)
  })

  it('takes only pinned redirect URIs', async () => {
    sandbox.freshservice.set({ redirectUris: ['http://localhost:3000/other'] })

    expect((await fetch(authorizationUrl(), { redirect: 'manual' })).status).toBe(400)
    expect((await authorize({ redirect_uri: 'http://localhost:3000/other' })).searchParams.has('code')).toBe(true)
  })

  it('takes no consent of another organization, nor a second one', async () => {
    const consent = async (): Promise<string> => /name="consent" value="([^"]+)"/.exec(await (await fetch(authorizationUrl())).text())?.[1] ?? ''
    const decide = async (page: string, account: string): Promise<number> => {
      const body = new URLSearchParams({ consent: page, account, decision: 'allow' })
      return (await fetch(`${sandbox.url}/freshservice/consent`, { method: 'POST', redirect: 'manual', body })).status
    }
    const page = await consent()

    expect([await decide(page, 'freshservice-ada'), await decide(page, 'freshservice-ada'), await decide(await consent(), 'freshservice-mia')]).toEqual([302, 400, 400])
  })

  it('shows no consent page to somebody who approved before', async () => {
    sandbox.freshservice.set({ signedInAs: 'freshservice-ada' })

    expect((await fetch(authorizationUrl(), { redirect: 'manual' })).headers.get('location')).toContain('code=fs_code')
  })
})

describe('the token endpoint of an organization', () => {
  it('gives access for 30 minutes', async () => {
    const { status, body } = await exchange()

    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^fs_at_CANARY_/),
        refresh_token: expect.stringMatching(/^fs_rt_CANARY_/),
        token_type: 'Bearer',
        expires_in: 1800,
        scope: 'freshservice.tickets.view',
      },
    ])
  })

  it('takes client credentials by Basic only', async () => {
    const { clientId, clientSecret } = sandboxClient('freshservice')
    const body = defined({ grant_type: 'authorization_code', code: await code(), redirect_uri: redirectUri, client_id: clientId, client_secret: clientSecret })

    expect(await ask(endpoint('tokenEndpoint', 'northwind'), { method: 'POST', body })).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })

  it('refuses a wrong secret', async () => {
    expect(await token({ grant_type: 'authorization_code', code: await code() }, 'northwind', 'wrong')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })

  it("refuses another organization's app", async () => {
    const { clientId, clientSecret } = sandboxClient('freshservice', 'bluebird')

    expect((await ask(endpoint('tokenEndpoint', 'northwind'), { method: 'POST', ...basic(clientId, clientSecret) })).status).toBe(401)
  })

  it('is nowhere for an unknown organization', async () => {
    expect((await ask(endpoint('tokenEndpoint', 'nobody'), { method: 'POST' })).status).toBe(404)
  })

  it.each([
    ['unknown', { code: 'unknown' }],
    ['sent with another redirect URI', { redirect_uri: 'http://localhost:3000/other' }],
  ])('refuses a code that is %s', async (_, changes) => {
    expect(await exchange(changes)).toMatchObject(invalidGrant)
  })

  it("refuses another organization's code", async () => {
    expect(await exchange({ code: await code({}, 'bluebird') })).toMatchObject(invalidGrant)
  })

  it('redeems a code once', async () => {
    const used = await code()
    await exchange({ code: used })

    expect(await exchange({ code: used })).toMatchObject(invalidGrant)
  })

  it('checks the verifier where a challenge was sent', async () => {
    const { verifier, challenge } = pkce()
    const bound = { code_challenge: challenge, code_challenge_method: 'S256' }

    expect(await exchange({ code: await code(bound) })).toMatchObject(invalidGrant)
    expect((await exchange({ code: await code(bound), code_verifier: verifier })).status).toBe(200)
    expect((await exchange({ code: await code({ code_challenge: verifier }), code_verifier: verifier })).status).toBe(200)
  })

  it('refreshes with the same refresh token unless rotation is set', async () => {
    const { refreshToken } = tokens(await exchange())
    const refresh = (): Promise<Answer> => token({ grant_type: 'refresh_token', refresh_token: refreshToken })

    expect(tokens(await refresh()).refreshToken).toBe(refreshToken)
    sandbox.freshservice.set({ rotation: 'single_use' })
    expect(tokens(await refresh()).refreshToken).not.toBe(refreshToken)
    expect(await refresh()).toMatchObject(invalidGrant)
  })

  it('ends a refresh token after 365 days', async () => {
    const { refreshToken } = tokens(await exchange())
    now += 365 * 86_400_000

    expect(await token({ grant_type: 'refresh_token', refresh_token: refreshToken })).toMatchObject(invalidGrant)
  })

  it("refuses another organization's refresh token", async () => {
    const { refreshToken } = tokens(await exchange())

    expect(await token({ grant_type: 'refresh_token', refresh_token: refreshToken }, 'bluebird')).toMatchObject(invalidGrant)
  })

  it('knows no other grant', async () => {
    expect(await token({ grant_type: 'password' })).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } })
  })
})

describe('sandboxClient', () => {
  it('has an app for each organization', () => {
    expect([sandboxClient('freshservice').clientId, sandboxClient('freshservice', 'bluebird').clientId]).toEqual(['fw_ext_sandbox_northwind', 'fw_ext_sandbox_bluebird'])
  })

  it.each(['nobody', 'toString'])('has none for %s', (organization) => {
    expect(() => sandboxClient('freshservice', organization)).toThrow(new RangeError(`The stand-in freshservice has no app of an organization "${organization}".`))
  })
})
