import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App, ask, pkce, tokens } from '../../test/App.ts'
import { startSandbox, type Sandbox } from '../index.ts'

let sandbox: Sandbox
let app: App
let now = 0
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => now })
  app = new App(sandbox, 'plain')
})
beforeEach(() => {
  now = Date.parse('2026-11-22T10:00:00Z')
  sandbox.reset()
})
afterAll(() => sandbox.close())

const invalidRefreshToken = { status: 400, body: { error: 'invalid_grant', error_description: 'The refresh token is not valid.' } }
const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`

describe('POST /plain/token for a code', () => {
  it('answers as RFC 6749 §5.1 says', async () => {
    const { status, headers, body } = await app.exchange(await app.code({ scope: 'profile things:read' }))

    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      access_token: expect.stringMatching(/^plain_at_CANARY_/),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^plain_rt_CANARY_/),
      scope: 'profile things:read',
    })
  })

  it('takes the client by Basic, decoded as forms are', async () => {
    sandbox.plain.set({ clientSecret: 'a:b%+ä' })
    const code = await app.code()

    const { status } = await ask(app.endpoints.tokenEndpoint, {
      method: 'POST',
      headers: { authorization: basic(app.client.clientId, 'a:b%+ä') },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: app.redirectUri }),
    })

    expect(status).toBe(200)
  })

  it('refuses a wrong secret by Basic with a challenge', async () => {
    const { status, headers, body } = await ask(app.endpoints.tokenEndpoint, {
      method: 'POST',
      headers: { authorization: basic(app.client.clientId, 'wrong') },
      body: new URLSearchParams({ grant_type: 'authorization_code' }),
    })

    expect({ status, body, challenge: headers.get('www-authenticate') }).toEqual({
      status: 401,
      body: { error: 'invalid_client' },
      challenge: 'Basic realm="plain"',
    })
  })

  it('refuses a client that authenticates twice', async () => {
    const { clientId, clientSecret } = app.client

    const answer = await ask(app.endpoints.tokenEndpoint, {
      method: 'POST',
      headers: { authorization: basic(clientId, clientSecret) },
      body: new URLSearchParams({ grant_type: 'authorization_code', client_secret: clientSecret }),
    })

    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', error_description: 'The client authenticates in two ways.' } })
  })

  it('checks the verifier where a challenge was sent', async () => {
    const { verifier, challenge } = pkce()
    const asked = { code_challenge: challenge, code_challenge_method: 'S256' }
    const refused = { status: 400, body: { error: 'invalid_grant', error_description: 'The code verifier does not match.' } }

    expect(await app.exchange(await app.code(asked))).toMatchObject(refused)
    expect(await app.exchange(await app.code(asked), { code_verifier: pkce().verifier })).toMatchObject(refused)
    expect((await app.exchange(await app.code(asked), { code_verifier: verifier })).status).toBe(200)
  })

  it('refuses a verifier where no challenge was sent', async () => {
    expect(await app.exchange(await app.code(), { code_verifier: pkce().verifier })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'The code verifier does not match.' },
    })
  })

  it('refuses another redirect URI', async () => {
    expect(await app.exchange(await app.code(), { redirect_uri: 'http://localhost:3000/other' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'The redirect URI differs.' },
    })
  })

  it('ends the tokens of a code that comes twice', async () => {
    const code = await app.code()
    const { refreshToken } = tokens(await app.exchange(code))

    expect(await app.exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_description: 'The code is unknown, expired or used.' } })
    expect(await app.refresh(refreshToken)).toMatchObject(invalidRefreshToken)
  })

  it.each([
    ['no grant type', {}, 'invalid_request', 'The parameter grant_type is missing.'],
    ['no code', { grant_type: 'authorization_code' }, 'invalid_request', 'The parameter code is missing.'],
    ['no refresh token', { grant_type: 'refresh_token' }, 'invalid_request', 'The parameter refresh_token is missing.'],
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type', undefined],
  ])('refuses %s', async (_, parameters: Record<string, string>, error, description) => {
    const { status, body } = await app.token(parameters)

    expect({ status, ...body }).toEqual({ status: 400, error, ...(description !== undefined && { error_description: description }) })
  })
})

describe('POST /plain/token for a refresh token', () => {
  it('replaces it, and ends the grant when the old one comes back', async () => {
    const first = await app.connect()
    const second = tokens(await app.refresh(first.refreshToken))

    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect(await app.refresh(first.refreshToken)).toMatchObject(invalidRefreshToken)
    expect(await app.refresh(second.refreshToken)).toMatchObject(invalidRefreshToken)
  })

  it('takes the old one again within the grace, and ends the grant after it', async () => {
    sandbox.plain.set({ rotation: { graceSeconds: 30 } })
    const first = await app.connect()
    const second = tokens(await app.refresh(first.refreshToken))

    now += 29_999
    const retried = tokens(await app.refresh(first.refreshToken))
    expect(retried.refreshToken).not.toBe(second.refreshToken)
    now += 1
    expect(await app.refresh(first.refreshToken)).toMatchObject(invalidRefreshToken)
    expect(await app.refresh(retried.refreshToken)).toMatchObject(invalidRefreshToken)
  })

  it('ends the access token before it where told', async () => {
    const first = await app.connect()
    const second = tokens(await app.refresh(first.refreshToken))
    sandbox.plain.set({ endsOldAccessTokens: true })
    const third = tokens(await app.refresh(second.refreshToken))

    const statusOf = async ({ accessToken }: { accessToken: string }) => (await ask(`${app.endpoints.apiBaseUrl}/me`, { headers: { authorization: `Bearer ${accessToken}` } })).status
    expect([await statusOf(second), await statusOf(third)]).toEqual([401, 200])
  })

  it('keeps it where there is no rotation', async () => {
    sandbox.plain.set({ rotation: 'none' })
    const { refreshToken } = await app.connect()

    expect(tokens(await app.refresh(refreshToken)).refreshToken).toBe(refreshToken)
  })

  it('writes into the rotation ledger what happened, and no token', async () => {
    const first = await app.connect()
    await app.refresh(first.refreshToken)
    await app.refresh(first.refreshToken)

    expect(sandbox.plain.rotationLedger().map(({ event, generation }) => [event, generation])).toEqual([
      ['granted', 0],
      ['refreshed', 1],
      ['reuse_refused', 1],
      ['revoked', 1],
    ])
    expect(JSON.stringify(sandbox.plain.rotationLedger())).not.toContain('CANARY')
  })
})

describe('POST /plain/revoke', () => {
  const revoke = (parameters: Record<string, string>) => {
    const { clientId, clientSecret } = app.client
    return ask(app.endpoints.revocationEndpoint, { method: 'POST', body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...parameters }) })
  }

  it.each(['accessToken', 'refreshToken'] as const)('ends the grant of the %s', async (kind) => {
    const connected = await app.connect()

    expect((await revoke({ token: connected[kind] })).status).toBe(200)
    expect(await app.refresh(connected.refreshToken)).toMatchObject(invalidRefreshToken)
  })

  it('ends every grant of the account where it is set so, and those of nobody else', async () => {
    sandbox.plain.set({ revocationEnds: 'account' })
    const [one, another, theirs] = [await app.connect(), await app.connect(), await app.connect({}, { accountId: 'user-noah' })]

    expect((await revoke({ token: one.accessToken })).status).toBe(200)
    expect(await app.refresh(another.refreshToken)).toMatchObject(invalidRefreshToken)
    expect(await app.refresh(theirs.refreshToken)).toMatchObject({ status: 200 })
  })

  it('answers 200 to a token it does not know', async () => {
    expect((await revoke({ token: 'unknown' })).status).toBe(200)
  })

  it('asks for the client', async () => {
    const { accessToken } = await app.connect()

    expect(await revoke({ token: accessToken, client_secret: 'wrong' })).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })

  it('asks for a token', async () => {
    expect(await revoke({})).toMatchObject({ status: 400, body: { error: 'invalid_request', error_description: 'The parameter token is missing.' } })
  })
})
