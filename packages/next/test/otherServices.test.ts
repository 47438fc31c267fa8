// The routes by which other services of the app read and store credentials. AZ-…, HT-… and LK-… name rows of the threat catalogue.
import type { AuthpipeEvent } from '@authpipe/core'
import type { CredentialBody, EventPage } from '@authpipe/core/server'
import { sandboxAccounts } from '@authpipe/sandbox'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { generateSecretKey } from '../src/secretKeys.ts'
import { findSecrets } from './findSecrets.ts'
import { serveHandler } from './serveHandler.ts'
import { watchRequests } from './watchRequests.ts'
import { baseUrl, openWorld, type World } from './world.ts'

const [newKey, oldKey] = [generateSecretKey(), generateSecretKey()]
const question = { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' }
const [admin] = sandboxAccounts('freshdesk').filter(({ kind }) => kind === 'admin')
const freshdeskKey = {
  provider: 'freshdesk',
  tenantId: 'org_acme',
  userId: 'user_1',
  credentialType: 'api_key',
  fields: admin?.fields ?? {},
  settings: admin?.settings ?? {},
} as const

let world: World
let events: AuthpipeEvent[]
let logged: string[]
beforeEach(async () => {
  events = []
  logged = []
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => logged.push(String(line)) > 0)
  world = await openWorld({ options: { secretKeys: `${newKey},${oldKey}`, onEvent: (event) => void events.push(event) } })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.close()
})

interface Asked {
  readonly headers?: Readonly<Record<string, string>>
  /** @defaultValue the current key */
  readonly key?: string | null
  readonly text?: string
}

function ask(method: string, path: string, body?: unknown, { headers = {}, key = newKey, text }: Asked = {}): Promise<Response> {
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body))
  return world.authpipe.handler(
    new Request(baseUrl + path, {
      method,
      headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(sent === undefined ? {} : { body: sent }),
    }),
  )
}

async function read(body: object, asked: Asked = {}): Promise<CredentialBody> {
  const response = await ask('POST', '/credentials', body, asked)
  const answer = (await response.json()) as CredentialBody & { readonly detail?: string }
  if (response.status !== 200) throw new Error(`${response.status} ${answer.detail}`)
  return answer
}

async function problemOf(answer: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await answer
  return { status: response.status, ...((await response.json()) as object) }
}

describe('POST /credentials', () => {
  it('answers with all of a token that getCredential would answer with', async () => {
    await world.browser().connect('plain')
    const { credential, connectionId, expiresAt, baseUrl: api } = await world.authpipe.getCredential(question)

    expect(await read(question)).toEqual({
      credential,
      credentialType: 'oauth_token',
      connectionId,
      source: 'connection',
      expiresAt,
      scopes: ['profile', 'things:read'],
      refreshed: false,
      headers: { Authorization: `Bearer ${credential}` },
      fields: {},
      baseUrl: api,
      settings: {},
      generation: 1,
      cacheForMs: 5_000,
      expiresInMs: 3_600_000,
    })
  })

  it('answers with all of a key: its fields, its settings and no end', async () => {
    await world.authpipe.storeCredential(freshdeskKey)

    const credential = await read({ provider: 'freshdesk', tenantId: 'org_acme', userId: 'user_1' })

    expect(credential).toMatchObject({ credentialType: 'api_key', credential: admin?.fields.apiKey, fields: admin?.fields, settings: admin?.settings, cacheForMs: 5_000 })
    expect(credential.headers.Authorization).toMatch(/^Basic /)
    expect(Object.keys(credential)).not.toEqual(expect.arrayContaining(['expiresAt', 'expiresInMs', 'searchParams']))
  })

  it('gives a webhook secret to who asks for one', async () => {
    await world.authpipe.storeCredential({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 'whsec' } })

    const credential = await read({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret' })

    expect(credential).toMatchObject({ credential: 'whsec', fields: { secret: 'whsec' }, headers: {} })
  })

  it('sees at once what changed, since it asks the store and not its memory', async () => {
    const { id } = await world.browser().connect('plain')
    await read(question)
    const other = world.another({ baseUrl: 'http://localhost:3001/api/authpipe' })
    await other.disconnect({ tenantId: 'org_acme', connectionId: id })

    expect(await problemOf(ask('POST', '/credentials', question))).toMatchObject({ status: 404, code: 'connection_not_found' })
  })

  it.each([
    ['half an hour before the end', 1_800_000, 5_000, 1_800_000],
    ['eight seconds before the end', 3_592_000, 3_000, 8_000],
  ])('says %s for how long the answer may be used', async (_, passed, cacheForMs, expiresInMs) => {
    await world.browser().connect('plain')
    world.sandbox.plain.fault('token', { kind: 'answer', status: 503, body: 'busy' }, { times: 9 })
    world.clock.now += passed

    expect(await read(question)).toMatchObject({ cacheForMs, expiresInMs, refreshed: false })
  })

  it('says so where it had to wait for a new token', async () => {
    await world.browser().connect('plain')
    world.clock.now += 3_600_000

    expect(await read(question)).toMatchObject({ refreshed: true, generation: 2, expiresInMs: 3_600_000 })
  })

  // RF-1
  it('refreshes once for two hundred requests that find the token over', async () => {
    await world.browser().connect('plain')
    world.clock.now += 3_600_000

    const answers = await Promise.all(Array.from({ length: 200 }, () => read(question)))

    expect(world.sandbox.plain.tokenRequests()).toBe(2)
    expect(new Set(answers.map(({ credential }) => credential)).size).toBe(1)
  })

  it('refreshes by force, but not a token that was replaced already', async () => {
    await world.browser().connect('plain')
    const dead = await read(question)
    world.clock.now += 60_000

    const first = await read({ ...question, forceRefresh: true, generation: dead.generation })
    world.clock.now += 60_000
    const second = await read({ ...question, forceRefresh: true, generation: dead.generation })
    const third = await read({ ...question, forceRefresh: true })

    expect([first.generation, second.generation, third.generation]).toEqual([2, 2, 3])
    expect(second.credential).toBe(first.credential)
    expect(world.sandbox.plain.tokenRequests()).toBe(3)
  })

  // AZ-12
  it('mixes up nobody where two hundred ask for different tenants at once', async () => {
    const tenants = ['org_a', 'org_b', 'org_c', 'org_d']
    const ids = new Map<string, string>()
    for (const tenantId of tenants) ids.set(tenantId, (await world.browser(tenantId).connect('plain')).id)

    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const tenantId = tenants[index % tenants.length] ?? ''
        return [tenantId, (await read({ ...question, tenantId })).connectionId]
      }),
    )

    for (const [tenantId, connectionId] of answers) expect(connectionId).toBe(ids.get(tenantId ?? ''))
  })

  // AZ-10, AZ-8
  it.each([
    [{ ...question, userId: 'nobody' }],
    [{ ...question, provider: 'nope' }],
    [{ ...question, tenantId: '' }],
    [{ ...question, tenantId: 'a\u0000b' }],
    [{ ...question, tenantId: 'a'.repeat(257) }],
    [{ provider: 'plain', tenantId: 'org_acme' }],
    [{ ...question, connectionId: '' }],
    [{ ...question, connectionId: 'none' }],
  ])('refuses %j with the code that getCredential throws', async (query) => {
    await world.browser().connect('plain')
    const thrown = (await world.authpipe.getCredential(query).catch((error: unknown) => error)) as { code: string; status: number; message: string }

    expect(await problemOf(ask('POST', '/credentials', query))).toMatchObject({ status: thrown.status, code: thrown.code, detail: thrown.message })
  })

  it('says with which reason only the user can mend a connection', async () => {
    await world.browser().connect('plain')
    world.sandbox.plain.fault('token', { kind: 'answer', status: 400, body: { error: 'invalid_grant' } })
    world.clock.now += 3_600_000

    expect(await problemOf(ask('POST', '/credentials', question))).toMatchObject({ status: 409, code: 'needs_reauth', details: { reason: 'grant_revoked' } })
  })

  // AK-8, HT-13
  it.each([
    ['a member that is unknown', { ...question, conectionId: 'x' }, 'body is not an object of nothing but provider, tenantId'],
    ['no provider', { tenantId: 'org_acme' }, 'body.provider is not a string'],
    ['no tenant', { provider: 'plain' }, 'body.tenantId is not a string'],
    ['a tenant that is an object', { ...question, tenantId: { toString: 'org_acme' } }, 'body.tenantId is not a string'],
    ['a user that is a number', { ...question, userId: 1 }, 'body.userId is not a string'],
    ['a type of credential that is unknown', { ...question, credentialType: 'password' }, 'body.credentialType is not one of oauth_token, api_key, webhook_secret'],
    ['another kind of owner', { ...question, credentialFor: 'everybody' }, 'body.credentialFor is not one of any, installation, user'],
    ['force in words', { ...question, forceRefresh: 'true' }, 'body.forceRefresh is not true or false'],
    ['half a generation', { ...question, generation: 0.5 }, 'body.generation is not a whole number from zero up'],
    ['a list', [question], 'body is not an object'],
    ['nothing', null, 'body is not an object'],
  ])('refuses a body with %s', async (_, body, detail) => {
    expect(await problemOf(ask('POST', '/credentials', body))).toMatchObject({ status: 400, code: 'invalid_request', detail: expect.stringContaining(detail) as unknown })
  })

  // HT-11, HT-12, HT-13
  it.each([
    ['no JSON', '{', 400, 'invalid_request'],
    ['a prototype', JSON.stringify(question).replace('{', '{"__proto__":{"userId":"user_2"},'), 404, 'connection_not_found'],
    ['too much', JSON.stringify({ ...question, userId: 'x'.repeat(70_000) }), 413, 'payload_too_large'],
    ['a hundred thousand lists', '['.repeat(60_000), 400, 'invalid_request'],
  ])('answers %s with a problem', async (_, text, status, code) => {
    expect(await problemOf(ask('POST', '/credentials', undefined, { text }))).toMatchObject({ status, code })
  })

  it('takes JSON and nothing else', async () => {
    expect(await problemOf(ask('POST', '/credentials', question, { headers: { 'content-type': 'text/plain' } }))).toMatchObject({ status: 415, code: 'invalid_request' })
  })
})

describe('PUT /credentials', () => {
  it('stores a key that the provider accepts, and answers with the connection', async () => {
    const response = await ask('PUT', '/credentials', freshdeskKey)

    const connection = (await response.json()) as { id: string }
    expect([response.status, connection]).toEqual([201, await world.authpipe.getConnection({ tenantId: 'org_acme', connectionId: connection.id })])
    expect((await read({ provider: 'freshdesk', tenantId: 'org_acme', userId: 'user_1' })).connectionId).toBe(connection.id)
  })

  it('stores nothing that the provider refuses, and names the field', async () => {
    expect(await problemOf(ask('PUT', '/credentials', { ...freshdeskKey, fields: { apiKey: 'wrong-key-0123456789' } }))).toMatchObject({
      status: 422,
      code: 'credential_rejected',
      details: { field: 'apiKey' },
    })
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toEqual([])
  })

  it('asks nobody where it is told not to, and takes webhook secrets with their overlap', async () => {
    const watch = watchRequests()
    const statuses = [
      (await ask('PUT', '/credentials', { ...freshdeskKey, verify: false })).status,
      (await ask('PUT', '/credentials', { provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 's' }, overlapMs: 0 })).status,
    ]
    watch.stop()

    expect([statuses, watch.requests]).toEqual([[201, 201], []])
  })

  it.each([
    ['a member that is unknown', { ...freshdeskKey, connectionId: 'x' }, 'body is not an object of nothing but'],
    ['a token', { ...freshdeskKey, credentialType: 'oauth_token' }, 'body.credentialType is not one of api_key, webhook_secret'],
    ['a field that is a number', { ...freshdeskKey, fields: { apiKey: 7 } }, 'body.fields.apiKey is not a string'],
    ['a negative overlap', { ...freshdeskKey, overlapMs: -1 }, 'body.overlapMs is not a whole number'],
    ['no user', { ...freshdeskKey, userId: undefined }, 'needs a userId'],
  ])('refuses a body with %s', async (_, body, detail) => {
    expect(await problemOf(ask('PUT', '/credentials', body))).toMatchObject({ status: 400, code: 'invalid_request', detail: expect.stringContaining(detail) as unknown })
  })
})

describe('GET /events', () => {
  const page = async (query = ''): Promise<EventPage> => (await ask('GET', `/events${query}`)).json() as Promise<EventPage>

  /** Seven events of two tenants. */
  async function makeEvents(): Promise<void> {
    for (const tenantId of ['org_acme', 'org_b']) {
      const { id } = await world.browser(tenantId).connect('plain')
      world.clock.now += 1_000
      await world.authpipe.refreshConnection({ tenantId, connectionId: id })
      world.clock.now += 1_000
      await world.authpipe.disconnect({ tenantId, connectionId: id })
      world.clock.now += 1_000
    }
    await world.browser().connect('plain')
  }

  it('lists what happened newest first, as onEvent was told', async () => {
    await makeEvents()
    while (events.length < 7) await world.authpipe.maintain()

    const listed = await page()

    expect(listed.events.map(({ type }) => type)).toEqual([
      'connection.created',
      'connection.revoked',
      'token.refreshed',
      'connection.created',
      'connection.revoked',
      'token.refreshed',
      'connection.created',
    ])
    expect(listed.events.toReversed()).toEqual(events)
    expect(listed).not.toHaveProperty('nextCursor')
  })

  it('leads through the whole log page by page, and past what is added meanwhile', async () => {
    await makeEvents()
    const all = (await page()).events

    const walked: AuthpipeEvent[] = []
    let cursor: string | undefined = ''
    while (cursor !== undefined) {
      const { events: more, nextCursor }: EventPage = await page(`?cursor=${cursor}&limit=2`)
      walked.push(...more)
      cursor = nextCursor
      await world.browser('org_c').connect('plain')
      world.clock.now += 1_000
    }

    expect(walked).toEqual(all)
  })

  it('is whole where the last page is full', async () => {
    await makeEvents()
    expect((await page('?limit=7')).nextCursor).toBeUndefined()
    expect((await page('?limit=6')).nextCursor).toBeDefined()
  })

  it.each(['?cursor=abc', '?cursor=-1', '?cursor=1e3', `?cursor=${'9'.repeat(16)}`, '?limit=0', '?limit=501', '?limit=x', '?tenantId=org_acme', '?cursor=1&cursor=2', '?__proto__=1'])(
    'refuses %s',
    async (query) => {
      expect(await problemOf(ask('GET', `/events${query}`))).toMatchObject({ status: 400, code: 'invalid_request' })
    },
  )
})

const routes = [
  ['POST', '/credentials', question],
  ['PUT', '/credentials', freshdeskKey],
  ['GET', '/events', undefined],
] as const

describe.each(routes)('%s %s', (method, path, body) => {
  it('takes each of the keys that are valid while one replaces the other', async () => {
    await world.browser().connect('plain')
    expect([(await ask(method, path, body)).ok, (await ask(method, path, body, { key: oldKey })).ok]).toEqual([true, true])

    const rotated = world.another({ baseUrl: 'http://localhost:3001/api/authpipe', secretKeys: newKey })
    const asRotated = (key: string): Promise<Response> =>
      rotated.handler(new Request(`http://localhost:3001/api/authpipe${path}`, { method, headers: { authorization: `bearer  ${key}`, 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) }))
    expect([(await asRotated(newKey)).ok, (await asRotated(oldKey)).status]).toEqual([true, 401])
  })

  // AZ-1, HT-15
  it.each([
    ['no key', {}],
    ['a session alone', { cookie: 'app=org_acme/user_1' }],
    ['another key', { authorization: `Bearer ${generateSecretKey()}` }],
    ['a key and something more', { authorization: `Bearer ${newKey} x` }],
    ['two keys', { authorization: `Bearer ${newKey},${oldKey}` }],
    ['no bearer', { authorization: newKey }],
    ['basic', { authorization: `Basic ${Buffer.from(`${newKey}:`).toString('base64')}` }],
    ['an empty bearer', { authorization: 'Bearer ' }],
    ['a bearer that is no key', { authorization: 'Bearer %' }],
    ['the key where it does not belong', { 'x-api-key': newKey, cookie: `key=${newKey}` }],
  ])('refuses %s', async (_, headers) => {
    const response = await ask(method, path, body, { key: null, headers })

    expect([response.status, response.headers.get('www-authenticate'), response.headers.get('cache-control')]).toEqual([401, 'Bearer', 'no-store'])
    expect(await response.json()).toMatchObject({ code: 'unauthenticated', detail: 'This needs a secret key of this server, as bearer token.' })
  })

  // AZ-13
  it.each([
    ['its origin', { origin: 'http://localhost:3000' }],
    ['no origin', { origin: 'null' }],
    ['where it comes from', { 'sec-fetch-site': 'same-origin' }],
    ['that nobody linked to it', { 'sec-fetch-site': 'none' }],
    ['what it wants', { 'sec-fetch-dest': 'empty' }],
    ['that it navigates', { 'sec-fetch-mode': 'navigate' }],
    ['that it sends blindly', { 'sec-fetch-mode': 'no-cors' }],
    ['that somebody clicked', { 'sec-fetch-user': '?1' }],
    ['all of it', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', cookie: 'app=org_acme/user_1' }],
  ])('refuses a browser that says %s, whatever its key', async (_, headers) => {
    for (const key of [newKey, generateSecretKey(), null]) {
      expect(await problemOf(ask(method, path, body, { key, headers }))).toMatchObject({ status: 403, code: 'origin_not_allowed' })
    }
  })

  it('has no permission for other sites to give', async () => {
    const preflight = await ask('OPTIONS', path, undefined, { key: null, headers: { origin: 'https://evil.example', 'access-control-request-method': method } })
    expect([preflight.status, [...preflight.headers.keys()].filter((name) => name.startsWith('access-control-'))]).toEqual([405, []])
  })

  it('answers to the fetch of Node.js, which sends one of those headers too', async () => {
    await world.browser().connect('plain')
    const served = await serveHandler(world.authpipe.handler, new URL(baseUrl).origin)
    try {
      const headers = { authorization: `Bearer ${newKey}`, 'content-type': 'application/json' }
      const response = await fetch(`${served.origin}/api/authpipe${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
      expect(response.ok).toBe(true)
    } finally {
      await served.close()
    }
  })
})

describe('where no secret key is configured', () => {
  it.each([{ secretKeys: '' }, { secretKeys: [] }])('everybody is refused alike (%j), and the log says what to set', async ({ secretKeys }) => {
    const closed = world.another({ baseUrl: 'http://localhost:3001/api/authpipe', secretKeys })
    const answers = []
    for (const key of [newKey, '', 'ap_']) {
      const request = new Request('http://localhost:3001/api/authpipe/events', { headers: { authorization: `Bearer ${key}` } })
      answers.push(await (await closed.handler(request)).json())
    }

    expect(answers[0]).toMatchObject({ code: 'unauthenticated', detail: 'This needs a secret key of this server, as bearer token.' })
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(logged.filter((line) => line.includes('secret key'))).toEqual([
      'authpipe: a request for servers was refused, since no secret key is configured fix="set AUTHPIPE_SECRET_KEYS or \\"secretKeys\\""\n',
    ])
  })
})

describe('a weak secret key', () => {
  it('stops the start, and is not printed', async () => {
    const weak = world.another({ baseUrl: 'http://localhost:3001/api/authpipe', secretKeys: `${newKey},ap_CANARY` })
    const error: unknown = await weak.ready().catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'invalid_configuration', message: expect.stringContaining('Secret key 2 has 6 characters') as unknown })
    expect(inspect(error, { depth: Infinity }) + logged.join('')).not.toMatch(/CANARY|ap_[\w-]{20}/)
  })
})

describe('who comes with wrong keys again and again', () => {
  const guess = (): Promise<Response> => ask('POST', '/credentials', question, { key: generateSecretKey() })

  // LM-4
  it('is told to wait after a hundred of a minute, while a right key still opens, and costs one line of the log', async () => {
    await world.browser().connect('plain')
    for (let time = 0; time < 100; time += 1) expect((await guess()).status).toBe(401)
    world.clock.now += 20_000

    const limited = await guess()

    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '40'])
    expect(await limited.json()).toMatchObject({ code: 'rate_limited', retryable: true })
    expect((await ask('POST', '/credentials', question)).status).toBe(200)
    expect(logged.filter((line) => line.includes('secret key'))).toEqual(['authpipe: a request for servers came without a valid secret key\n'])

    world.clock.now += 40_000
    expect((await guess()).status).toBe(401)
  })

  it('is not told apart by headers that anybody can write', async () => {
    for (let time = 0; time < 100; time += 1) await ask('GET', '/events', undefined, { key: null, headers: { 'x-forwarded-for': `203.0.113.${time}` } })
    expect((await ask('GET', '/events', undefined, { key: null, headers: { 'x-forwarded-for': '198.51.100.1' } })).status).toBe(429)
  })
})

// LK-1, LK-2
describe('no log and no answer to a wrong key', () => {
  it('holds a secret', async () => {
    await world.browser().connect('plain')
    await ask('PUT', '/credentials', freshdeskKey)
    const { credential } = await read(question)
    const wrong = generateSecretKey()
    const answers: string[] = []
    for (const [method, path, body] of routes) {
      for (const asked of [{ key: wrong }, { key: null }, { headers: { origin: 'https://evil.example' } }, { text: `{"x":"${credential}"}` }]) {
        if (method === 'GET' && 'text' in asked) continue
        const response = await ask(method, path, body, asked)
        answers.push(inspect([...response.headers]) + (await response.text()))
      }
    }

    const secrets = [newKey, oldKey, wrong, credential, admin?.fields.apiKey ?? '', ...world.sandbox.plain.issuedSecrets().refreshTokens]
    expect(answers).toHaveLength(11)
    for (const text of [...answers, ...logged]) expect(findSecrets(secrets, text)).toEqual([])
  })
})
