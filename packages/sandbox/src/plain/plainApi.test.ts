import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App, ask, bearer } from '../../test/App.ts'
import { startSandbox, type Sandbox } from '../index.ts'

let sandbox: Sandbox
let app: App
beforeAll(async () => {
  sandbox = await startSandbox()
  app = new App(sandbox, 'plain')
})
beforeEach(() => sandbox.reset())
afterAll(() => sandbox.close())

const get = (path: string, init?: RequestInit) => ask(`${app.endpoints.apiBaseUrl}${path}`, init)

describe('GET /plain/api', () => {
  it('tells who the token speaks for', async () => {
    const { accessToken } = await app.connect({}, { accountId: 'user-noah' })

    expect(await get('/me', bearer(accessToken))).toMatchObject({ status: 200, body: { id: 'user-noah', email: 'noah@plain.example', name: 'Noah Fischer' } })
  })

  it('lists the things of that person', async () => {
    const { accessToken } = await app.connect()

    expect((await get('/things', bearer(accessToken))).body.things).toContainEqual({ id: 'thing-1', name: "Ines's lamp" })
  })

  it('challenges a call without a token', async () => {
    const { status, headers } = await get('/me')

    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="plain"'])
  })

  it('refuses an expired token', async () => {
    const { accessToken } = await app.connect()
    sandbox.plain.expireAccessTokens()

    const { status, headers, body } = await get('/me', bearer(accessToken))

    expect([status, body, headers.get('www-authenticate')]).toEqual([401, { error: 'invalid_token' }, 'Bearer realm="plain", error="invalid_token"'])
  })

  it('refuses a token without the scope', async () => {
    const { accessToken } = await app.connect({ scope: 'profile' })

    expect(await get('/things', bearer(accessToken))).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
  })

  it('refuses a suspended person', async () => {
    const { accessToken } = await app.connect()
    sandbox.plain.set({ suspended: ['user-ines'] })

    expect(await get('/me', bearer(accessToken))).toMatchObject({ status: 403, body: { error: 'account_suspended' } })
  })

  it('refuses a call too many with the time to come back', async () => {
    const { accessToken } = await app.connect()
    sandbox.plain.set({ rateLimited: true })

    const { status, headers, body } = await get('/me', bearer(accessToken))

    expect([status, body, headers.get('retry-after')]).toEqual([429, { error: 'too_many_requests' }, '30'])
  })
})
