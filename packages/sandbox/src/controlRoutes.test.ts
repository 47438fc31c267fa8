import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App, ask, type Answer } from '../test/App.ts'
import { startSandbox, type Sandbox } from './index.ts'

let sandbox: Sandbox
let app: App
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => 1_800_000_000_000 })
  app = new App(sandbox, 'livechat')
})
beforeEach(() => sandbox.reset())
afterAll(() => sandbox.close())

const tell = (path: string, body: unknown = {}, headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<Answer> =>
  ask(`${sandbox.url}/control/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })

describe('the HTTP control API', () => {
  it('names the stand-ins', async () => {
    expect(await ask(`${sandbox.url}/control`)).toMatchObject({ status: 200, body: { standIns: ['livechat', 'help-scout', 'freshdesk', 'freshservice', 'crisp', 'plain'] } })
  })

  it('changes settings and tells the new ones', async () => {
    const { status, body } = await tell('livechat/settings', {
      expiresInSeconds: 30,
      rotation: { graceSeconds: 10 },
      coop: 'same-origin',
      grantedScopes: ['chats--all:ro'],
      redirectUris: ['http://localhost:3000/callback'],
      suspended: ['someone'],
      licenseExpired: true,
      homeRegion: 'fra',
      rateLimited: true,
    })

    expect(status).toBe(200)
    expect(body.settings).toMatchObject({ expiresInSeconds: 30, rotation: { graceSeconds: 10 }, coop: 'same-origin', licenseExpired: true, homeRegion: 'fra' })
  })

  it('changes the settings of the plain stand-in', async () => {
    const { body } = await tell('plain/settings', { issuer: 'wrong', responseMode: 'form_post', rotation: 'none' })

    expect(body.settings).toMatchObject({ issuer: 'wrong', responseMode: 'form_post', rotation: 'none' })
  })

  it.each([
    [{ expiresIn: 30 }, /^"expiresIn" is not known\. Known are suspended, /],
    [{ expiresInSeconds: '30' }, /^"expiresInSeconds" must be a number that is not negative\.$/],
    [{ rotation: 'sometimes' }, /^"rotation" must be one of none, single_use, strict\.$/],
    [{ rotation: {} }, /^"rotation\.graceSeconds" must be a number/],
    [{ coop: 'unsafe-none' }, /^"coop" must be one of same-origin, same-origin-allow-popups\.$/],
    [{ suspended: [1] }, /^"suspended\[0\]" must be a string\.$/],
    [{ licenseExpired: 'yes' }, /^"licenseExpired" must be true or false\.$/],
    [{ grantedScopes: 'chats--all:ro' }, /^"grantedScopes" must be a list\.$/],
  ])('refuses the settings %j with one sentence', async (settings, sentence) => {
    expect(await tell('livechat/settings', settings)).toMatchObject({ status: 400, body: { error: expect.stringMatching(sentence) } })
  })

  it('expires the access tokens of one account', async () => {
    const [ada, sam] = sandbox.livechat.people
    const tokens = [await app.connect({ scope: 'chats--my:ro' }), await app.connect({ scope: 'chats--my:ro' }, { accountId: sam?.accountId ?? '' })] as const
    await tell('livechat/expire-access-tokens', { accountId: ada?.accountId })

    const statuses = await Promise.all(
      tokens.map(({ accessToken }) => ask(`${app.endpoints.accountsBaseUrl}/info`, { headers: { authorization: `Bearer ${accessToken}` } })),
    )

    expect(statuses.map(({ status }) => status)).toEqual([401, 200])
  })

  it('expires refresh tokens', async () => {
    const { refreshToken } = await app.connect()
    await tell('livechat/expire-refresh-tokens')

    expect((await app.refresh(refreshToken)).body.error).toBe('invalid_grant')
  })

  it('takes the access away', async () => {
    const { refreshToken } = await app.connect()
    const { body } = await tell('livechat/revoke-grants')

    expect(body.rotationLedger).toMatchObject([{ event: 'granted' }, { event: 'revoked' }])
    expect((await app.refresh(refreshToken)).body.error).toBe('unauthorized_client')
  })

  it('makes an endpoint fail as often as told', async () => {
    await tell('livechat/fault', { endpoint: 'token', times: 2, fault: { kind: 'answer', status: 500, body: 'down' } })

    const statuses = []
    for (let time = 0; time < 3; time += 1) {
      const response = await fetch(String(app.endpoints.tokenEndpoint), { method: 'POST' })
      statuses.push(response.status)
      await response.body?.cancel()
    }

    expect(statuses).toEqual([500, 500, 401])
  })

  it.each([
    [{ kind: 'redirect', status: 307, location: 'http://127.0.0.1:9/' }],
    [{ kind: 'amend', members: { expires_in: '3600' }, without: ['scope'] }],
    [{ kind: 'oversized', bytes: 1000 }],
    [{ kind: 'gzip_bomb' }],
    [{ kind: 'trickle', intervalMs: 5 }],
    [{ kind: 'drop', processFirst: true }],
  ])('takes the fault %j', async (fault) => {
    expect((await tell('livechat/fault', { endpoint: 'api', times: 'always', fault })).status).toBe(200)
  })

  it.each([
    [{ endpoint: 'tokens', fault: { kind: 'drop' } }, '"endpoint" must be one of authorization, token, revocation, accounts, api, pages.'],
    [{ endpoint: 'token', fault: { kind: 'explode' } }, '"kind" must be one of answer, redirect, amend, oversized, gzip_bomb, trickle, drop.'],
    [{ endpoint: 'token', fault: { kind: 'answer', status: 99 } }, '"status" must be between 200 and 599.'],
    [{ endpoint: 'token', fault: { kind: 'redirect', status: 300, location: 'x' } }, '"status" must be one of 301, 302, 303, 307, 308.'],
    [{ endpoint: 'token' }, '"fault" must be an object.'],
  ])('refuses %j with one sentence', async (body, error) => {
    expect(await tell('livechat/fault', body)).toMatchObject({ status: 400, body: { error } })
  })

  it('holds and releases an endpoint', async () => {
    await tell('livechat/hold', { endpoint: 'token', moment: 'after' })
    const held = app.refresh('unknown')
    await sandbox.livechat.hold('token', 'after').arrived(1)

    expect((await ask(`${sandbox.url}/control/livechat`)).body).toMatchObject({ holds: [{ endpoint: 'token', moment: 'after', waiting: 1 }], requests: { token: 1 } })
    await tell('livechat/release', { endpoint: 'token' })

    expect((await held).status).toBe(401)
  })

  it('lists the requests without their queries', async () => {
    await app.code({ scope: 'chats--all:ro' })

    const { body } = await ask(`${sandbox.url}/control/requests`)

    expect(body.requests).toEqual([
      { at: 1_800_000_000_000, method: 'GET', path: '/livechat/', standIn: 'livechat', endpoint: 'authorization', status: 200 },
      { at: 1_800_000_000_000, method: 'POST', path: '/livechat/consent', standIn: 'livechat', endpoint: 'pages', status: 302 },
    ])
    expect(sandbox.requests).toEqual(body.requests)
  })

  it('resets one stand-in and leaves the other', async () => {
    sandbox.livechat.set({ expiresInSeconds: 1 })
    sandbox.plain.set({ expiresInSeconds: 1 })
    await app.code()
    await new App(sandbox, 'plain').code()
    await tell('livechat/reset')

    expect([sandbox.livechat.authorizationRequests(), sandbox.plain.authorizationRequests()]).toEqual([0, 1])
    expect((await ask(`${sandbox.url}/control/livechat`)).body.settings).toMatchObject({ expiresInSeconds: 28_800 })
    expect((await ask(`${sandbox.url}/control/plain`)).body.settings).toMatchObject({ expiresInSeconds: 1 })
  })

  it('resets everything', async () => {
    const { refreshToken } = await app.connect()
    sandbox.plain.set({ expiresInSeconds: 1 })
    await tell('reset')

    expect(sandbox.livechat.tokenRequests()).toBe(0)
    expect((await ask(`${sandbox.url}/control/plain`)).body.settings).toMatchObject({ expiresInSeconds: 3600 })
    expect((await app.refresh(refreshToken)).status).toBe(401)
  })

  it('tells no token, code or secret', async () => {
    const { refreshToken } = await app.connect()
    await app.refresh(refreshToken)

    for (const path of ['', '/requests', '/livechat', '/help-scout', '/freshdesk', '/freshservice', '/crisp', '/plain']) {
      expect(JSON.stringify((await ask(`${sandbox.url}/control${path}`)).body)).not.toContain('CANARY')
    }
  })

  it('refuses what a form of another site could post', async () => {
    sandbox.livechat.set({ expiresInSeconds: 30 })

    expect(await tell('livechat/reset', {}, { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      body: { error: 'Send a JSON object as application/json.' },
    })
    expect((await ask(`${sandbox.url}/control/livechat`)).body.settings).toMatchObject({ expiresInSeconds: 30 })
  })

  it.each(['livechat/explode', 'nobody', 'nobody/reset', 'livechat/reset/now'])('knows no /control/%s', async (path) => {
    expect(await tell(path)).toMatchObject({ status: 404 })
  })
})

describe('issuedSecrets', () => {
  it('holds everything that was ever handed out, also after a reset', async () => {
    const own = await startSandbox({ canary: 'MARK' })
    const connected = await new App(own, 'livechat').connect()
    own.reset()

    expect(own.livechat.issuedSecrets()).toEqual({
      codes: [expect.stringMatching(/^dal:lc_code_MARK_/)],
      accessTokens: [connected.accessToken],
      refreshTokens: [connected.refreshToken],
    })
    await own.close()
  })
})
