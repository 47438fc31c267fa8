import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App, ask, tokens } from '../../test/App.ts'
import { startSandbox, type Sandbox } from '../index.ts'

let sandbox: Sandbox
let app: App
let now = 0
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => now })
  app = new App(sandbox, 'help-scout')
})
beforeEach(() => {
  now = Date.parse('2026-11-22T10:00:00Z')
  sandbox.reset()
})
afterAll(() => sandbox.close())

const refused = (status: number, error: string, description: string) => ({ status, body: { error, error_description: description } })

describe('POST /v2/oauth2/token', () => {
  it('answers a code with the four documented members', async () => {
    const { status, body } = await app.exchange(await app.code())

    expect([status, body]).toEqual([
      200,
      { access_token: expect.stringMatching(/^hs_at_CANARY_/), refresh_token: expect.stringMatching(/^hs_rt_CANARY_/), token_type: 'bearer', expires_in: 172_800 },
    ])
  })

  it('does not read redirect_uri', async () => {
    expect((await app.exchange(await app.code(), { redirect_uri: undefined })).status).toBe(200)
  })

  it.each(['json', 'query'])('takes its parameters as %s too', async (encoding) => {
    const parameters = { grant_type: 'authorization_code', code: await app.code(), client_id: app.client.clientId, client_secret: app.client.clientSecret }
    const init = { method: 'POST', headers: { 'content-type': 'application/json;charset=UTF-8' }, body: encoding === 'json' ? JSON.stringify(parameters) : '{}' }

    const { status } = await ask(`${app.endpoints.tokenEndpoint}${encoding === 'query' ? `?${new URLSearchParams(parameters)}` : ''}`, init)

    expect(status).toBe(200)
  })

  it('redeems a code once', async () => {
    const code = await app.code()
    await app.exchange(code)

    expect(await app.exchange(code)).toMatchObject(refused(400, 'invalid_request', 'Invalid code'))
  })

  it('rotates at every refresh', async () => {
    const first = await app.connect()
    const second = tokens(await app.refresh(first.refreshToken))
    const third = tokens(await app.refresh(second.refreshToken))

    expect(new Set([first.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3)
  })

  it('refuses a refresh token that was used, and leaves its successor good', async () => {
    const { refreshToken } = await app.connect()
    const next = tokens(await app.refresh(refreshToken))

    expect(await app.refresh(refreshToken)).toMatchObject(refused(400, 'invalid_request', 'Invalid refresh_token'))
    expect((await app.refresh(next.refreshToken)).status).toBe(200)
  })

  it.each([
    ['was taken away', () => sandbox['help-scout'].revokeGrants()],
    ['has expired', () => sandbox['help-scout'].expireRefreshTokens()],
  ])('says invalid_request of a refresh token that %s', async (_, end) => {
    const { refreshToken } = await app.connect()
    end()

    expect(await app.refresh(refreshToken)).toMatchObject(refused(400, 'invalid_request', 'Invalid refresh_token'))
  })

  it.each([
    ['client_id', { client_id: 'another' }],
    ['client_secret', { client_secret: 'wrong' }],
    ['client_secret at all', { client_secret: undefined }],
  ])('refuses a client without the right %s', async (_, changes) => {
    expect(await app.exchange(await app.code(), changes)).toMatchObject(refused(401, 'invalid_client', 'Client authentication failed'))
  })

  it('knows no other grant', async () => {
    expect(await app.token({ grant_type: 'password' })).toMatchObject(refused(400, 'unsupported_grant_type', 'Unsupported grant_type'))
  })
})
