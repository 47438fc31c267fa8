// Rows HC of the attack catalogue where many connections fail at once: the provider is down, or we are cut off, and no user is asked.
import { freshdesk, freshservice, livechat } from '@authpipe/core/providers'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest'
import type { AuthpipeOptions } from '../src/config.ts'
import type { Authpipe } from '../src/createAuthpipe.ts'
import type { Lookup } from '../src/outboundFetch.ts'
import { storeKeys } from './storeKeys.ts'
import { openWorld, plain, type World } from './world.ts'

const minute = 60_000
const hour = 60 * minute

let world: World
let stderr: MockInstance<typeof process.stderr.write>
beforeEach(async () => {
  stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  // All keys are of one helpdesk, whose limit is not what these tests are about.
  world = await openWorld({ options: { health: { rateShare: 1 } } })
})
afterEach(async () => {
  await world.close()
  stderr.mockRestore()
})

const elsewhere = (port: number, options: Partial<AuthpipeOptions> = {}): Authpipe => world.another({ baseUrl: `http://localhost:${port}/api/authpipe`, ...options })

/** How many connections of `org_0` and so on are in each state. */
async function states(count: number, authpipe = world.authpipe): Promise<Record<string, number>> {
  const connections = (await Promise.all(Array.from({ length: count }, (_, index) => authpipe.listConnections({ tenantId: `org_${index}` })))).flat()
  const counted: Record<string, number> = {}
  for (const { status, health } of connections) counted[`${status} ${health.state}`] = (counted[`${status} ${health.state}`] ?? 0) + 1
  return counted
}

const eventsOf = (...types: string[]): string[] => world.events.map(({ type }) => type).filter((type) => types.includes(type))
const logged = (): string[] => stderr.mock.calls.map(([line]) => String(line))

async function pass(ms: number, authpipe = world.authpipe): Promise<void> {
  world.clock.now += ms
  await authpipe.maintain()
}

const outages = [
  ['500', { kind: 'answer', status: 500, body: '{}' }],
  ['a page', { kind: 'answer', status: 200, body: '<html>Back soon</html>' }],
  ['a refusal of every key', { kind: 'answer', status: 401, body: { code: 'invalid_credentials' } }],
  ['a ban of every account', { kind: 'answer', status: 403, body: { code: 'account_suspended' } }],
  ['404, as if the check itself were wrong', { kind: 'answer', status: 404, body: '' }],
  ['cutting the connection', { kind: 'drop' }],
] as const

describe('a provider that answers every check by', () => {
  // HC-3, HC-4, HC-6
  it.each(outages)('%s is taken for down: nobody is asked, one event tells it, and it comes back by itself', { timeout: 20_000 }, async (_, fault) => {
    const count = 14
    await storeKeys(world, count)
    world.sandbox.freshdesk.fault('api', fault, { times: Infinity })

    await pass(6.5 * hour)
    const atFirst = await states(count)
    for (let step = 0; step < 4; step += 1) await pass(30 * minute)
    const twoHoursLater = await states(count)
    const probes = world.sandbox.freshdesk.apiRequests()
    for (let step = 0; step < 5; step += 1) await pass(minute)
    const probesInFiveMinutes = world.sandbox.freshdesk.apiRequests() - probes
    world.sandbox.freshdesk.faults.reset()
    for (let step = 0; step < 8; step += 1) await pass(10 * minute)

    expect(Object.keys(atFirst).every((state) => state.startsWith('active'))).toBe(true)
    expect(twoHoursLater).toEqual(atFirst)
    expect(eventsOf('connection.needs_reauth', 'connection.failed', 'connection.recovered')).toEqual([])
    expect(eventsOf('provider.outage', 'provider.recovered')).toEqual(['provider.outage', 'provider.recovered'])
    // Five each minute, however many connections there are.
    expect(probesInFiveMinutes).toBeLessThanOrEqual(25)
    expect(await states(count)).toEqual({ 'active healthy': count })
  })
})

describe('the breaker of a provider', () => {
  const refusal = { kind: 'answer', status: 401, body: { code: 'invalid_credentials' } } as const

  // HC-3
  it('puts what was decided before it opened to another check, and undoes it', { timeout: 20_000 }, async () => {
    await storeKeys(world, 4)
    world.sandbox.freshdesk.fault('api', refusal, { times: Infinity })
    await pass(6.5 * hour)
    await pass(6 * minute)
    const before = await states(4)
    // Others are connected in a moment of calm, and meet the outage as their first checks come due.
    world.sandbox.freshdesk.faults.reset()
    await storeKeys(world, 20, { from: 4 })
    world.sandbox.freshdesk.fault('api', refusal, { times: Infinity })
    for (let step = 0; step < 12; step += 1) await pass(10 * minute)
    const told = eventsOf('provider.outage')
    world.sandbox.freshdesk.faults.reset()
    for (let step = 0; step < 12; step += 1) await pass(5 * minute)

    expect(before).toEqual({ 'needs_reauth degraded': 4 })
    expect(told).toEqual(['provider.outage'])
    expect(eventsOf('provider.recovered')).toEqual(['provider.recovered'])
    expect(await states(24)).toEqual({ 'active healthy': 24 })
    expect(eventsOf('connection.recovered')).toHaveLength(eventsOf('connection.needs_reauth').length)
  })

  it('is not opened by one key that is dead, nor kept from ending it', { timeout: 20_000 }, async () => {
    const [dead = ''] = await storeKeys(world, 3)
    const [connection] = await world.authpipe.listConnections({ tenantId: 'org_0' })
    const replaced = { provider: 'freshdesk', tenantId: 'org_0', userId: 'user_1', credentialType: 'api_key', settings: { ...connection?.settings }, fields: { apiKey: 'revoked-by-its-agent' }, verify: false } as const
    const bad = await world.authpipe.storeCredential(replaced)
    for (let step = 0; step < 40; step += 1) await pass(3 * hour)

    expect(bad.id).not.toBe(dead)
    expect(await world.authpipe.getConnection({ tenantId: 'org_0', connectionId: bad.id })).toMatchObject({ status: 'needs_reauth', statusReason: 'credential_rejected' })
    expect(eventsOf('provider.outage')).toEqual([])
    expect(eventsOf('connection.needs_reauth')).toHaveLength(1)
  })

  it('is the same for every server: one opens it, another one holds back, a third one closes it, each told once', { timeout: 20_000 }, async () => {
    await storeKeys(world, 24)
    const [one, other, third] = [elsewhere(3001), elsewhere(3002), elsewhere(3003)]
    world.sandbox.freshdesk.fault('api', refusal, { times: Infinity })
    await pass(6.5 * hour, one)
    const before = world.sandbox.freshdesk.apiRequests()
    world.clock.now += 6 * minute
    await Promise.all([one.maintain(), other.maintain(), third.maintain()])
    const tried = world.sandbox.freshdesk.apiRequests() - before
    world.sandbox.freshdesk.faults.reset()
    for (let step = 0; step < 6; step += 1) await pass(10 * minute, third)
    await world.authpipe.maintain()

    expect(tried).toBeLessThanOrEqual(5)
    expect(eventsOf('provider.outage', 'provider.recovered')).toEqual(['provider.outage', 'provider.recovered'])
    expect(await states(24)).toEqual({ 'active healthy': 24 })
  })

  it('tells of the provider, and of no tenant', async () => {
    const told: unknown[] = []
    const server = elsewhere(3001, { onEvent: (event) => void told.push(event) })
    await storeKeys(world, 12)
    world.sandbox.freshdesk.fault('api', refusal, { times: Infinity })
    await pass(6.5 * hour, server)

    const outage = told.find((event) => (event as { type: string }).type === 'provider.outage')
    expect(outage).toEqual({ id: expect.any(String) as unknown, type: 'provider.outage', provider: 'freshdesk', data: {}, occurredAt: new Date(world.clock.now).toISOString() })
  })

  it('that is open shows somebody who asks for a check what it found, and still ends nothing', async () => {
    const [id = ''] = await storeKeys(world, 12)
    world.sandbox.freshdesk.fault('api', refusal, { times: Infinity })
    await pass(6.5 * hour)

    const looks = []
    for (let times = 0; times < 4; times += 1) {
      world.clock.now += 6 * minute
      looks.push(await world.authpipe.checkConnection({ tenantId: 'org_0', connectionId: id }))
    }

    expect(looks.map(({ status, health }) => `${status} ${health.state}`)).toEqual(Array.from({ length: 4 }, () => 'active degraded'))
  })
})

describe('a provider that calls the grants of all dead at once', () => {
  const count = 16
  const connectAll = async (): Promise<void> => {
    for (let index = 0; index < count; index += 1) await world.browser(`org_${index}`).connect('plain')
  }
  const dead = { kind: 'answer', status: 400, body: { error: 'invalid_grant' } } as const

  // HC-3, HC-4
  it('is not believed beyond a few, and those work again once it does', { timeout: 30_000 }, async () => {
    await connectAll()
    world.sandbox.plain.fault('token', dead, { times: Infinity })
    await pass(58 * minute)
    const during = await states(count)
    const needs = eventsOf('connection.needs_reauth').length
    for (let step = 0; step < 6; step += 1) await pass(20 * minute)
    const later = await states(count)
    world.sandbox.plain.faults.reset()
    for (let step = 0; step < 20; step += 1) await pass(10 * minute)

    expect(during['needs_reauth healthy'] ?? 0).toBeLessThan(10)
    expect(needs).toBe(during['needs_reauth healthy'])
    expect(later).toEqual(during)
    expect(eventsOf('provider.outage', 'provider.recovered')).toEqual(['provider.outage', 'provider.recovered'])
    expect(await states(count)).toEqual({ 'active healthy': count })
    expect(eventsOf('connection.needs_reauth')).toHaveLength(needs)
    expect(eventsOf('connection.recovered').length).toBeGreaterThanOrEqual(needs)
  })
})

describe('a way out that is broken on our side', () => {
  const registrationsAt = (url: string): AuthpipeOptions['providers'] => [
    livechat({ ...sandboxClient('livechat'), scopes: ['chats--all:ro', 'agents--my:ro'], endpoints: sandboxEndpoints('livechat', url) }),
    freshdesk({ endpoints: sandboxEndpoints('freshdesk', url) }),
    freshservice({ endpoints: sandboxEndpoints('freshservice', url) }),
    plain({ ...sandboxClient('plain'), scopes: ['profile', 'things:read'], endpoints: sandboxEndpoints('plain', url) }),
  ]
  const failing = (code: string): Lookup => (hostname, _, callback) => callback(Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code }), [])
  const viaName = (): string => world.sandbox.url.replace('127.0.0.1', 'localhost')

  /** Five tenants with two keys, a refreshable token and a long-lived one each. */
  async function connectAll(): Promise<number> {
    await storeKeys(world, 5)
    await storeKeys(world, 5, { provider: 'freshservice' })
    for (let index = 0; index < 5; index += 1) {
      await world.browser(`org_${index}`).connect('livechat')
      await world.browser(`org_${index}`).connect('plain')
    }
    return 20
  }

  // HC-17
  it.each([
    ['whose requests are all turned away', () => elsewhere(3001, { providers: registrationsAt('http://127.0.0.1:1') })],
    ['that finds no names', () => world.another({ providers: registrationsAt(viaName()), baseUrl: 'http://localhost:3001/api/authpipe' }, { lookup: failing('ENOTFOUND') })],
    ['whose resolver does not answer', () => world.another({ providers: registrationsAt(viaName()), baseUrl: 'http://localhost:3001/api/authpipe' }, { lookup: failing('EAI_AGAIN') })],
  ])('%s is told from a provider that is down: nobody is blamed, by checks or refreshes, and all goes on when it is mended', { timeout: 30_000 }, async (_, cutOff) => {
    const count = await connectAll()
    const server = cutOff()
    await server.ready()

    await pass(6.5 * hour, server)
    for (let step = 0; step < 12; step += 1) await pass(10 * minute, server)
    const during = await states(5)
    const told = eventsOf('provider.outage', 'connection.needs_reauth', 'connection.failed', 'token.refresh_failed')
    const lines = logged()
    for (let step = 0; step < 16; step += 1) await pass(10 * minute)

    expect(during).toEqual({ 'active healthy': count })
    expect(told).toEqual([])
    expect(lines.filter((line) => line.includes('no provider can be reached from here'))).toHaveLength(1)
    expect(await states(5)).toEqual({ 'active healthy': count })
    expect(logged().filter((line) => line.includes('providers can be reached from here again'))).toHaveLength(1)
    for (const provider of ['livechat', 'plain', 'freshdesk']) {
      expect((await world.authpipe.getCredential({ provider, tenantId: 'org_0', userId: 'user_1' })).credential).not.toBe('')
    }
  })

  it('of one provider alone is that provider: its connections are degraded, and no other', async () => {
    await storeKeys(world, 3)
    await storeKeys(world, 3, { provider: 'freshservice' })
    const server = elsewhere(3001, {
      providers: [freshdesk({ endpoints: sandboxEndpoints('freshdesk', 'http://127.0.0.1:1') }), freshservice({ endpoints: sandboxEndpoints('freshservice', world.sandbox.url) })],
    })
    await pass(6.5 * hour, server)

    expect(await states(3, server)).toEqual({ 'active degraded': 3, 'active healthy': 3 })
  })
})

// RF-22
describe('the wait that a token endpoint asks for', () => {
  it('is kept by every server, and survives a restart', async () => {
    await world.browser('org_0').connect('plain')
    await world.browser('org_1').connect('plain')
    world.clock.now += hour
    world.sandbox.plain.fault('token', { kind: 'answer', status: 429, headers: { 'retry-after': '600' }, body: { error: 'temporarily_unavailable' } })
    const of = (tenantId: string) => ({ provider: 'plain', tenantId, userId: 'user_1' })
    const first = await refusalOf(world.authpipe.getCredential(of('org_0')))
    await world.authpipe.close()
    const asked = world.sandbox.plain.tokenRequests()
    world.clock.now += 60_000

    const second = await refusalOf(elsewhere(3001).getCredential(of('org_1')))
    const restarted = await refusalOf(world.authpipe.getCredential(of('org_1')))
    world.clock.now += 9 * minute
    const third = await elsewhere(3001).getCredential(of('org_1'))

    expect(first).toMatchObject({ code: 'provider_rate_limited', details: { retryAfterSeconds: 600 } })
    expect([second, restarted]).toMatchObject([{ code: 'provider_rate_limited', details: { retryAfterSeconds: 540 } }, { code: 'provider_rate_limited', details: { retryAfterSeconds: 540 } }])
    expect(third.refreshed).toBe(true)
    expect(world.sandbox.plain.tokenRequests()).toBe(asked + 1)
  })
})

const refusalOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => {
      throw new Error('it was expected to be refused')
    },
    (error: unknown) => error,
  )
