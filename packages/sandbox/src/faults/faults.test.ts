import { once } from 'node:events'
import { createConnection } from 'node:net'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App, tokens } from '../../test/App.ts'
import { startSandbox, type Sandbox } from '../index.ts'

let sandbox: Sandbox
let app: App
beforeAll(async () => {
  sandbox = await startSandbox()
  app = new App(sandbox, 'plain')
})
beforeEach(() => sandbox.reset())
afterAll(() => sandbox.close())

const raw = (refreshToken: string, init: RequestInit = {}): Promise<Response> =>
  fetch(String(app.endpoints.tokenEndpoint), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: app.client.clientId,
      client_secret: app.client.clientSecret,
    }),
    ...init,
  })

/** How many bytes a body holds once inflated. */
async function bytesOf(response: Response): Promise<number> {
  let bytes = 0
  for await (const chunk of response.body ?? []) bytes += chunk.byteLength
  return bytes
}

describe('fault', () => {
  it('answers as told, and does not do the work', async () => {
    const { refreshToken } = await app.connect()
    sandbox.plain.fault('token', { kind: 'answer', status: 503, headers: { 'Retry-After': '7' }, body: { error: 'busy' } })

    const failed = await raw(refreshToken)

    expect([failed.status, failed.headers.get('retry-after'), await failed.json()]).toEqual([503, '7', { error: 'busy' }])
    expect((await app.refresh(refreshToken)).status).toBe(200)
  })

  it('answers text as HTML unless a type is given', async () => {
    sandbox.plain.fault('token', { kind: 'answer', status: 200, body: '<h1>Sign in</h1>' })
    sandbox.plain.fault('token', { kind: 'answer', status: 200, headers: { 'Content-Type': 'application/json' }, body: '{' })

    const [page, garbage] = [await raw('any'), await raw('any')]

    expect([page.headers.get('content-type'), await page.text()]).toEqual(['text/html; charset=utf-8', '<h1>Sign in</h1>'])
    expect([garbage.headers.get('content-type'), await garbage.text()]).toEqual(['application/json', '{'])
  })

  it('does the work first when told', async () => {
    const { refreshToken } = await app.connect()
    sandbox.plain.fault('token', { kind: 'answer', status: 502, processFirst: true })

    expect((await raw(refreshToken)).status).toBe(502)
    expect(sandbox.plain.rotationLedger().map(({ event }) => event)).toEqual(['granted', 'refreshed'])
  })

  it.each([301, 302, 303, 307, 308] as const)('redirects by %i', async (status) => {
    sandbox.plain.fault('token', { kind: 'redirect', status, location: 'http://127.0.0.1:9/elsewhere' })

    const response = await raw('any')

    expect([response.status, response.headers.get('location')]).toEqual([status, 'http://127.0.0.1:9/elsewhere'])
  })

  it.each([['3600'], [3600.7], [0], [-5], [1e20], ['abc'], [null], [[]], [{}], [true]])('amends the true answer with expires_in %j', async (value) => {
    const { refreshToken } = await app.connect()
    sandbox.plain.fault('token', { kind: 'amend', members: { expires_in: value }, without: ['scope'] })

    const { body } = await app.refresh(refreshToken)

    expect(body.expires_in).toEqual(value)
    expect(body).not.toHaveProperty('scope')
    expect(body.access_token).toContain('plain_at')
  })

  it('can add a member named __proto__', async () => {
    const { refreshToken } = await app.connect()
    sandbox.plain.fault('token', { kind: 'amend', members: JSON.parse('{"__proto__":{"polluted":true}}') })

    expect(await (await raw(refreshToken)).text()).toContain('"__proto__":{"polluted":true}')
  })

  it('sends more than anybody should read', async () => {
    sandbox.plain.fault('token', { kind: 'oversized', bytes: 3_000_000 })

    expect(await bytesOf(await raw('any'))).toBeGreaterThan(3_000_000)
  })

  it('survives a reader that hangs up', async () => {
    sandbox.plain.fault('token', { kind: 'oversized' })
    const response = await raw('any')
    await response.body?.cancel()

    expect((await app.refresh('unknown')).status).toBe(400)
  })

  it('sends little that inflates to much', async () => {
    sandbox.plain.fault('token', { kind: 'gzip_bomb', bytes: 20_000_000 })

    const response = await raw('any')

    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(await bytesOf(response)).toBe(20_000_000)
  })

  it('trickles the true answer byte by byte', async () => {
    const { refreshToken } = await app.connect()
    sandbox.plain.fault('token', { kind: 'trickle', intervalMs: 0, processFirst: true })

    expect(await (await raw(refreshToken)).json()).toMatchObject({ token_type: 'Bearer' })
  })

  it('drops the connection before the work', async () => {
    const { refreshToken } = await app.connect()
    sandbox.plain.fault('token', { kind: 'drop' })

    await expect(raw(refreshToken)).rejects.toThrow('fetch failed')
    expect((await app.refresh(refreshToken)).status).toBe(200)
  })

  it('drops the connection after the work', async () => {
    const { refreshToken } = await app.connect()
    sandbox.plain.fault('token', { kind: 'drop', processFirst: true })

    await expect(raw(refreshToken)).rejects.toThrow('fetch failed')
    expect((await app.refresh(refreshToken)).status).toBe(400)
  })

  it('fails as often as told, then faults in their order, then no more', async () => {
    const { refreshToken } = await app.connect()
    sandbox.plain.fault('token', { kind: 'answer', status: 504 }, { times: 0 })
    sandbox.plain.fault('token', { kind: 'answer', status: 500 }, { times: 2 })
    sandbox.plain.fault('token', { kind: 'answer', status: 502 })

    const statuses = []
    for (let time = 0; time < 4; time += 1) statuses.push((await raw(refreshToken)).status)

    expect(statuses).toEqual([500, 500, 502, 200])
  })

  it('tells how many requests it is still for, and can be taken back', async () => {
    const { refreshToken } = await app.connect()
    const fault = sandbox.plain.fault('token', { kind: 'answer', status: 500 }, { times: 3 })

    expect((await raw(refreshToken)).status).toBe(500)
    expect(fault.left).toBe(2)
    fault.withdraw()
    expect(fault.left).toBe(0)
    expect((await app.refresh(refreshToken)).status).toBe(200)
  })

  it('spares the other endpoints', async () => {
    sandbox.plain.fault('api', { kind: 'answer', status: 500 }, { times: Infinity })

    expect((await app.exchange(await app.code())).status).toBe(200)
    expect((await fetch(`${app.endpoints.apiBaseUrl}/me`)).status).toBe(500)
  })

  it('acts on revocation too', async () => {
    sandbox.plain.fault('revocation', { kind: 'answer', status: 503 })

    expect((await fetch(String(app.endpoints.revocationEndpoint), { method: 'POST' })).status).toBe(503)
  })
})

describe('hold', () => {
  it('keeps requests from their work until it is released', async () => {
    const { refreshToken } = await app.connect()
    const hold = sandbox.plain.hold('token')
    const both = Promise.all([app.refresh(refreshToken), app.refresh('unknown')])
    await hold.arrived(2)

    expect(hold.count).toBe(2)
    expect(sandbox.plain.tokenRequests()).toBe(3)
    expect(sandbox.plain.rotationLedger().map(({ event }) => event)).toEqual(['granted'])
    hold.release()

    expect((await both).map(({ status }) => status)).toEqual([200, 400])
  })

  it('keeps answers back after the work', async () => {
    const { refreshToken } = await app.connect()
    const hold = sandbox.plain.hold('token', 'after')
    const held = app.refresh(refreshToken)
    await hold.arrived(1)

    expect(sandbox.plain.rotationLedger().map(({ event }) => event)).toEqual(['granted', 'refreshed'])
    sandbox.plain.release('token')

    expect(tokens(await held).accessToken).toContain('plain_at')
  })

  it('stops as many requests as told, and then comes the next hold', async () => {
    const { refreshToken } = await app.connect()
    const first = sandbox.plain.hold('token', 'before', { requests: 1 })
    const second = sandbox.plain.hold('token', 'before', { requests: 1 })
    const one = app.refresh('one')
    await first.arrived(1)
    const other = app.refresh('other')
    await second.arrived(1)

    expect((await app.refresh(refreshToken)).status).toBe(200)
    second.release()
    expect((await other).status).toBe(400)
    first.release()
    expect((await one).status).toBe(400)
  })

  it('takes a fault that is given while it waits', async () => {
    const hold = sandbox.plain.hold('token')
    const held = raw('any')
    await hold.arrived(1)
    sandbox.plain.fault('token', { kind: 'answer', status: 500 })
    hold.release()

    expect((await held).status).toBe(500)
  })

  it('survives a caller that gives up', async () => {
    const { refreshToken } = await app.connect()
    const abort = new AbortController()
    const hold = sandbox.plain.hold('token')
    const held = raw(refreshToken, { signal: abort.signal })
    await hold.arrived(1)
    abort.abort()
    await expect(held).rejects.toThrow('aborted')
    hold.release()

    expect((await app.refresh('unknown')).status).toBe(400)
  })

  it('does not keep the sandbox from closing', async () => {
    const own = await startSandbox()
    const hold = own.plain.hold('token')
    const socket = createConnection(Number(new URL(own.url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('POST /plain/token HTTP/1.1\r\nhost: sandbox\r\ncontent-length: 0\r\n\r\n')
    await hold.arrived(1)
    const closed = once(socket, 'close')

    await own.close()

    await expect(closed).resolves.toBeDefined()
  })
})
