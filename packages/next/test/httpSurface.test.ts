// The mounted routes as anybody on the network sees them. HT-… name rows of the threat catalogue.
import { defineProvider } from '@authpipe/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { generateSecretKey } from '../src/secretKeys.ts'
import { baseUrl, consent, openWorld, plain, type Browser, type World } from './world.ts'

const secretKey = generateSecretKey()
const maintenanceSecret = 'maintenance-secret-0123456789'

let world: World
let browser: Browser
beforeEach(async () => {
  world = await openWorld({ options: { secretKeys: secretKey, maintenanceSecret } })
  browser = world.browser()
})
afterEach(() => {
  vi.restoreAllMocks()
  return world.close()
})

const problemOf = async (response: Response): Promise<Record<string, unknown>> => (await response.json()) as Record<string, unknown>
const start = (headers: Readonly<Record<string, string>>, body = JSON.stringify({ provider: 'plain' })): Promise<Response> =>
  browser.request('/sessions', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
/** A request without the header that says where it comes from. */
async function withoutFetchMetadata(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('cookie', 'app=org_acme/user_1')
  return world.authpipe.handler(new Request(baseUrl + path, { ...init, headers }))
}

/** A request of another server of the app. */
const fromServer = (method: string, path: string, body?: object): Promise<Response> =>
  world.authpipe.handler(
    new Request(baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${secretKey}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }),
  )

/** One answer of every kind: each route, done and refused. */
async function everyAnswer(): Promise<[string, Response][]> {
  const connection = await browser.connect('plain')
  const { sessionId, authorizationUrl } = await browser.start('plain')
  const redirected = await browser.start('plain', { mode: 'redirect' })
  const path = (await consent(authorizationUrl)).slice(baseUrl.length)
  const webhook = await world.authpipe.createWebhookEndpoint({ provider: 'freshdesk', tenantId: 'org_acme' })
  const asked: [string, () => Promise<Response>][] = [
    ['GET /providers', () => browser.request('/providers')],
    ['GET /providers, signed out', () => browser.request('/providers', { headers: { cookie: '' } })],
    ['POST /sessions, JSON', () => start({})],
    ['POST /sessions, form', () => browser.form('/sessions', { provider: 'plain' })],
    ['POST /sessions, foreign', () => start({ 'sec-fetch-site': 'cross-site' })],
    ['POST /sessions, unknown provider', () => browser.json('POST', '/sessions', { provider: 'nope' })],
    ['POST /sessions, too large', () => start({ 'content-length': '99999999' })],
    ['POST /sessions, not JSON', () => start({}, '{')],
    ['POST /sessions, text', () => start({ 'content-type': 'text/plain' })],
    ['GET /sessions/:id', () => browser.request(`/sessions/${sessionId}`)],
    ['GET /sessions/:id, unknown', () => browser.request('/sessions/none')],
    ['GET /callback', () => browser.request(path)],
    ['POST /callback', () => browser.form('/callback/plain', { state: 'x', code: 'y' })],
    ['GET /callback, unknown provider', () => browser.request('/callback/nope')],
    ['POST /sessions/finish', async () => browser.followCallback(await consent(authorizationUrl))],
    ['POST /sessions/finish, redirect', async () => browser.followCallback(await consent(redirected.authorizationUrl))],
    ['POST /sessions/finish, unknown state', () => browser.form('/sessions/finish', { state: 'x' })],
    ['GET /connections', () => browser.request('/connections')],
    ['GET /connections/:id', () => browser.request(`/connections/${connection.id}`)],
    ['GET /connections/:id, unknown', () => browser.request('/connections/none')],
    ['POST /connections/:id/check', () => browser.json('POST', `/connections/${connection.id}/check`)],
    ['POST /connections/:id/refresh', () => browser.json('POST', `/connections/${connection.id}/refresh`)],
    ['POST /credentials', () => fromServer('POST', '/credentials', { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' })],
    ['POST /credentials, nothing connected', () => fromServer('POST', '/credentials', { provider: 'plain', tenantId: 'org_acme', userId: 'nobody' })],
    ['POST /credentials, from a page', () => browser.json('POST', '/credentials', {})],
    ['PUT /credentials', () => fromServer('PUT', '/credentials', { provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 's' } })],
    ['PUT /credentials, without a key', () => withoutFetchMetadata('/credentials', { method: 'PUT' })],
    ['GET /events', () => fromServer('GET', '/events')],
    ['GET /events, without a key', () => withoutFetchMetadata('/events', {})],
    ['DELETE /sessions/:id', () => browser.json('DELETE', `/sessions/${sessionId}`)],
    ['DELETE /connections/:id', () => browser.json('DELETE', `/connections/${connection.id}`)],
    ['POST /webhooks/:provider/:endpointId, unknown', () => browser.json('POST', '/webhooks/freshdesk/none', {})],
    ['POST /webhooks/:provider/:endpointId', () => browser.json('POST', webhook.url.slice(baseUrl.length), {})],
    ['no such route', () => browser.request('/nothing/here')],
    ['no such method', () => browser.request('/providers', { method: 'PATCH' })],
  ]
  const answers: [string, Response][] = []
  for (const [name, ask] of asked) answers.push([name, await ask()])
  return answers
}

describe('a server component', () => {
  it('reads what a page would ask for: the same providers and the same connections', async () => {
    await browser.connect('plain')
    const principal = { tenantId: 'org_acme', userId: 'user_1' }

    expect(await (await browser.request('/providers')).json()).toEqual({ providers: await world.authpipe.listProviders() })
    expect(await (await browser.request('/connections')).json()).toEqual({ connections: await world.authpipe.listConnections(principal) })
  })
})

describe('every answer', () => {
  // HT-7, HT-8, HT-9, HT-10, HT-6, HT-22
  it('is never stored, sniffed or shared, and tells nothing of the inside', async () => {
    const known = [
      'allow',
      'cache-control',
      'content-security-policy',
      'content-type',
      'cross-origin-resource-policy',
      'location',
      'referrer-policy',
      'retry-after',
      'set-cookie',
      'www-authenticate',
      'x-content-type-options',
      'x-frame-options',
    ]
    for (const [name, { status, headers }] of await everyAnswer()) {
      expect([name, headers.get('cache-control'), headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
        name,
        'no-store',
        'nosniff',
        'no-referrer',
      ])
      expect([name, [...headers.keys()].filter((header) => !known.includes(header))]).toEqual([name, []])
      expect([name, status === 500]).toEqual([name, false])
      if (status !== 204 && status !== 303)
        expect([name, headers.get('content-type')]).toEqual([
          name,
          expect.stringMatching(/^(application\/(problem\+)?json|text\/html; charset=utf-8)$/),
        ])
    }
  })

  it('is one of done and refused for each route, so that the list above is whole', async () => {
    const statuses = Object.fromEntries((await everyAnswer()).map(([name, { status }]) => [name, status]))
    expect(statuses).toEqual({
      'GET /providers': 200,
      'GET /providers, signed out': 401,
      'POST /sessions, JSON': 201,
      'POST /sessions, form': 200,
      'POST /sessions, foreign': 403,
      'POST /sessions, unknown provider': 404,
      'POST /sessions, too large': 413,
      'POST /sessions, not JSON': 400,
      'POST /sessions, text': 415,
      'GET /sessions/:id': 200,
      'GET /sessions/:id, unknown': 404,
      'GET /callback': 200,
      'POST /callback': 200,
      'GET /callback, unknown provider': 404,
      'POST /sessions/finish': 200,
      'POST /sessions/finish, redirect': 303,
      'POST /sessions/finish, unknown state': 400,
      'GET /connections': 200,
      'GET /connections/:id': 200,
      'GET /connections/:id, unknown': 404,
      'POST /connections/:id/check': 200,
      'POST /connections/:id/refresh': 200,
      'POST /credentials': 200,
      'POST /credentials, nothing connected': 404,
      'POST /credentials, from a page': 403,
      'PUT /credentials': 201,
      'PUT /credentials, without a key': 401,
      'GET /events': 200,
      'GET /events, without a key': 401,
      'DELETE /sessions/:id': 204,
      'DELETE /connections/:id': 204,
      'no such route': 404,
      'POST /webhooks/:provider/:endpointId': 204,
      'POST /webhooks/:provider/:endpointId, unknown': 404,
      'no such method': 405,
    })
  })

  // HT-18
  it('has code, status and words when it is a problem, and nothing of the inside', async () => {
    for (const [name, response] of await everyAnswer()) {
      if (response.headers.get('content-type') !== 'application/problem+json') continue
      const problem = await problemOf(response)
      expect([
        name,
        Object.keys(problem).filter((member) => !['type', 'title', 'status', 'detail', 'code', 'retryable', 'details', 'instance'].includes(member)),
      ]).toEqual([name, []])
      expect([name, problem]).toEqual([
        name,
        expect.objectContaining({ status: response.status, code: expect.stringMatching(/^[a-z_]+$/) as unknown }),
      ])
      expect(JSON.stringify(problem)).not.toMatch(/\/(home|tmp|root|usr|work|srv)\/|node_modules|\.ts\b|SQL|SELECT|\bat [\w.]+ \(/)
    }
  })

  it('is safe also where the server cannot start', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const broken = world.another({ database: 'file:CANARY.db', keys: 'CANARY' })
    const response = await broken.handler(new Request(`${baseUrl}/providers`))
    const text = await response.text()
    expect([response.status, JSON.parse(text)]).toEqual([
      500,
      expect.objectContaining({ code: expect.stringMatching(/^(invalid_configuration|encryption_key_unavailable)$/) as unknown }),
    ])
    expect([
      text.includes('CANARY'),
      response.headers.get('cache-control'),
      response.headers.get('x-content-type-options'),
      response.headers.get('referrer-policy'),
    ]).toEqual([false, 'no-store', 'nosniff', 'no-referrer'])
  })

  // HT-18
  it('says nothing of an error that nobody foresaw but an id, by which the log knows it', async () => {
    const lines: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
    const faulty = defineProvider({
      ...plain.definition,
      get name(): string {
        throw new Error('CANARY\n    at CANARY (/srv/CANARY.ts:1:1)')
      },
    })
    const broken = world.another({ providers: [faulty({ clientId: 'id', clientSecret: 'secret' })] })
    const response = await broken.handler(new Request(`${baseUrl}/providers`, { headers: { cookie: 'app=org_acme/user_1' } }))
    const problem = await problemOf(response)
    expect([response.status, problem]).toEqual([
      500,
      expect.objectContaining({
        code: 'internal_error',
        detail: "Something went wrong. The server's log says more.",
        instance: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      }),
    ])
    expect(lines.filter((line) => line.includes(String(problem.instance)))).toHaveLength(2)
    expect(JSON.stringify(problem) + lines.join('')).not.toContain('CANARY')
  })
})

describe('a change', () => {
  // HT-1, HT-3, ST-9, ST-10
  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': '' },
    { 'sec-fetch-site': 'SAME-ORIGIN' },
    { 'sec-fetch-site': 'same-origin, cross-site' },
    // HT-23: a sandboxed frame.
    { 'sec-fetch-site': 'cross-site', origin: 'null' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3000' },
  ] as Record<string, string>[])('is refused where the browser says %j', async (headers) => {
    const connection = await browser.connect('plain')
    const attempts = [
      await start(headers),
      await browser.request(`/connections/${connection.id}`, { method: 'DELETE', headers }),
      await browser.request(`/connections/${connection.id}/refresh`, { method: 'POST', headers }),
      await browser.request(`/connections/${connection.id}/check`, { method: 'POST', headers }),
    ]
    for (const response of attempts)
      expect([response.status, (await problemOf(response)).code, response.headers.getSetCookie()]).toEqual([403, 'origin_not_allowed', []])
    expect(await browser.connections()).toHaveLength(1)
    expect(world.sandbox.plain.tokenRequests()).toBe(1)
  })

  it.each([
    undefined,
    'null',
    'http://localhost',
    'http://localhost:3001',
    'https://localhost:3000',
    'http://LOCALHOST:3000',
    'http://localhost.:3000',
    'http://127.0.0.1:3000',
    'http://app.localhost:3000',
    'http://localhost:3000.evil.example',
    'http://localhost:3000@evil.example',
    'http://localhost:3000/',
    'http://localhost:3000, http://evil.example',
    'http://evil.example',
  ])('is refused where the browser says nothing and the origin is %j', async (origin) => {
    const response = await withoutFetchMetadata('/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', referer: 'http://localhost:3000/', ...(origin === undefined ? {} : { origin }) },
      body: JSON.stringify({ provider: 'plain' }),
    })
    expect([response.status, await problemOf(response)]).toEqual([
      403,
      expect.objectContaining({
        code: 'origin_not_allowed',
        detail: "This must be asked for by a page of http://localhost:3000. If that is not the app's public address, set AUTHPIPE_BASE_URL.",
      }),
    ])
  })

  it('is let through by the exact origin where the browser says nothing else', async () => {
    const response = await withoutFetchMetadata('/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://localhost:3000' },
      body: JSON.stringify({ provider: 'plain' }),
    })
    expect(response.status).toBe(201)
  })

  // HT-23
  it('is let through from a page that sends no referrer, and so the origin null', async () => {
    expect((await start({ origin: 'null', 'sec-fetch-site': 'same-origin' })).status).toBe(201)
  })

  // HT-2
  it.each([undefined, 'text/plain', 'text/plain; charset=application/json', 'multipart/form-data; boundary=x', 'application/xml'])(
    'of a body that says it is %s is refused with 415',
    async (type) => {
      const response = await start({ 'content-type': type ?? '' })
      expect([response.status, (await problemOf(response)).code]).toEqual([415, 'invalid_request'])
    },
  )

  // HT-4
  it.each([{ 'x-http-method-override': 'DELETE' }, { 'x-method-override': 'DELETE' }, { 'x-http-method': 'DELETE' }] as Record<string, string>[])(
    'is not made by %j',
    async (headers) => {
      const { id } = await browser.connect('plain')
      const answers = [
        await browser.request(`/connections/${id}?_method=DELETE`, { headers }),
        await browser.request(`/connections/${id}?_method=DELETE`, { method: 'POST', headers, body: new URLSearchParams({ _method: 'DELETE' }) }),
      ]
      expect(answers.map(({ status }) => status)).toEqual([200, 405])
      expect(await browser.connections()).toHaveLength(1)
    },
  )
})

describe('a method', () => {
  // HT-5, HT-6
  it.each(['HEAD', 'OPTIONS', 'PATCH', 'PUT'])('%s does nothing and permits nothing', async (method) => {
    for (const path of ['/sessions', '/sessions/finish', '/callback/plain', '/connections']) {
      const { status, headers } = await browser.request(path, {
        method,
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      })
      expect([status, headers.getSetCookie(), [...headers.keys()].filter((name) => name.startsWith('access-control-'))]).toEqual([405, [], []])
    }
  })

  it('that a path does not take is answered with those that it takes', async () => {
    const response = await browser.request('/connections/x', { method: 'PUT' })
    expect([response.headers.get('allow'), await problemOf(response)]).toEqual([
      'GET, DELETE',
      expect.objectContaining({ status: 405, code: 'invalid_request', detail: 'This path takes GET and DELETE, not PUT.' }),
    ])
  })

  // HT-6
  it('gives no other site leave to read', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      const { headers } = await browser.request('/connections', { headers: { origin, 'sec-fetch-site': 'cross-site' } })
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })
})

describe('a path', () => {
  // HT-16, NX-5
  it.each([
    '//connections',
    '/connections/',
    '/connections//',
    '/./connections/',
    '/Connections',
    '/CONNECTIONS',
    '/connections;a=b',
    '/connections.',
    '/connections%2f',
    '/%63onnections',
    '/connections/%2e',
    '/connections/x%2fcheck',
    '/connections%00',
    '/..%2fconnections',
    '/connections\\',
    '',
    '/',
  ])('has one way to be written, and this is not it: %s', async (path) => {
    const response = await browser.request(path)
    expect([response.status, (await problemOf(response)).code]).toEqual([404, 'not_found'])
  })

  it('outside the mount is not ours', async () => {
    for (const url of [
      'http://localhost:3000/connections',
      'http://localhost:3000/api/authpipeX/connections',
      'http://localhost:3000/api/connections',
      'http://localhost:3000//api/authpipe/connections',
    ]) {
      const response = await world.authpipe.handler(new Request(url, { headers: { cookie: 'app=org_acme/user_1' } }))
      expect([url, response.status]).toEqual([url, 404])
    }
  })

  // HT-17
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'nope', 'LiveChat'])('knows no provider %s', async (provider) => {
    const [started, callback, listed] = [
      await browser.json('POST', '/sessions', { provider }),
      await browser.request(`/callback/${provider}`),
      await browser.request(`/connections?provider=${provider}`),
    ]
    expect([started.status, (await problemOf(started)).code, callback.status, listed.status, await listed.json()]).toEqual([
      404,
      'unknown_provider',
      404,
      200,
      { connections: [] },
    ])
  })

  // NX-4
  it.each([
    'x-middleware-subrequest',
    'x-middleware-rewrite',
    'x-nextjs-data',
    'x-invoke-path',
    'next-router-prefetch',
    'rsc',
    'x-tenant-id',
    'x-user-id',
    'authorization',
  ])('is guarded the same with the header %s', async (name) => {
    const response = await browser.request('/connections', { headers: { cookie: '', [name]: 'org_acme/user_1' } })
    expect([response.status, (await problemOf(response)).code]).toEqual([401, 'unauthenticated'])
  })
})

describe('input', () => {
  // HT-11, HT-12
  it.each([
    ['a megabyte of JSON', JSON.stringify({ provider: 'x'.repeat(1_000_000) }), 413, 'payload_too_large'],
    ['thirty thousand lists in one another', '['.repeat(30_000) + ']'.repeat(30_000), 400, 'invalid_request'],
    [
      'ten thousand members',
      JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1]))),
      400,
      'invalid_request',
    ],
  ])('of %s is refused', async (_, body, status, code) => {
    const response = await start({}, body)
    expect([response.status, (await problemOf(response)).code]).toEqual([status, code])
  })

  // HT-13
  it('reaches no prototype by body, form or query', async () => {
    const pollution =
      '{"provider":"plain","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"settings":{"__proto__":{"polluted":true}}}'
    await start({}, pollution)
    await browser.form('/sessions', { provider: 'plain', __proto__: 'x', 'settings.__proto__': 'y', 'settings.constructor': 'z', constructor: 'x' })
    await browser.request('/connections?a[__proto__][polluted]=1&__proto__[polluted]=1')
    expect('polluted' in {}).toBe(false)
  })

  // HT-14, HT-15, RD-9
  it.each([
    ['a line break in the provider', JSON.stringify({ provider: 'plain\r\nX-Evil: 1' }), 404],
    ['a line break in the session id', JSON.stringify({ provider: 'plain', sessionId: 'a\r\nSet-Cookie: x=1' }), 400],
    ['a session id that is no UUID', JSON.stringify({ provider: 'plain', sessionId: '../../etc' }), 400],
    ['a NUL in a connection id', JSON.stringify({ provider: 'plain', connectionId: '\u0000' }), 404],
    ['a connection id of ten kilobytes', JSON.stringify({ provider: 'plain', connectionId: 'x'.repeat(10_000) }), 404],
    ['SQL in a connection id', JSON.stringify({ provider: 'plain', connectionId: "' OR 1=1 --" }), 404],
    ['half a character', JSON.stringify({ provider: 'plain', connectionId: '\ud800' }), 404],
    ['a line break in the return address', JSON.stringify({ provider: 'plain', mode: 'redirect', returnTo: '/a\r\nSet-Cookie: x=1' }), 201],
    ['half a character in the return address', JSON.stringify({ provider: 'plain', mode: 'redirect', returnTo: '/\ud800' }), 201],
  ])('with %s breaks nothing', async (_, body, status) => {
    const response = await start({}, body)
    expect([response.status, response.headers.get('x-evil')]).toEqual([status, null])
  })

  it.each([
    'authpipe=%; a=%zz',
    'authpipe',
    '=;;=',
    `authpipe=${'x'.repeat(8_000)}`,
    Array.from({ length: 100 }, (_, index) => `c${index}=1`).join('; '),
  ])('of malformed cookies breaks nothing: %.40s', async (cookie) => {
    expect((await start({ cookie: `${cookie}; app=org_acme/user_1` })).status).toBe(201)
  })

  it.each(['Bearer %', 'Bearer', '', 'Basic !!!', `Bearer ${'x'.repeat(8_000)}`])(
    'of a malformed Authorization header breaks nothing: %.40s',
    async (authorization) => {
      expect((await browser.request('/connections', { headers: { authorization } })).status).toBe(200)
    },
  )
})

describe('what belongs to a session', () => {
  // ST-17
  it('signs nobody in, and is no key', async () => {
    const { sessionId, authorizationUrl } = await browser.start('plain')
    const state = new URL(authorizationUrl).searchParams.get('state') ?? ''
    const binding = browser.cookies.get('authpipe') ?? ''
    for (const value of [sessionId, state, binding]) {
      expect(value.length).toBeGreaterThan(30)
      const authorization = `Bearer ${value}`
      const asked = [
        ['GET', '/connections', { cookie: `app=${value}; authpipe=${binding}`, authorization }],
        ['POST', '/credentials', { authorization }],
        ['GET', '/events', { authorization }],
        ['POST', '/maintenance', { authorization }],
      ] as const
      for (const [method, path, headers] of asked) {
        const response = await world.authpipe.handler(new Request(baseUrl + path, { method, headers }))
        expect([path, response.status, (await problemOf(response)).code]).toEqual([path, 401, 'unauthenticated'])
      }
    }
  })
})

describe('what is not there and what is not yours', () => {
  // HT-21, AZ-5
  it('read the same, to the letter', async () => {
    const { id } = await browser.connect('plain')
    const { sessionId } = await browser.start('plain')
    const stranger = world.browser('org_acme', 'user_2')
    for (const [method, path, missing] of [
      ['GET', `/connections/${id}`, '/connections/00000000-0000-4000-8000-000000000000'],
      ['DELETE', `/connections/${id}`, '/connections/00000000-0000-4000-8000-000000000000'],
      ['POST', `/connections/${id}/check`, '/connections/00000000-0000-4000-8000-000000000000/check'],
      ['POST', `/connections/${id}/refresh`, '/connections/00000000-0000-4000-8000-000000000000/refresh'],
      ['GET', `/sessions/${sessionId}`, '/sessions/00000000-0000-4000-8000-000000000000'],
      ['DELETE', `/sessions/${sessionId}`, '/sessions/00000000-0000-4000-8000-000000000000'],
    ] as const) {
      const [foreign, absent] = [await stranger.json(method, path), await stranger.json(method, missing)]
      expect([path, foreign.status, await foreign.text()]).toEqual([path, 404, await absent.text()])
    }
    expect([(await browser.connections()).length, (await browser.session(sessionId)).status]).toEqual([1, 'pending'])
  })
})
