// Calls of a provider's API from another service: the rules are those of authpipe.fetch, so each is asked of both.
import { defineProvider } from '@authpipe/core'
import { sandboxAccounts } from '@authpipe/sandbox'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthpipeClient } from '../src/createAuthpipeClient.ts'
import { openServedWorld, watchLog, type ServedWorld } from './servedWorld.ts'

const plain = { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' }
const livechat = { ...plain, provider: 'livechat' }
const freshdesk = { ...plain, provider: 'freshdesk' }
const chats = '/agent/action/list_chats'
const [admin] = sandboxAccounts('freshdesk').filter(({ kind }) => kind === 'admin')

let world: ServedWorld
let client: AuthpipeClient
beforeEach(async () => {
  watchLog()
  world = await openServedWorld('sqlite')
  client = world.client()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.close()
})

const callers = (): [string, Pick<AuthpipeClient, 'fetch'>][] => [
  ['the server', world.authpipe],
  ['the client', client],
]

describe('both the server and the client', () => {
  it('apply a token, and call below the base URL of the provider', async () => {
    await world.browser().connect('livechat')
    for (const [name, { fetch }] of callers()) {
      const response = await fetch(livechat, chats, { method: 'POST', body: '{}' })
      expect([name, response.status, Object.keys((await response.json()) as object)]).toEqual([name, 200, expect.arrayContaining(['chats_summary']) as unknown])
    }
  })

  it('apply a key by the scheme of its provider', async () => {
    await world.authpipe.storeCredential({ ...freshdesk, credentialType: 'api_key', fields: admin?.fields ?? {}, settings: admin?.settings ?? {} })
    for (const [name, { fetch }] of callers()) expect([name, (await fetch(freshdesk, '/tickets')).status]).toEqual([name, 200])
  })

  it('renew a token that the provider calls dead once, and repeat the call once', async () => {
    await world.browser().connect('livechat')
    for (const [index, [name, { fetch }]] of callers().entries()) {
      world.sandbox.livechat.fault('api', { kind: 'answer', status: 401, body: { error: { type: 'authentication' } } })
      const response = await fetch(livechat, chats, { method: 'POST', body: '{}' })
      expect([name, response.status, world.sandbox.livechat.tokenRequests()]).toEqual([name, 200, index + 2])
      world.clock.now += 60_000
    }
  })

  // A refusal has the server check the connection, which meets the faults of this test too: so each of the two has a test of its own.
  it.each([0, 1])('return the second refusal where a new token is refused too (%i)', async (index) => {
    await world.browser().connect('livechat')
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 401, body: { error: { type: 'authentication' } } }, { times: 2 })
    const response = await callers()[index]?.[1].fetch(livechat, chats, { method: 'POST', body: '{}' })
    expect(response?.status).toBe(401)
  })

  it.each([0, 1])('return the refusal where no new token can be had for now (%i)', async (index) => {
    await world.browser().connect('livechat')
    const caller = index === 0 ? callers()[0]?.[1] : world.client({ deadlineMs: 1_000 })
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 401, body: { error: { type: 'authentication' } } })
    world.sandbox.livechat.fault('token', { kind: 'answer', status: 503, body: 'busy' }, { times: 5 })
    const response = await caller?.fetch(livechat, chats, { method: 'POST', body: '{}' })
    expect(response?.status).toBe(401)
  })

  it('tell of a rate limit as an error, with the time to wait', async () => {
    await world.browser().connect('livechat')
    for (const [, { fetch }] of callers()) {
      world.sandbox.livechat.fault('api', { kind: 'answer', status: 429, body: { error: { type: 'too_many_requests' } }, headers: { 'retry-after': '7' } })
      await expect(fetch(livechat, chats, { method: 'POST', body: '{}' })).rejects.toMatchObject({ code: 'provider_rate_limited', details: { retryAfterSeconds: 7 } })
    }
  })

  it('repeat a call in the region that the provider names', async () => {
    await world.browser().connect('livechat')
    for (const [name, { fetch }] of callers()) {
      world.sandbox.livechat.fault('api', { kind: 'answer', status: 421, body: { error: { type: 'misdirected_request', data: { region: 'fra' } } } })
      expect([name, (await fetch(livechat, chats, { method: 'POST', body: '{}' })).status]).toEqual([name, 200])
    }
  })

  it('send no credential to another host', async () => {
    await world.browser().connect('livechat')
    for (const url of ['https://evil.example/', `${world.sandbox.url.replace('http', 'https')}/x`, 'https://user:password@evil.example/', 'blob:x']) {
      for (const [, { fetch }] of callers()) await expect(fetch(livechat, url)).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining('is only sent to') as unknown })
    }
  })

  it('take no body that cannot be sent again', async () => {
    await world.browser().connect('livechat')
    for (const [, { fetch }] of callers()) {
      await expect(fetch(livechat, chats, { method: 'POST', body: new ReadableStream() as never })).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining('not a stream') as unknown })
    }
  })

  it('call a provider that does not answer unreachable', async () => {
    await world.browser().connect('livechat')
    for (const [, { fetch }] of callers()) {
      world.sandbox.livechat.fault('api', { kind: 'drop' })
      await expect(fetch(livechat, chats, { method: 'POST', body: '{}' })).rejects.toMatchObject({ code: 'provider_unreachable', retryable: true })
    }
  })
})

describe('the client', () => {
  it('makes one forced request when the calls of two hundred are refused at once, and one refresh', async () => {
    await world.browser().connect('livechat')
    await client.getCredential(livechat)
    world.sandbox.livechat.expireAccessTokens()

    const responses = await Promise.all(Array.from({ length: 200 }, () => client.fetch(livechat, chats, { method: 'POST', body: '{}' })))

    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(world.sandbox.livechat.tokenRequests()).toBe(2)
    const forced = world.seen.filter(({ body }) => (body as { forceRefresh?: boolean }).forceRefresh)
    expect(forced).toHaveLength(1)
    expect(forced[0]?.body).toMatchObject({ generation: 1, connectionId: expect.any(String) as unknown })
  })

  it('has the new token for the next call too', async () => {
    await world.browser().connect('livechat')
    const before = await client.getCredential(livechat)
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 401, body: { error: { type: 'authentication' } } })
    await client.fetch(livechat, chats, { method: 'POST', body: '{}' })

    expect((await client.getCredential(livechat)).credential).not.toBe(before.credential)
  })

  it('calls from memory while its server is down', async () => {
    await world.browser().connect('livechat')
    await client.getCredential(livechat)
    await world.goDown()
    world.clock.now += 6_000

    expect((await client.fetch(livechat, chats, { method: 'POST', body: '{}' })).status).toBe(200)
  })

  it('ends by the signal of its caller', async () => {
    await world.browser().connect('livechat')
    await expect(client.fetch(livechat, chats, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
  })
})

describe('an API of its own', () => {
  const acme = defineProvider({
    id: 'plain',
    name: 'Acme',
    category: 'Test',
    description: 'Needs a header, and says in its body that a token is dead.',
    website: 'https://acme.example',
    docsUrl: 'https://acme.example/docs',
    auth: [{ kind: 'api_key', scheme: 'bearer', fields: [{ id: 'key', label: 'Key', secret: true }] }],
    apiBaseUrl: 'https://acme.example',
    apiHeaders: { 'x-version': '2' },
    healthCheck: { path: '/me' },
    judge: ({ body }) => (typeof body === 'object' && body !== null && 'dead' in body ? 'credential_dead' : 'unknown'),
    identity: () => Promise.resolve({ id: 'acme' }),
    setup: { steps: [] },
  })
  let api: Server
  let received: IncomingMessage[]
  let respond: (response: ServerResponse) => void
  beforeEach(async () => {
    received = []
    respond = (response) => response.end('{}')
    api = createServer((request, response) => {
      received.push(request)
      respond(response)
    }).listen(0, '127.0.0.1')
    await once(api, 'listening')
    await world.browser().connect('plain')
    world.intercept(async (request) => {
      const answer = await world.authpipe.handler(request)
      const address = api.address()
      const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
      return new Response(JSON.stringify({ ...((await answer.json()) as object), baseUrl }), answer)
    })
  })
  afterEach(() => {
    api.closeAllConnections()
    api.close()
  })

  it('gets the headers of its definition, and is understood by it', async () => {
    const known = world.client({ providers: [acme] })
    respond = (response) => response.writeHead(received.length === 1 ? 403 : 200).end('{"dead":true}')

    expect((await known.fetch(plain, '/x')).status).toBe(200)
    expect(received.map(({ headers }) => headers['x-version'])).toEqual(['2', '2'])
    expect(new Set(received.map(({ headers }) => headers.authorization)).size).toBe(2)
  })

  it('is judged by the status where its definition is not known', async () => {
    respond = (response) => response.writeHead(received.length === 1 ? 401 : 200).end()
    expect([(await client.fetch(plain, '/x')).status, received.length]).toEqual([200, 2])
  })

  it('gets neither the key of this service nor what its caller wrote for the credential', async () => {
    await client.fetch(plain, '/x', { headers: { authorization: 'Bearer mine', 'x-mine': '1' } })
    const { credential } = await client.getCredential(plain)

    expect(received[0]?.headers).toMatchObject({ authorization: `Bearer ${credential}`, 'x-mine': '1' })
    expect(JSON.stringify(received[0]?.headers)).not.toContain('ap_')
  })

  // SS-8
  it('is not followed where it redirects', async () => {
    respond = (response) => response.writeHead(302, { location: 'https://evil.example/' }).end()
    const response = await client.fetch(plain, '/x')

    expect([response.status, response.headers.get('location'), received.length]).toEqual([302, 'https://evil.example/', 1])
  })

  it('sets no cookies, and may compress all the same', async () => {
    respond = (response) => response.writeHead(200, { 'set-cookie': 'a=1', 'content-encoding': 'gzip' }).end(gzipSync('hello'))
    const response = await client.fetch(plain, '/x')

    expect([await response.text(), response.headers.get('set-cookie'), response.headers.get('content-encoding')]).toEqual(['hello', null, null])
    expect(received[0]?.headers['accept-encoding']).toBe('identity')
  })

  it('is cut off where it sends more than 32 MiB, however small it was on the way', async () => {
    respond = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(40_000_000)))
    await expect((await client.fetch(plain, '/x')).text()).rejects.toMatchObject({ code: 'provider_response_invalid' })
  })

  it('is unreachable where it breaks off', async () => {
    respond = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      setImmediate(() => response.destroy())
    }
    await expect(client.fetch(plain, '/x').then((response) => response.text())).rejects.toMatchObject({ code: 'provider_unreachable', retryable: true })
  })

  it('gets no body with a GET, which the fetch of a runtime would refuse', async () => {
    await expect(client.fetch(plain, '/x', { body: '{}' })).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining('A GET carries no body here') as unknown })
  })

  it('is not called in the open', async () => {
    world.intercept(async (request) => {
      const answer = await world.authpipe.handler(request)
      return new Response(JSON.stringify({ ...((await answer.json()) as object), baseUrl: 'http://acme.example' }), answer)
    })
    await expect(client.fetch(plain, '/x')).rejects.toMatchObject({ code: 'invalid_request', message: 'A credential travels by https alone, not to http://acme.example.' })
  })
})
