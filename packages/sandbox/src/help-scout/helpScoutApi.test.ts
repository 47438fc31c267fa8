import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App, ask, bearer, type Answer } from '../../test/App.ts'
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

const get = (path: string, init?: RequestInit): Promise<Answer> => ask(`${app.endpoints.apiBaseUrl}${path}`, init)
const connect = async (accountId: string): Promise<RequestInit> => bearer((await app.connect({}, { accountId })).accessToken)

describe('GET /v2/users/me', () => {
  it('says who the token speaks for, in HAL', async () => {
    const { status, headers, body } = await get('/users/me', await connect('304'))

    expect([status, headers.get('content-type')]).toEqual([200, 'application/hal+json'])
    expect(body).toMatchObject({ id: 304, firstName: 'Mia', lastName: 'Chen', email: 'mia@bluebird.example', role: 'admin', companyId: 42_002 })
  })

  it('answers a person whose role shows nothing else', async () => {
    expect((await get('/users/me', await connect('303'))).status).toBe(200)
  })

  it('refuses a call without a token', async () => {
    expect((await get('/users/me')).status).toBe(401)
  })

  it.each([
    ['expired', () => sandbox['help-scout'].expireAccessTokens()],
    ['taken away', () => sandbox['help-scout'].revokeGrants()],
    ["a person's who is no longer active", () => sandbox['help-scout'].set({ suspended: ['301'] })],
  ])('refuses a token that is %s, each in the same way', async (_, end) => {
    const init = await connect('301')
    end()

    expect(await get('/users/me', init)).toMatchObject({ status: 401, body: {} })
  })

  it('takes a token for two days', async () => {
    const init = await connect('301')
    now += 172_799_000
    expect((await get('/users/me', init)).status).toBe(200)
    now += 1_000
    expect((await get('/users/me', init)).status).toBe(401)
  })
})

describe('GET /v2/conversations', () => {
  it("lists the company's conversations", async () => {
    expect(await get('/conversations', await connect('304'))).toMatchObject({
      status: 200,
      body: {
        _embedded: { conversations: [{ subject: 'Window seat on the way back', createdAt: '2026-11-22T09:00:00Z' }, { subject: 'Which vaccinations do we need?' }] },
        page: { size: 25, totalElements: 2, totalPages: 1, number: 1 },
      },
    })
  })

  it('has nothing on the page after the last', async () => {
    expect((await get('/conversations?page=2', await connect('304'))).body._embedded).toEqual({ conversations: [] })
  })

  it('is refused to a person whose role shows none', async () => {
    expect(await get('/conversations', await connect('303'))).toMatchObject({
      status: 403,
      body: { logRef: expect.any(String), message: 'You do not have permission to see these conversations', _embedded: { errors: [] } },
    })
  })

  it('names the parameter that is wrong', async () => {
    expect(await get('/conversations?page=0', await connect('301'))).toMatchObject({
      status: 400,
      body: { message: 'Validation error', _embedded: { errors: [{ path: 'page', message: 'must be greater than or equal to 1', source: 'QUERY' }] } },
    })
  })
})

describe('the limit', () => {
  const limits = ({ status, headers }: Answer) => [status, ...['limit-minute', 'remaining-minute', 'retry-after'].map((name) => headers.get(`x-ratelimit-${name}`))]

  it('is shown by every answer', async () => {
    expect(limits(await get('/users/me', await connect('301')))).toEqual([200, '400', '399', null])
  })

  it('is one for the whole company, and says when to come back', async () => {
    sandbox['help-scout'].set({ callsPerMinute: 1 })
    const [ada, sam, mia] = [await connect('301'), await connect('302'), await connect('304')]
    await get('/users/me', ada)
    now += 15_000

    expect(limits(await get('/users/me', sam))).toEqual([429, '1', '0', '45'])
    expect((await get('/users/me', mia)).status).toBe(200)
    now += 45_000
    expect((await get('/users/me', sam)).status).toBe(200)
  })

  it('is passed by every call where the setting says so', async () => {
    sandbox['help-scout'].set({ rateLimited: true })

    expect(await get('/users/me', await connect('301'))).toMatchObject({ status: 429, body: { message: 'API rate limit exceeded' } })
  })
})
