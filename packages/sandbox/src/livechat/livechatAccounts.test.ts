import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App, ask, bearer, pkce, tokens } from '../../test/App.ts'
import { startSandbox, type Sandbox } from '../index.ts'

const ada = { accountId: '1f0c5a7e-93d2-4b68-a1e4-7c86d25f0b39', organizationId: '8a4f6c2e-1b7d-4e53-9c08-5d2f7a90b3e1' }
const unauthorizedClient = { error: 'unauthorized_client', error_description: 'The client is not authorized to request a token using this method.' }

let sandbox: Sandbox
let app: App
let now = 0
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => now })
  app = new App(sandbox, 'livechat')
})
beforeEach(() => {
  now = Date.parse('2026-11-22T10:00:00Z')
  sandbox.reset()
})
afterAll(() => sandbox.close())

const accounts = (path: string, token: string) => ask(`${app.endpoints.accountsBaseUrl}${path}`, bearer(token))
const lists = (token: string) =>
  ask(`${app.endpoints.apiBaseUrl}/configuration/action/list_channels`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  })

describe('POST /livechat/v2/token for a code', () => {
  it('answers with exactly the documented fields', async () => {
    const { status, headers, body } = await app.exchange(await app.code({ scope: 'chats--all:ro,agents--my:ro' }))

    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      access_token: expect.stringMatching(/^dal:lc_at_CANARY_/),
      account_id: ada.accountId,
      expires_in: 28_800,
      organization_id: ada.organizationId,
      refresh_token: expect.stringMatching(/^lc_rt_CANARY_/),
      scope: 'chats--all:ro,agents--my:ro',
      token_type: 'Bearer',
    })
  })

  it('takes JSON as well as a form', async () => {
    const { clientId, clientSecret } = app.client
    const code = await app.code()

    const { status } = await ask(app.endpoints.tokenEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'code', code, client_id: clientId, client_secret: clientSecret, redirect_uri: app.redirectUri }),
    })

    expect(status).toBe(200)
  })

  it('takes a code once', async () => {
    const code = await app.code()
    await app.exchange(code)

    expect(await app.exchange(code)).toMatchObject({ status: 401, body: unauthorizedClient })
  })

  it('takes a code for five minutes', async () => {
    const codes = [await app.code(), await app.code()] as const

    now += 299_999
    expect((await app.exchange(codes[0])).status).toBe(200)
    now += 1
    expect(await app.exchange(codes[1])).toMatchObject({ status: 401, body: unauthorizedClient })
  })

  it.each([
    ['no client_id', { client_id: undefined }],
    ['an unknown client_id', { client_id: 'another' }],
    ['no client_secret', { client_secret: undefined }],
    ['a wrong client_secret', { client_secret: 'wrong' }],
    ['another redirect_uri', { redirect_uri: 'http://localhost:3000/callback/' }],
    ['an unknown code', { code: 'dal:unknown' }],
  ])('answers unauthorized_client to %s', async (_, changes) => {
    expect(await app.exchange(await app.code(), changes)).toMatchObject({ status: 401, body: { ...unauthorizedClient, sub_error: null, request_id: expect.any(String) } })
  })

  it.each(['grant_type', 'code', 'redirect_uri'])('answers 422 when %s is missing', async (parameter) => {
    expect(await app.exchange(await app.code(), { [parameter]: undefined })).toMatchObject({
      status: 422,
      body: { error: 'invalid_request', error_description: `The parameter ${parameter} is missing.`, invalid_fields: { [parameter]: 'missing' } },
    })
  })

  it('reads a parameter that comes twice as missing', async () => {
    const code = await app.code()
    const { clientId, clientSecret } = app.client
    const body = new URLSearchParams({ grant_type: 'authorization_code', code, client_id: clientId, client_secret: clientSecret, redirect_uri: app.redirectUri })
    body.append('code', code)

    expect(await ask(app.endpoints.tokenEndpoint, { method: 'POST', body })).toMatchObject({
      status: 422,
      body: { error: 'invalid_request', error_description: 'The parameter code is missing.' },
    })
  })

  it('refuses another grant type', async () => {
    expect(await app.token({ grant_type: 'password' })).toMatchObject({
      status: 403,
      body: { error: 'unsupported_grant_type', error_description: 'The grant type is not supported.' },
    })
  })

  it.each(['S256', 's256'])('checks the verifier of a challenge whose method is spelt %s', async (method) => {
    const { verifier, challenge } = pkce()
    const asked = { code_challenge: challenge, code_challenge_method: method }

    expect(await app.exchange(await app.code(asked), { code_verifier: pkce().verifier })).toMatchObject({
      status: 401,
      body: { error: 'invalid_grant', error_description: 'The code verifier does not match.' },
    })
    expect((await app.exchange(await app.code(asked), { code_verifier: verifier })).status).toBe(200)
  })

  it('reads a challenge without a method as plain', async () => {
    const { verifier } = pkce()

    expect((await app.exchange(await app.code({ code_challenge: verifier }), { code_verifier: verifier })).status).toBe(200)
  })

  it('asks for the verifier when a challenge was sent', async () => {
    const code = await app.code({ code_challenge: pkce().challenge, code_challenge_method: 'S256' })

    expect(await app.exchange(code)).toMatchObject({
      status: 422,
      body: { error: 'invalid_request', error_description: 'The parameter code_verifier is missing.' },
    })
  })

  it('asks for the secret even with a verifier', async () => {
    const { verifier, challenge } = pkce()
    const code = await app.code({ code_challenge: challenge, code_challenge_method: 'S256' })

    expect(await app.exchange(code, { code_verifier: verifier, client_secret: undefined })).toMatchObject({ status: 401, body: unauthorizedClient })
  })

  it('matches the verifier and challenge of RFC 7636 Appendix B', async () => {
    const code = await app.code({ code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' })

    expect((await app.exchange(code, { code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' })).status).toBe(200)
  })
})

describe('POST /livechat/v2/token for a refresh token', () => {
  it('gives a new access token and the same refresh token', async () => {
    const first = await app.connect()

    const second = tokens(await app.refresh(first.refreshToken))

    expect(second.refreshToken).toBe(first.refreshToken)
    expect(second.accessToken).not.toBe(first.accessToken)
  })

  it('replaces refresh tokens where they are single use, and lets the new one live when the old one comes back', async () => {
    sandbox.livechat.set({ rotation: 'single_use' })
    const first = await app.connect()
    const second = tokens(await app.refresh(first.refreshToken))

    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect(await app.refresh(first.refreshToken)).toMatchObject({ status: 401, body: unauthorizedClient })
    expect((await app.refresh(second.refreshToken)).status).toBe(200)
  })

  it('answers invalid_grant to an expired refresh token', async () => {
    const { refreshToken } = await app.connect()
    sandbox.livechat.expireRefreshTokens()

    expect(await app.refresh(refreshToken)).toMatchObject({
      status: 401,
      body: { error: 'invalid_grant', error_description: 'The refresh token has expired.' },
    })
  })

  it('answers unauthorized_client to a refresh token it does not know', async () => {
    expect(await app.refresh('lc_rt_unknown')).toMatchObject({ status: 401, body: unauthorizedClient })
  })

  it('answers unauthorized_client to an access token in its place', async () => {
    expect(await app.refresh((await app.connect()).accessToken)).toMatchObject({ status: 401, body: unauthorizedClient })
  })

  it('answers unauthorized_client when the person took the access away', async () => {
    const { refreshToken } = await app.connect()
    sandbox.livechat.revokeGrants(ada.accountId)

    expect(await app.refresh(refreshToken)).toMatchObject({ status: 401, body: unauthorizedClient })
  })

  it('answers invalid_client to a refresh token of another client', async () => {
    const { refreshToken } = await app.connect()

    expect(await app.refresh(refreshToken, { client_id: 'another' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'The refresh token belongs to another client.' },
    })
  })

  it('answers unauthorized_client when the secret was replaced', async () => {
    const { refreshToken } = await app.connect()
    sandbox.livechat.set({ clientSecret: 'replaced' })

    expect(await app.refresh(refreshToken)).toMatchObject({ status: 401, body: unauthorizedClient })
  })

  it('answers 422 without a refresh token', async () => {
    expect(await app.token({ grant_type: 'refresh_token' })).toMatchObject({
      status: 422,
      body: { error: 'invalid_request', error_description: 'The parameter refresh_token is missing.' },
    })
  })

  it('gives the scopes that remain when some were taken away', async () => {
    const { refreshToken } = await app.connect({ scope: 'chats--all:ro,agents--my:ro' })
    sandbox.livechat.set({ grantedScopes: ['agents--my:ro'] })

    expect((await app.refresh(refreshToken)).body.scope).toBe('agents--my:ro')
  })
})

describe('token limits', () => {
  it('ends the oldest refresh token when a person connects the twenty-sixth time', async () => {
    sandbox.livechat.set({ signedInAs: ada.accountId })
    const connected = []
    for (let time = 0; time < 26; time += 1) connected.push(await app.connect())

    expect(await app.refresh(connected[0]?.refreshToken ?? '')).toMatchObject({ status: 401, body: unauthorizedClient })
    expect((await app.refresh(connected[1]?.refreshToken ?? '')).status).toBe(200)
    expect((await lists(connected[0]?.accessToken ?? '')).status).toBe(401)
  })

  it("counts each person's tokens apart", async () => {
    const first = await app.connect({ scope: 'chats--access:ro' }, { accountId: sandbox.livechat.people[1]?.accountId ?? '' })
    for (let time = 0; time < 26; time += 1) await app.connect()

    expect((await app.refresh(first.refreshToken)).status).toBe(200)
  })
})

describe('expires_in', () => {
  it('says how long the access token lives', async () => {
    sandbox.livechat.set({ expiresInSeconds: 30 })
    const { body } = await app.exchange(await app.code())

    expect(body.expires_in).toBe(30)
    now += 29_999
    expect((await lists(String(body.access_token))).status).toBe(200)
    now += 1
    expect((await lists(String(body.access_token))).status).toBe(401)
  })
})

describe('DELETE /livechat/v2/token', () => {
  const remove = (token: string) => ask(app.endpoints.revocationEndpoint, { method: 'DELETE', ...bearer(token) })

  it.each(['accessToken', 'refreshToken'] as const)('ends both tokens when it is given the %s', async (kind) => {
    const connected = await app.connect()

    expect(await remove(connected[kind])).toMatchObject({ status: 200, body: {} })
    expect((await lists(connected.accessToken)).status).toBe(401)
    expect(await app.refresh(connected.refreshToken)).toMatchObject({ status: 401, body: unauthorizedClient })
  })

  it('takes the token in the query too', async () => {
    const { accessToken } = await app.connect()

    const { status } = await ask(`${app.endpoints.revocationEndpoint}?code=${encodeURIComponent(accessToken)}`, { method: 'DELETE' })

    expect(status).toBe(200)
    expect((await lists(accessToken)).status).toBe(401)
  })

  it('answers 404 to a token that is gone', async () => {
    const { accessToken } = await app.connect()
    await remove(accessToken)

    expect(await remove(accessToken)).toMatchObject({ status: 404, body: { error: 'resource_not_found', error_description: 'The token was not found.' } })
  })

  it('answers 401 without a token', async () => {
    expect(await ask(app.endpoints.revocationEndpoint, { method: 'DELETE' })).toMatchObject({
      status: 401,
      body: { error: 'unauthorized', error_description: 'No token was sent.' },
    })
  })
})

describe('GET /livechat/v2/info', () => {
  it('tells what an access token is good for', async () => {
    const { accessToken } = await app.connect({ scope: 'chats--all:ro' })
    now += 75_000

    expect(await accounts('/info', accessToken)).toMatchObject({
      status: 200,
      body: {
        access_token: accessToken,
        account_id: ada.accountId,
        client_id: app.client.clientId,
        expires_in: 28_725,
        organization_id: ada.organizationId,
        scope: 'chats--all:ro',
        token_type: 'Bearer',
      },
    })
  })

  it('does not take refresh tokens', async () => {
    expect(await accounts('/info', (await app.connect()).refreshToken)).toMatchObject({
      status: 401,
      body: { error: 'unauthorized', error_description: 'The access token is not valid.' },
    })
  })
})

describe('GET /livechat/v2/accounts/me', () => {
  it('names the person', async () => {
    const { accessToken } = await app.connect({ scope: 'accounts--my:ro' })

    const { status, body } = await accounts('/accounts/me', accessToken)

    expect(status).toBe(200)
    expect(body).toMatchObject({ account_id: ada.accountId, name: 'Ada Larsen', email: 'ada@northwind.example', default_organization_id: ada.organizationId })
    expect(body).not.toHaveProperty('roles')
  })

  it('names the roles with the scope for them', async () => {
    const { accessToken } = await app.connect({ scope: 'accounts--my:rw,accounts.roles--all:ro' })

    expect((await accounts('/accounts/me', accessToken)).body.roles).toEqual([{ product: 'livechat', role: 'owner' }])
  })

  it('refuses a token without its scope', async () => {
    const { accessToken } = await app.connect({ scope: 'chats--all:ro' })

    expect(await accounts('/accounts/me', accessToken)).toMatchObject({
      status: 403,
      body: { error: 'access_denied', error_description: 'The token lacks the scope accounts--my:ro.', sub_error: 'insufficient_scope' },
    })
  })
})

describe('GET /livechat/v2/organizations/my', () => {
  it('names the organization without any scope for it', async () => {
    const { accessToken } = await app.connect({ scope: 'chats--all:ro' })

    expect(await accounts('/organizations/my', accessToken)).toMatchObject({
      status: 200,
      body: { organization_id: ada.organizationId, name: 'Northwind Coffee', products: [{ product: 'livechat' }] },
    })
  })
})
