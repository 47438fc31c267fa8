// Rows HC of the attack catalogue that many connections meet over time: each checked now and then, spread, within limits, once.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkOptions } from '../src/config.ts'
import type { Authpipe } from '../src/createAuthpipe.ts'
import { Scheduler } from '../src/maintenance/scheduler.ts'
import { openEngine } from '../src/openEngine.ts'
import { shardCount, type Store } from '../src/store/store.ts'
import { generateKey } from '../src/vault/keyring.ts'
import { insertDueRows, readCheckTimes } from './scheduleRows.ts'
import { storeKeys } from './storeKeys.ts'
import { openWorld, plain, type World } from './world.ts'

const minute = 60_000
const hour = 60 * minute

let world: World
let store: Store
beforeEach(async () => {
  world = await openWorld()
  store = world.database.openStore()
  await store.open()
})
afterEach(async () => {
  await store.close()
  await world.close()
})

/** A server of its own on the same database, as another process would be. */
const elsewhere = (port: number): Authpipe => world.another({ baseUrl: `http://localhost:${port}/api/authpipe` })

const typesOf = (...types: string[]): string[] => world.events.map(({ type }) => type).filter((type) => types.includes(type))

async function checkTimes(): Promise<number[]> {
  const connections = (await Promise.all(tenants.map((tenantId) => store.listConnections({ tenantId })))).flat()
  const schedules = await Promise.all(connections.map(({ tenantId, id }) => store.findSchedule(tenantId, id)))
  return schedules.flatMap((schedule) => schedule?.checkAt ?? [])
}
const tenants = ['org_acme', ...Array.from({ length: 20 }, (_, index) => `org_${index}`)]

describe('every connection', () => {
  it('is checked about every six hours, whatever it is connected by', async () => {
    const browser = world.browser()
    const token = await browser.connect('livechat')
    const installation = await browser.connect('crisp', { kind: 'installation' })
    await storeKeys(world, 1)
    const before = world.sandbox.requests.length
    world.clock.now += 6.5 * hour

    const first = await world.authpipe.maintain()
    const asked = world.sandbox.requests.slice(before).map(({ standIn, method, path }) => `${standIn} ${method} ${path}`)
    const again = await world.authpipe.maintain()

    expect([first.checked, again.checked]).toEqual([3, 0])
    // HC-11
    expect(asked.toSorted()).toEqual([
      expect.stringMatching(/^crisp GET .*\/website\/[0-9a-f-]+$/),
      expect.stringMatching(/^freshdesk GET .*\/agents\/me$/),
      'livechat POST /livechat-api/v3.6/configuration/action/list_channels',
    ])
    const health = { state: 'healthy', checkedAt: new Date(world.clock.now).toISOString() }
    expect((await browser.connections()).map((connection) => [connection.id, connection.health])).toEqual(
      expect.arrayContaining([token, installation].map(({ id }) => [id, health])),
    )
    for (const checkAt of await checkTimes()) {
      expect(checkAt - world.clock.now).toBeGreaterThan(5.3 * hour)
      expect(checkAt - world.clock.now).toBeLessThan(6.7 * hour)
    }
  })

  it('is checked for the first time somewhere in the first interval, soon where nobody has verified it', async () => {
    await storeKeys(world, 20)
    const spread = await checkTimes()
    const { id } = await world.authpipe.storeCredential({
      provider: 'freshdesk', tenantId: 'org_acme', userId: 'user_1', credentialType: 'api_key', fields: { apiKey: 'never-seen-0123456789' }, settings: { subdomain: 'northwind' }, verify: false,
    })
    const schedule = await store.findSchedule('org_acme', id)

    expect(Math.max(...spread) - world.clock.now).toBeLessThan(6 * hour)
    expect(Math.max(...spread) - Math.min(...spread)).toBeGreaterThan(3.5 * hour)
    expect((schedule?.checkAt ?? 0) - world.clock.now).toBeLessThanOrEqual(minute)
  })

  // HC-16
  it('that nobody has verified is told from a healthy one until its first check', async () => {
    const key = { provider: 'freshdesk', tenantId: 'org_acme', userId: 'user_1', credentialType: 'api_key', settings: { subdomain: 'northwind' }, verify: false } as const
    const { health } = await world.authpipe.storeCredential({ ...key, fields: { ...world.sandbox.freshdesk.accounts[0]?.fields } })
    world.clock.now += 2 * minute
    await world.authpipe.maintain()

    expect(health.state).toBe('unknown')
    expect((await world.authpipe.listConnections({ tenantId: 'org_acme' }))[0]?.health.state).toBe('healthy')
  })

  // HC-10, RF-36
  it('is checked once, however many servers look after it', async () => {
    await storeKeys(world, 20)
    const servers = [world.authpipe, elsewhere(3001), elsewhere(3002), elsewhere(3003)]
    await Promise.all(servers.map((server) => server.ready()))
    const before = world.sandbox.freshdesk.apiRequests()
    world.clock.now += 6.5 * hour

    const counts = await Promise.all(servers.map((server) => server.maintain()))
    for (let times = 0; times < 4; times += 1) {
      world.clock.now += 3 * minute
      counts.push(...(await Promise.all(servers.map((server) => server.maintain()))))
    }

    expect(counts.reduce((sum, { checked }) => sum + checked, 0)).toBe(20)
    expect(world.sandbox.freshdesk.apiRequests() - before).toBe(20)
  })

  // HC-13
  it.each([
    ['that was disconnected', async () => {
      const { id } = await world.browser().connect('livechat')
      await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: id })
    }],
    ['that is a webhook secret', async () => {
      await world.authpipe.storeCredential({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 'of-a-hook' } })
    }],
  ])('%s is not checked', async (_, prepare) => {
    await prepare()
    world.clock.now += 7 * hour

    expect((await world.authpipe.maintain()).checked).toBe(0)
  })

  // HC-14: a choice; nothing ends because nobody reads it.
  it('is looked after although nobody uses it', async () => {
    await world.browser().connect('plain')
    for (let days = 0; days < 30; days += 1) {
      world.clock.now += 24 * hour
      await world.authpipe.maintain()
    }

    expect((await world.authpipe.listConnections({ tenantId: 'org_acme' }))[0]).toMatchObject({ status: 'active', health: { state: 'healthy' } })
  })
})

describe('a scheduled check', () => {
  const refused = { kind: 'answer', status: 401, body: { code: 'invalid_credentials' } } as const

  // HC-16
  it('that finds a key refused is confirmed five minutes later, and what it ended is told when it works again', async () => {
    await storeKeys(world, 1)
    world.sandbox.freshdesk.fault('api', refused, { times: Infinity })
    const statuses: string[] = []
    const look = async (waitMs: number): Promise<void> => {
      world.clock.now += waitMs
      await world.authpipe.maintain()
      const [connection] = await world.authpipe.listConnections({ tenantId: 'org_0' })
      statuses.push(`${connection?.status} ${connection?.health.state}`)
    }

    await look(6.5 * hour)
    await look(4 * minute)
    await look(2 * minute)
    await look(6.7 * hour)
    await look(6 * minute)
    world.sandbox.freshdesk.reset()
    await look(6.7 * hour)

    expect(statuses).toEqual(['active degraded', 'active degraded', 'needs_reauth degraded', 'needs_reauth degraded', 'needs_reauth degraded', 'active healthy'])
    expect(world.events.filter(({ type }) => type !== 'connection.created')).toEqual([
      { type: 'connection.needs_reauth', data: { reason: 'credential_rejected' } },
      { type: 'connection.recovered', data: {} },
    ])
  })

  // HC-15
  it('of a key that flips all the time tells of it no more than once an interval', { timeout: 30_000 }, async () => {
    await storeKeys(world, 1)
    const hours = 60
    for (let step = 0; step < hours * 6; step += 1) {
      world.clock.now += 10 * minute
      // Refused for long enough to be believed, then fine at the next look.
      const isUp = (await world.authpipe.listConnections({ tenantId: 'org_0' }))[0]?.status === 'active'
      world.sandbox.freshdesk.reset()
      if (isUp) world.sandbox.freshdesk.fault('api', refused, { times: Infinity })
      await world.authpipe.maintain()
    }

    const ends = typesOf('connection.needs_reauth').length
    expect(ends).toBeGreaterThan(3)
    // An interval until it is looked at, and one until it is looked at again.
    expect(ends).toBeLessThanOrEqual(Math.ceil(hours / (2 * 5.4)))
    expect(typesOf('connection.recovered').length).toBeLessThanOrEqual(ends)
  })

  it('that meets trouble looks again soon, so that the recovery is seen', async () => {
    await storeKeys(world, 1)
    world.clock.now += 6.5 * hour
    world.sandbox.freshdesk.fault('api', { kind: 'answer', status: 502, body: '<html>' })
    await world.authpipe.maintain()
    const during = (await world.authpipe.listConnections({ tenantId: 'org_0' }))[0]?.health.state
    world.clock.now += 20 * minute
    await world.authpipe.maintain()

    expect(during).toBe('degraded')
    expect((await world.authpipe.listConnections({ tenantId: 'org_0' }))[0]?.health.state).toBe('healthy')
  })

  // HC-8
  it('takes no more than its share of the rate limit that all connections of an account have', async () => {
    await storeKeys(world, 14)
    const before = world.sandbox.freshdesk.apiRequests()
    world.clock.now = Math.ceil((world.clock.now + 6.5 * hour) / minute) * minute

    await world.authpipe.maintain()
    const inTheFirstMinute = world.sandbox.freshdesk.apiRequests() - before
    world.clock.now += 59_000
    await world.authpipe.maintain()
    const still = world.sandbox.freshdesk.apiRequests() - before
    world.clock.now += 3 * minute
    await world.authpipe.maintain()

    expect([inTheFirstMinute, still, world.sandbox.freshdesk.apiRequests() - before]).toEqual([10, 10, 14])
  })

  // HC-8
  it('that is one too many waits as long as the provider says, and so do those of its other connections', async () => {
    const [ada, , mia] = world.sandbox.livechat.people
    await world.browser('org_0').connect('livechat', { accountId: ada?.accountId ?? '' })
    await world.browser('org_1').connect('livechat', { accountId: mia?.accountId ?? '' })
    world.clock.now += 6.5 * hour
    const [other] = await store.listConnections({ tenantId: 'org_1' })
    await store.postpone([{ tenantId: 'org_1', connectionId: other?.id ?? '', part: 'check', until: world.clock.now + 10 * minute }])
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 429, headers: { 'retry-after': '1800' }, body: { error: { type: 'too_many_requests', message: '.' } } })
    const requests: number[] = []
    for (const wait of [0, 11 * minute, 18 * minute, 15 * minute]) {
      world.clock.now += wait
      const before = world.sandbox.livechat.apiRequests()
      await world.authpipe.maintain()
      requests.push(world.sandbox.livechat.apiRequests() - before)
    }

    expect(requests).toEqual([1, 0, 0, 2])
    for (const tenantId of ['org_0', 'org_1']) {
      expect((await world.authpipe.listConnections({ tenantId }))[0]).toMatchObject({ status: 'active', health: { state: 'healthy' } })
    }
  })

  // HC-12
  it('lets a refresh that is under way end first', async () => {
    await world.browser().connect('plain')
    world.clock.now += 6.5 * hour
    const hold = world.sandbox.plain.hold('token')
    const refreshing = world.authpipe.getCredential({ provider: 'plain', tenantId: 'org_acme', userId: 'user_1' })
    await hold.arrived(1)
    const before = world.sandbox.plain.apiRequests()

    const during = await elsewhere(3001).maintain({ budgetMs: 3_000 }).finally(() => hold.release())
    await refreshing
    world.clock.now += 3 * minute
    const after = await world.authpipe.maintain()

    expect([during.checked, after.checked]).toEqual([0, 1])
    expect(world.sandbox.plain.apiRequests()).toBe(before + 1)
    expect(world.sandbox.plain.tokenRequests()).toBe(2)
  })

  // HC-12
  it('that used a token which a refresh has just replaced blames nobody and refreshes no second time', async () => {
    const browser = world.browser()
    const { id } = await browser.connect('plain')
    world.clock.now += minute
    const hold = world.sandbox.plain.hold('api')
    const checking = browser.request(`/connections/${id}/check`, { method: 'POST' })
    await hold.arrived(1)
    await world.authpipe.refreshConnection({ tenantId: 'org_acme', connectionId: id })
    world.sandbox.plain.fault('api', { kind: 'answer', status: 401, body: { error: 'invalid_token' } })
    hold.release()

    expect(await (await checking).json()).toMatchObject({ status: 'active', health: { state: 'healthy' } })
    expect(world.sandbox.plain.tokenRequests()).toBe(2)
  })

  it('of a provider that is not registered any more is put off, and the others are made', async () => {
    await storeKeys(world, 1)
    await world.browser().connect('livechat')
    world.clock.now += 6.5 * hour
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const left = world.another({ providers: [plain({ clientId: 'id', clientSecret: 'secret' })] })

    const counts = [await left.maintain(), await left.maintain()]
    stderr.mockRestore()

    expect(counts.map(({ checked }) => checked)).toEqual([0, 0])
    for (const checkAt of await checkTimes()) expect(checkAt).toBeGreaterThan(world.clock.now + 5 * hour)
  })
})

// HC-9
describe('ten thousand checks', { timeout: 30_000 }, () => {
  const count = 10_000
  const interval = 6 * hour

  it('that are all over, as after a night without a server, are spread over the next interval', async () => {
    const options = checkOptions({
      providers: [plain({ clientId: 'id', clientSecret: 'secret' })],
      identify: () => null,
      keys: generateKey(),
      baseUrl: 'http://localhost:3009',
      database: world.database.url,
      maintenance: 'manual',
    })
    const { engine, close } = await openEngine(options, 1, { env: {}, now: () => world.clock.now, isSimulated: true })
    const { now } = world.clock
    const rows = Array.from({ length: count }, (_, index) => ({ connectionId: `conn_${index}`, provider: 'plain', checkAt: now - 2 * hour - Math.floor(Math.random() * interval) }))
    await insertDueRows(world.database.url, rows)

    const scheduler = new Scheduler(engine)
    for (let turn = 0; turn < shardCount; turn += 1) await scheduler.turn()
    await close()

    // A few of each shard are made at once.
    const later = (await readCheckTimes(world.database.url)).filter((time) => time > now)
    const perSecond = Map.groupBy(later, (time) => Math.floor(time / 1000))
    expect(later.length).toBeGreaterThan(count * 0.99)
    expect(Math.max(...later)).toBeLessThanOrEqual(now + interval)
    // Less than one falls into a second on average: counted as one, three times that.
    expect(Math.max(...[...perSecond.values()].map((together) => together.length))).toBeLessThanOrEqual(3 * Math.ceil(count / (interval / 1000)))
  })
})
