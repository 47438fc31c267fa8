// A client over HTTP against the real server, on both databases.
import { AuthpipeError } from '@authpipe/core'
import { sandboxAccounts } from '@authpipe/sandbox'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthpipeClient } from '../src/createAuthpipeClient.ts'
import { databases, gate, openServedWorld, secretKeys, watchLog, type ServedWorld } from './servedWorld.ts'

const question = { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' }
const [admin] = sandboxAccounts('freshdesk').filter(({ kind }) => kind === 'admin')
const freshdeskKey = { ...question, provider: 'freshdesk', credentialType: 'api_key', fields: admin?.fields ?? {}, settings: admin?.settings ?? {} } as const
const second = 1_000
const hour = 3_600_000
/** For machines that have more to do. */
const patiently = { timeout: 10_000 }

describe.each(databases)('on %s', (database) => {
  let world: ServedWorld
  let client: AuthpipeClient
  beforeEach(async () => {
    watchLog()
    world = await openServedWorld(database)
    client = world.client()
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await world.close()
  })

  /** What a failure is, as far as a caller can tell. */
  async function failureOf(work: Promise<unknown>): Promise<object> {
    const error: unknown = await work.then(
      () => {
        throw new Error('it was expected to fail')
      },
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof AuthpipeError)) throw error
    const { code, message, status, retryable, details } = error
    return { code, message, status, retryable, details }
  }

  describe('getCredential', () => {
    it('gives what the server gives in its own process', async () => {
      await world.browser().connect('plain')
      await world.authpipe.storeCredential(freshdeskKey)
      for (const query of [question, { ...question, provider: 'freshdesk' }]) {
        const [here, there] = [await client.getCredential(query), await world.authpipe.getCredential(query)]
        for (const member of ['credential', 'credentialType', 'connectionId', 'source', 'expiresAt', 'scopes', 'refreshed', 'searchParams', 'baseUrl', 'settings', 'stale'] as const) {
          expect([member, here[member]]).toEqual([member, there[member]])
        }
        expect([{ ...here.headers }, { ...here.fields }]).toEqual([{ ...there.headers }, { ...there.fields }])
      }
    })

    it.each([
      ['nothing is connected', { ...question, userId: 'nobody' }],
      ['the provider is unknown', { ...question, provider: 'nope' }],
      ['the user is missing', { provider: 'plain', tenantId: 'org_acme' }],
      ['the tenant is empty', { ...question, tenantId: '' }],
      ['the connection is somebody else\'s', { ...question, connectionId: 'none' }],
    ])('fails as the server does where %s', async (_, query) => {
      await world.browser().connect('plain')
      expect(await failureOf(client.getCredential(query))).toEqual(await failureOf(world.authpipe.getCredential(query)))
    })

    it('says why only the user can mend a connection', async () => {
      await world.browser().connect('plain')
      world.sandbox.plain.fault('token', { kind: 'answer', status: 400, body: { error: 'invalid_grant' } })
      world.clock.now += hour

      expect(await failureOf(client.getCredential(question))).toMatchObject({ code: 'needs_reauth', status: 409, details: { reason: 'grant_revoked' } })
    })

    it.each([
      ['a tenant that is no string', { ...question, tenantId: 7 }],
      ['no provider', { tenantId: 'org_acme' }],
      ['a user that is null', { ...question, userId: null }],
      ['a user that is empty', { ...question, userId: '' }],
    ])('asks nobody about %s', async (_, query) => {
      expect(await failureOf(client.getCredential(query as never))).toMatchObject({ code: 'invalid_request', status: 400 })
      expect(world.seen).toEqual([])
    })

    it('makes one request when two hundred callers ask at once', async () => {
      await world.browser().connect('plain')

      const credentials = await Promise.all(Array.from({ length: 200 }, () => client.getCredential(question)))

      expect(world.seen).toHaveLength(1)
      expect(new Set(credentials.map(({ credential }) => credential)).size).toBe(1)
    })

    // AZ-9, AZ-12
    it('makes one request for each question, and mixes up none', async () => {
      const ids = new Map<string, string>()
      for (const tenantId of ['org_a', 'org_b']) for (const userId of ['a', 'b']) ids.set(`${tenantId} ${userId}`, (await world.browser(tenantId, userId).connect('plain')).id)

      const answers = await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const [tenantId, userId] = [index % 2 ? 'org_a' : 'org_b', index % 4 < 2 ? 'a' : 'b']
          return [`${tenantId} ${userId}`, (await client.getCredential({ provider: 'plain', tenantId, userId })).connectionId] as const
        }),
      )

      for (const [whose, id] of answers) expect(id).toBe(ids.get(whose))
      expect(world.seen).toHaveLength(4)
    })

    it('answers from memory for as long as the server allows, and asks it then', async () => {
      await world.browser().connect('plain')
      await client.getCredential(question)
      world.clock.now += 2 * second
      await client.getCredential(question)
      expect(world.seen).toHaveLength(1)

      world.clock.now += 3 * second
      await client.getCredential(question)
      expect(world.seen).toHaveLength(2)
    })

    // CA-1
    it('knows of a disconnect elsewhere no later than that', async () => {
      const { id } = await world.browser().connect('plain')
      await client.getCredential(question)
      await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: id })
      world.clock.now += 5 * second

      expect(await failureOf(client.getCredential(question))).toMatchObject({ code: 'connection_not_found' })
    })

    it('is stricter where it is told to be, and never laxer than the server', async () => {
      await world.browser().connect('plain')
      const [strict, lax] = [world.client({ cache: { maxStaleMs: 1_000 } }), world.client({ cache: { maxStaleMs: 60_000 } })]
      for (const one of [strict, lax]) await one.getCredential(question)
      world.clock.now += 1 * second
      for (const one of [strict, lax]) await one.getCredential(question)
      expect(world.seen).toHaveLength(3)

      world.clock.now += 4 * second
      await lax.getCredential(question)
      expect(world.seen).toHaveLength(4)
    })

    it('renews behind the back of its caller what is half as old as it may be, so that nobody waits', async () => {
      await world.browser().connect('plain')
      const { connectionId } = await client.getCredential(question)
      const held = gate()
      world.intercept(async () => {
        await held.opened
        return undefined
      })
      world.clock.now += 3 * second

      const meanwhile = await Promise.all(Array.from({ length: 50 }, () => client.getCredential(question)))
      await vi.waitFor(() => expect(world.seen).toHaveLength(2), patiently)
      held.open()

      expect(meanwhile.every((one) => one.connectionId === connectionId && !one.stale)).toBe(true)
      // What came counts from when it was asked for.
      await vi.waitFor(async () => {
        world.clock.now += 4 * second
        await client.getCredential(question)
        expect(world.seen.length).toBeGreaterThan(2)
      })
    })

    it('keeps nothing that the clock was set back before', async () => {
      await world.browser().connect('plain')
      await client.getCredential(question)
      world.clock.now -= 60 * second

      await client.getCredential(question)

      expect(world.seen).toHaveLength(2)
    })

    it('gives nobody a token that ends within five seconds without asking for a new one', async () => {
      await world.browser().connect('plain')
      const before = await client.getCredential(question)
      world.clock.now += hour - 7 * second
      const hold = world.sandbox.plain.hold('token')
      expect((await client.getCredential(question)).credential).toBe(before.credential)
      world.clock.now += 2 * second

      const asking = client.getCredential(question)
      await vi.waitFor(() => expect(world.seen).toHaveLength(3), patiently)
      hold.release()

      expect((await asking).credential).not.toBe(before.credential)
      expect(world.seen).toHaveLength(3)
    })

    it('says of a new token that its caller had to wait for it, and of the same one from memory that nobody had', async () => {
      await world.browser().connect('plain')
      world.clock.now += hour

      expect([(await client.getCredential(question)).refreshed, (await client.getCredential(question)).refreshed]).toEqual([true, false])
    })

    it('takes a new token by force, once for all who force at the same time, and remembers it', async () => {
      await world.browser().connect('plain')
      const before = await client.getCredential(question)
      world.clock.now += 2 * second

      const forced = await Promise.all(Array.from({ length: 20 }, () => client.getCredential({ ...question, forceRefresh: true })))

      expect(new Set(forced.map(({ credential }) => credential)).size).toBe(1)
      expect(forced[0]?.credential).not.toBe(before.credential)
      expect((await client.getCredential(question)).credential).toBe(forced[0]?.credential)
      expect([world.sandbox.plain.tokenRequests(), world.seen.length]).toEqual([2, 2])
    })

    it('asks again about the token that it holds also where no new one can be had by force', async () => {
      await world.browser().connect('plain')
      const one = world.client({ deadlineMs: 1_000 })
      await one.getCredential(question)
      world.intercept(() => new Response('{"code":"provider_rate_limited","retryable":true,"details":{"retryAfterSeconds":60}}', { status: 503, headers: { 'content-type': 'application/problem+json' } }))
      await failureOf(one.getCredential({ ...question, forceRefresh: true }))
      world.intercept(undefined)
      world.clock.now += 6 * second

      expect((await one.getCredential(question)).stale).toBe(false)
      expect(world.seen).toHaveLength(3)
    })

    // CA-8
    it('lets no late answer put an older token back', async () => {
      await world.browser().connect('plain')
      let delivered = 0
      client = world.client({
        fetch: async (input, init) => {
          const response = await fetch(input, init)
          const text = await response.text()
          delivered += 1
          return new Response(text, response)
        },
      })
      await client.getCredential(question)
      const [made, held] = [gate(), gate()]
      world.intercept(async (request) => {
        if (((await request.clone().json()) as { forceRefresh?: boolean }).forceRefresh) return undefined
        const answer = await world.authpipe.handler(request)
        made.open()
        await held.opened
        return answer
      })
      world.clock.now += 3 * second
      // Begins a renewal, whose answer is made and comes late.
      await client.getCredential(question)
      await made.opened
      const { credential } = await client.getCredential({ ...question, forceRefresh: true })
      held.open()
      await vi.waitFor(() => expect(delivered).toBe(3), patiently)
      // What remains to be done with it takes no more than promises.
      await nextTurn()

      expect((await client.getCredential(question)).credential).toBe(credential)
    })

    it('remembers each way to ask apart', async () => {
      const { id } = await world.browser().connect('plain')
      await world.authpipe.storeCredential({ provider: 'plain', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 'whsec' } })
      const ways = [question, { ...question, connectionId: id }, { ...question, credentialType: 'oauth_token' as const }, { ...question, credentialFor: 'user' as const }, { provider: 'plain', tenantId: 'org_acme', credentialType: 'webhook_secret' as const }]
      for (const way of [...ways, ...ways]) await client.getCredential(way)

      expect(world.seen).toHaveLength(ways.length)
      expect((await client.getCredential({ provider: 'plain', tenantId: 'org_acme', credentialType: 'webhook_secret' })).credential).toBe('whsec')
    })

    it('forgets what is read least where it may not keep more', async () => {
      const users = ['a', 'b', 'c', 'd', 'e']
      for (const userId of users) await world.browser('org_acme', userId).connect('plain')
      const small = world.client({ cache: { maxEntries: 2 } })
      for (const userId of users) await small.getCredential({ ...question, userId })
      expect(world.seen).toHaveLength(5)

      await small.getCredential({ ...question, userId: 'e' })
      expect(world.seen).toHaveLength(5)
      await small.getCredential({ ...question, userId: 'a' })
      expect(world.seen).toHaveLength(6)
    })

    it('ends the wait of one caller by its signal, and of nobody else', async () => {
      await world.browser().connect('plain')
      const held = gate()
      world.intercept(async () => {
        await held.opened
        return undefined
      })
      const abort = new AbortController()
      const waiting = [client.getCredential(question, { signal: abort.signal }), client.getCredential(question)] as const
      await vi.waitFor(() => expect(world.seen).toHaveLength(1), patiently)
      abort.abort(new Error('no longer needed'))

      await expect(waiting[0]).rejects.toThrow('no longer needed')
      held.open()
      expect((await waiting[1]).credentialType).toBe('oauth_token')
      expect(world.seen).toHaveLength(1)
    })

    it('asks nobody for a caller who gave up before', async () => {
      await expect(client.getCredential(question, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
      expect(world.seen).toEqual([])
    })
  })

  describe('while the server is down', () => {
    it('a credential that is held goes on being served and says that it is stale, until the server is back', async () => {
      await world.browser().connect('plain')
      const before = await client.getCredential(question)
      expect(before.stale).toBe(false)
      await world.goDown()
      world.clock.now += 6 * second

      const meanwhile = await client.getCredential(question)
      expect([meanwhile.credential, meanwhile.stale]).toEqual([before.credential, true])

      await world.comeBack()
      world.clock.now += 6 * second
      const after = await client.getCredential(question)
      expect([after.credential, after.stale]).toEqual([before.credential, false])
    })

    it('the server is not asked again for each of the callers', async () => {
      await world.browser().connect('plain')
      await client.getCredential(question)
      let tries = 0
      world.intercept(() => {
        tries += 1
        return new Response('Bad gateway', { status: 502 })
      })
      world.clock.now += 6 * second

      for (let time = 0; time < 200; time += 1) expect((await client.getCredential(question)).stale).toBe(true)

      expect(tries).toBe(1)
    })

    it.each([
      ['five minutes', {}, 299, 301],
      ['the time that was set', { cache: { maxOutageMs: 60_000 } }, 59, 61],
    ])('a held credential is served for no longer than %s', async (_, options, before, after) => {
      await world.browser().connect('plain')
      const one = world.client({ ...options, deadlineMs: 1_000 })
      await one.getCredential(question)
      await world.goDown()
      world.clock.now += before * second
      expect((await one.getCredential(question)).stale).toBe(true)

      world.clock.now += (after - before) * second
      expect(await failureOf(one.getCredential(question))).toMatchObject({ code: 'network_error', retryable: true, message: `The Authpipe server at ${world.url} could not be reached. Try again.` })
    })

    it('none is served where that is not wanted', async () => {
      await world.browser().connect('plain')
      const strict = world.client({ cache: { maxOutageMs: 0 }, deadlineMs: 1_000 })
      await strict.getCredential(question)
      await world.goDown()
      world.clock.now += 5 * second

      expect(await failureOf(strict.getCredential(question))).toMatchObject({ code: 'network_error' })
    })

    // CA-5
    it('none is served past its end', async () => {
      await world.browser().connect('plain')
      world.clock.now += hour - 60 * second
      world.sandbox.plain.fault('token', { kind: 'answer', status: 503, body: 'busy' }, { times: 9 })
      const one = world.client({ deadlineMs: 1_000 })
      await one.getCredential(question)
      await world.goDown()
      world.clock.now += 59 * second
      expect((await one.getCredential(question)).stale).toBe(true)

      world.clock.now += 1 * second
      expect(await failureOf(one.getCredential(question))).toMatchObject({ code: 'network_error' })
    })

    it('none is served by force', async () => {
      await world.browser().connect('plain')
      const one = world.client({ deadlineMs: 1_000 })
      await one.getCredential(question)
      await world.goDown()

      expect(await failureOf(one.getCredential({ ...question, forceRefresh: true }))).toMatchObject({ code: 'network_error' })
      expect((await one.getCredential(question)).stale).toBe(false)
    })

    // CA-6
    it('who holds nothing waits for it to come back', async () => {
      await world.browser().connect('plain')
      await world.goDown()
      const waiting = Promise.all(Array.from({ length: 50 }, () => client.getCredential(question)))
      await world.comeBack()

      expect(new Set((await waiting).map(({ connectionId }) => connectionId)).size).toBe(1)
      expect(world.seen).toHaveLength(1)
    })

    it('a late caller has all of its own time', async () => {
      await world.browser().connect('plain')
      const one = world.client({ deadlineMs: 3_000 })
      const held = gate()
      world.intercept(async () => {
        if (world.seen.length === 2) await held.opened
        return world.seen.length > 2 ? undefined : new Response('', { status: 503, headers: { 'retry-after': '2' } })
      })
      const early = one.getCredential(question)
      early.catch(() => undefined)
      await vi.waitFor(() => expect(world.seen).toHaveLength(2), { timeout: 5_000 })
      const late = one.getCredential(question)
      held.open()

      await expect(early).rejects.toMatchObject({ code: 'network_error', status: 503 })
      expect((await late).credentialType).toBe('oauth_token')
      expect(world.seen).toHaveLength(3)
    })

    it.each([
      ['answers 500', () => new Response('{"code":"internal_error","detail":"x"}', { status: 500, headers: { 'content-type': 'application/problem+json' } })],
      ['has no database', () => new Response('{"code":"store_unavailable","retryable":true}', { status: 503, headers: { 'content-type': 'application/problem+json' } })],
      ['limits requests', () => new Response('{"code":"rate_limited","retryable":true,"details":{"retryAfterSeconds":60}}', { status: 429, headers: { 'content-type': 'application/problem+json' } })],
      ['is replaced by a page of somebody else', () => new Response('<html>', { status: 404, headers: { 'content-type': 'text/html' } })],
      ['is replaced by a page that calls itself fine', () => new Response('<html>', { status: 200, headers: { 'content-type': 'text/html' } })],
      ['answers half', () => new Response('{"credential":"CAN', { status: 200, headers: { 'content-type': 'application/json' } })],
    ])('in that it %s, a held credential is served all the same', async (_, answer) => {
      await world.browser().connect('plain')
      await client.getCredential(question)
      world.intercept(answer)
      world.clock.now += 6 * second

      expect((await client.getCredential(question)).stale).toBe(true)
    })

    it('in that it hangs, a held credential is served after two seconds, and at once to who comes later', async () => {
      await world.browser().connect('plain')
      await client.getCredential(question)
      const held = gate()
      world.intercept(async () => {
        await held.opened
        return undefined
      })
      world.clock.now += 6 * second

      const began = performance.now()
      expect((await client.getCredential(question)).stale).toBe(true)
      const waited = performance.now() - began
      expect((await client.getCredential(question)).stale).toBe(true)
      const waitedLater = performance.now() - began - waited
      held.open()

      expect(waited).toBeGreaterThan(1_900)
      expect(waited).toBeLessThan(5_000)
      expect(waitedLater).toBeLessThan(1_900)
      expect(world.seen).toHaveLength(2)
    })
  })

  describe('the word of the server', () => {
    it.each([
      ['that the key is none of its keys any more', 401, 'unauthenticated'],
      ['that nothing is connected', 404, 'connection_not_found'],
      ['that only the user can mend it', 409, 'needs_reauth'],
      ['that the provider refuses the account', 422, 'credential_rejected'],
    ])('%s ends what is held', async (_, status, code) => {
      await world.browser().connect('plain')
      const one = world.client({ deadlineMs: 1_000 })
      await one.getCredential(question)
      world.intercept(() => new Response(JSON.stringify({ code, detail: 'x' }), { status, headers: { 'content-type': 'application/problem+json' } }))
      world.clock.now += 5 * second
      expect(await failureOf(one.getCredential(question))).toMatchObject({ code, status })
      await world.goDown()

      expect(await failureOf(one.getCredential(question))).toMatchObject({ code: 'network_error' })
    })
  })

  describe('retries', () => {
    const problem = (status: number, body: object): Response => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json' } })

    it('are made while the server is in trouble and there is time', async () => {
      await world.browser().connect('plain')
      const troubles = [problem(503, { code: 'store_unavailable', retryable: true }), new Response('', { status: 502 }), problem(502, { code: 'refresh_failed', retryable: true })]
      world.intercept(() => troubles.shift())

      expect((await client.getCredential(question)).stale).toBe(false)
      expect(world.seen).toHaveLength(4)
    })

    it.each([
      ['its problem', problem.bind(undefined, 503, { code: 'provider_unreachable', retryable: true, details: { retryAfterSeconds: 1 } })],
      ['what stands before it', () => new Response('', { status: 429, headers: { 'retry-after': '1' } })],
    ])('wait as long as %s asks', async (_, trouble) => {
      await world.browser().connect('plain')
      const troubles = [trouble()]
      world.intercept(() => troubles.shift())
      const began = performance.now()
      await client.getCredential(question)

      expect(performance.now() - began).toBeGreaterThan(990)
    })

    it('are not made where that would take longer than the caller waits', async () => {
      world.intercept(() => problem(503, { code: 'provider_rate_limited', retryable: true, detail: 'Wait.', details: { retryAfterSeconds: 31 } }))

      expect(await failureOf(client.getCredential(question))).toEqual({ code: 'provider_rate_limited', status: 503, retryable: true, message: 'Wait.', details: { retryAfterSeconds: 31 } })
      expect(world.seen).toHaveLength(1)
    })

    it.each([
      ['a refusal', () => problem(404, { code: 'connection_not_found' })],
      ['a fault of the server', () => problem(500, { code: 'internal_error' })],
      ['a page', () => new Response('<html>', { status: 404 })],
    ])('are not made after %s', async (_, answer) => {
      world.intercept(answer)
      await failureOf(client.getCredential(question))
      expect(world.seen).toHaveLength(1)
    })

    it('end with the last failure when the time is over', async () => {
      world.intercept(() => problem(503, { code: 'store_unavailable', retryable: true, detail: 'No database.' }))
      const one = world.client({ deadlineMs: 700 })

      expect(await failureOf(one.getCredential(question))).toMatchObject({ code: 'store_unavailable', message: 'No database.' })
      expect(world.seen.length).toBeGreaterThan(1)
    })

    it('are told apart from a server that does not answer at all', async () => {
      const held = gate()
      world.intercept(async () => {
        await held.opened
        return undefined
      })
      expect(await failureOf(world.client({ deadlineMs: 200 }).getCredential(question))).toMatchObject({ code: 'network_error', retryable: true, message: expect.stringMatching(/did not answer/) as unknown })
      held.open()
    })
  })

  describe('secret keys', () => {
    it('are good while they are listed: the old one and the new one, and then the new one alone', async () => {
      await world.browser().connect('plain')
      const [oldKey, newKey] = [world.client({ secretKey: secretKeys[1] }), world.client({ secretKey: secretKeys[0] })]
      for (const one of [oldKey, newKey]) expect((await one.getCredential(question)).credentialType).toBe('oauth_token')

      // The same engine with newer options, as after a deployment.
      await world.another({ secretKeys: secretKeys[0] }).ready()
      world.clock.now += 5 * second

      expect((await newKey.getCredential(question)).stale).toBe(false)
      expect(await failureOf(oldKey.getCredential(question))).toMatchObject({ code: 'unauthenticated', status: 401 })
    })

    it('travel to the server and no further: a redirect is not followed', async () => {
      world.intercept(() => new Response(null, { status: 307, headers: { location: 'https://evil.example/credentials' } }))

      expect(await failureOf(client.getCredential(question))).toMatchObject({
        code: 'invalid_configuration',
        message: `${world.url} redirects (HTTP 307), and the secret key is sent nowhere else. Set "baseUrl" to where the routes are mounted.`,
      })
    })
  })

  describe('storeCredential', () => {
    it('stores what the server would, and everybody who reads afterwards has it', async () => {
      await client.storeCredential({ ...freshdeskKey, verify: false, fields: { apiKey: 'an-older-key-000' } })
      const query = { ...question, provider: 'freshdesk' }
      expect((await client.getCredential(query)).credential).toBe('an-older-key-000')

      const connection = await client.storeCredential({ ...freshdeskKey, verify: false })

      expect((await client.getCredential(query)).credential).toBe(admin?.fields.apiKey)
      expect(connection).toEqual(await world.authpipe.getConnection({ tenantId: 'org_acme', connectionId: connection.id }))
    })

    it.each([
      ['keeps no answer that was asked for before it', false],
      ['lets nobody wait for one', true],
    ])('%s', async (_, isAskedMeanwhile) => {
      await client.storeCredential({ ...freshdeskKey, verify: false, fields: { apiKey: 'an-older-key-000' } })
      const query = { ...question, provider: 'freshdesk' }
      const [made, held] = [gate(), gate()]
      world.intercept(async (request) => {
        if (request.method !== 'POST') return undefined
        const answer = await world.authpipe.handler(request)
        made.open()
        await held.opened
        return answer
      })
      const early = client.getCredential(query)
      await made.opened
      await client.storeCredential({ ...freshdeskKey, verify: false })
      world.intercept(undefined)

      const late = isAskedMeanwhile ? client.getCredential(query) : undefined
      held.open()

      expect((await early).credential).toBe('an-older-key-000')
      for (const one of [late ?? client.getCredential(query), client.getCredential(query)]) expect((await one).credential).toBe(admin?.fields.apiKey)
    })

    it('fails as the server does', async () => {
      const wrong = { ...freshdeskKey, fields: { apiKey: 'wrong-key-0123456789' } }
      expect(await failureOf(client.storeCredential(wrong))).toEqual(await failureOf(world.authpipe.storeCredential(wrong)))
    })

    it('tries again while the server is down', async () => {
      await world.goDown()
      const storing = client.storeCredential({ ...freshdeskKey, verify: false })
      await world.comeBack()

      expect((await storing).credentialType).toBe('api_key')
    })

    it('ends by the signal of its caller', async () => {
      await world.goDown()
      await expect(client.storeCredential(freshdeskKey, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'TimeoutError' })
    })
  })

  describe('listEvents', () => {
    async function makeEvents(): Promise<void> {
      for (const userId of ['a', 'b', 'c']) {
        const { id } = await world.browser('org_acme', userId).connect('plain')
        await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: id })
      }
    }

    it('gives a page where it is awaited, and the next one by its cursor', async () => {
      await makeEvents()
      const first = await client.listEvents({ limit: 4 })
      const rest = await client.listEvents({ limit: 4, ...(first.nextCursor === undefined ? {} : { cursor: first.nextCursor }) })

      expect([first.events.length, rest.events.length, rest.nextCursor]).toEqual([4, 2, undefined])
      expect([...first.events, ...rest.events].map(({ type, userId }) => `${type} ${userId}`)).toEqual(['c', 'b', 'a'].flatMap((userId) => [`connection.revoked ${userId}`, `connection.created ${userId}`]))
    })

    it('gives every event where it is iterated, and asks for no more pages than are read', async () => {
      await makeEvents()
      const ids: string[] = []
      for await (const { id } of client.listEvents({ limit: 2 })) ids.push(id)
      expect([new Set(ids).size, world.seen.length]).toEqual([6, 3])

      for await (const _ of client.listEvents({ limit: 2 })) break
      expect(world.seen).toHaveLength(4)
    })

    it('asks nobody until it is used', () => {
      client.listEvents()
      expect(world.seen).toEqual([])
    })

    it('fails as the server says', async () => {
      await expect(client.listEvents({ cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_request', message: 'The cursor must be the "nextCursor" of an earlier answer.' })
    })
  })

  describe('close', () => {
    it('ends what waits, forgets what is held, and lets a later call ask anew', async () => {
      await world.browser().connect('plain')
      await client.getCredential(question)
      const held = gate()
      world.intercept(async () => {
        await held.opened
        return undefined
      })
      const waiting = [client.getCredential({ ...question, forceRefresh: true }), client.storeCredential(freshdeskKey), client.listEvents().then(() => undefined)]
      for (const one of waiting) one.catch(() => undefined)
      await vi.waitFor(() => expect(world.seen).toHaveLength(4), patiently)
      client.close()

      for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'network_error', message: 'The Authpipe client was closed while it waited for its server.' })
      held.open()
      world.intercept(undefined)
      await client.getCredential(question)
      expect(world.seen).toHaveLength(5)
    })
  })
})
