// One round of maintenance, by whatever starts it: what is due is done, within its budget, and nothing holds up anything else.
import { defineProvider } from '@authpipe/core'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkOptions, type AuthpipeOptions } from '../src/config.ts'
import type { Authpipe } from '../src/createAuthpipe.ts'
import { Scheduler } from '../src/maintenance/scheduler.ts'
import { openEngine } from '../src/openEngine.ts'
import { sampleSession } from '../src/store/sampleRecords.ts'
import type { Store } from '../src/store/store.ts'
import { insertDueRows, readCheckTimes } from './scheduleRows.ts'
import { storeKeys } from './storeKeys.ts'
import { baseUrl, openWorld, plain, type World } from './world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

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

const elsewhere = (port: number, options: Partial<AuthpipeOptions> = {}): Authpipe => world.another({ baseUrl: `http://localhost:${port}/api/authpipe`, ...options })
const eventsOf = (...types: string[]): string[] => world.events.map(({ type }) => type).filter((type) => types.includes(type))
const connectionOf = async (tenantId: string) => (await world.authpipe.listConnections({ tenantId }))[0]

async function connectMany(count: number, provider: string): Promise<void> {
  for (let index = 0; index < count; index += 1) await world.browser(`org_${index}`).connect(provider)
}

describe('the route /maintenance', () => {
  const secret = 'a-secret-of-the-cron-job'
  const ask = (authpipe: Authpipe, init: RequestInit = {}) => authpipe.handler(new Request(`${baseUrl}/maintenance`, init))
  const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

  it.each(['GET', 'POST'])('does what is due on %s with the secret, and answers with counts', async (method) => {
    const server = world.another({ maintenanceSecret: secret })
    await world.browser().connect('plain')
    world.clock.now += 56 * minute

    const answer = await ask(server, { method, ...bearer(secret) })

    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toEqual({ refreshed: 1, failed: 0, checked: 0, warned: 0, revoked: 0, webhooks: 0, forgotten: 1 })
  })

  it.each([
    ['AUTHPIPE_MAINTENANCE_SECRET', { AUTHPIPE_MAINTENANCE_SECRET: secret, CRON_SECRET: 'another' }],
    ['CRON_SECRET, as Vercel names it', { CRON_SECRET: secret }],
  ])('takes the secret from %s', async (_, env) => {
    const server = world.another({ baseUrl: 'http://localhost:3001/api/authpipe' }, { env })

    expect((await server.handler(new Request('http://localhost:3001/api/authpipe/maintenance', bearer(secret)))).status).toBe(200)
  })

  it.each([
    ['no secret', {}],
    ['a wrong one', bearer('wrong')],
    ['an empty one', bearer('')],
    ['one that goes on', bearer(`${secret}x`)],
    ['the secret as Basic', { headers: { authorization: `Basic ${secret}` } }],
    ['the secret in the query', { headers: { 'x-secret': secret } }],
  ])('does nothing with %s', async (_, init) => {
    await world.browser().connect('plain')
    world.clock.now += 56 * minute

    const answer = await ask(world.another({ maintenanceSecret: secret }), init)

    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated', detail: 'Send the maintenance secret as "Authorization: Bearer …".' })
    expect(world.sandbox.plain.tokenRequests()).toBe(1)
  })

  it('says what to set where there is no secret', async () => {
    const answer = await ask(world.authpipe, bearer('undefined'))

    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated', detail: expect.stringContaining('Set AUTHPIPE_MAINTENANCE_SECRET (or CRON_SECRET') as unknown })
  })
})

describe('the scheduler', () => {
  it('comes round everything that is due, again and again, until it is stopped', async () => {
    await world.browser().connect('plain')
    const { engine } = await openEngine(checkOptions({ providers: [plain({ clientId: 'id', clientSecret: 'secret' })], identify: () => null, baseUrl, database: world.database.url }), 0, { env: {}, now: Date.now })
    const scheduler = new Scheduler(engine, 160)
    const refreshed = (times: number) => vi.waitFor(() => expect(world.sandbox.plain.tokenRequests()).toBe(1 + times), { timeout: 5_000 })

    scheduler.start()
    scheduler.start()
    world.clock.now += 56 * minute
    await refreshed(1)
    world.clock.now += 56 * minute
    await refreshed(2)
    scheduler.stop()
    world.clock.now += 56 * minute
    const { refreshed: left } = await world.authpipe.maintain()

    expect(left).toBe(1)
  })
})

describe('a round', () => {
  it('begins nothing once its budget is used up, and leaves the rest for the next one', async () => {
    await connectMany(3, 'plain')
    world.clock.now += 56 * minute

    const none = await world.authpipe.maintain({ budgetMs: 0 })
    const all = await world.authpipe.maintain()

    expect([none.refreshed, all.refreshed]).toEqual([0, 3])
  })

  // RF-36: a claim ends, so that whoever died with it is made good.
  it('is made good by another server where its process died with what it had claimed', async () => {
    await connectMany(3, 'plain')
    world.clock.now += 56 * minute
    for (let shard = 0; shard < 16; shard += 1) await store.claimDue({ shard, now: world.clock.now, until: world.clock.now + 2 * minute, limit: 100 })

    const during = await elsewhere(3001).maintain()
    world.clock.now += 2 * minute
    const after = await elsewhere(3001).maintain()

    expect([during.refreshed, after.refreshed]).toEqual([0, 3])
  })

  // RF-36
  it('on four servers at once refreshes each token once', async () => {
    await connectMany(12, 'plain')
    const before = world.sandbox.plain.tokenRequests()
    const servers = [world.authpipe, elsewhere(3001), elsewhere(3002), elsewhere(3003)]
    await Promise.all(servers.map((server) => server.ready()))
    world.clock.now += 56 * minute

    const counts = await Promise.all(servers.map((server) => server.maintain()))

    expect(counts.reduce((sum, { refreshed }) => sum + refreshed, 0)).toBe(12)
    expect(world.sandbox.plain.tokenRequests() - before).toBe(12)
  })

  // RF-3
  it('refreshes many tokens that come due together, eight of a provider at once', { timeout: 30_000 }, async () => {
    await connectMany(20, 'plain')
    world.clock.now += 56 * minute
    const hold = world.sandbox.plain.hold('token')

    const round = world.authpipe.maintain()
    await hold.arrived(8)
    // Whatever else was sent has come by the time that these are answered.
    for (let times = 0; times < 5; times += 1) await fetch(world.sandbox.url)
    const atOnce = hold.count
    hold.release()
    const { refreshed } = await round

    expect([atOnce, refreshed]).toEqual([8, 20])
  })

  // RF-3
  it('goes on with others while one provider does not answer', async () => {
    await connectMany(12, 'plain')
    await storeKeys(world, 3)
    await world.browser('org_9').connect('livechat')
    world.clock.now += 8.5 * hour
    const hold = world.sandbox.plain.hold('token')
    const before = world.sandbox.freshdesk.apiRequests()

    const round = world.authpipe.maintain({ budgetMs: 2_000 })
    await vi.waitFor(() => expect(world.sandbox.freshdesk.apiRequests()).toBe(before + 3))
    await vi.waitFor(() => expect(world.sandbox.livechat.tokenRequests()).toBe(2))
    await hold.arrived(8)
    const waiting = hold.count
    hold.release()
    await round

    expect(waiting).toBe(8)
  })

  // RF-37
  it('after a long outage makes no storm, and all recover without their users', { timeout: 60_000 }, async () => {
    const count = 30
    await connectMany(count, 'plain')
    world.sandbox.plain.fault('token', { kind: 'answer', status: 503, body: '' }, { times: Infinity })
    const requests: number[] = []
    const step = async (ms: number): Promise<void> => {
      world.clock.now += ms
      const before = world.sandbox.plain.tokenRequests()
      await world.authpipe.maintain()
      requests.push(world.sandbox.plain.tokenRequests() - before)
    }
    await step(56 * minute)
    for (let minutes = 0; minutes < 180; minutes += 15) await step(15 * minute)
    world.sandbox.plain.faults.reset()
    requests.length = 0
    for (let times = 0; times < 16; times += 1) await step(minute)

    const connections = await Promise.all(Array.from({ length: count }, (_, index) => connectionOf(`org_${index}`)))
    expect(connections.every((connection) => connection?.status === 'active')).toBe(true)
    expect(requests.reduce((sum, asked) => sum + asked, 0)).toBe(count)
    // By chance over a quarter of an hour: no minute has most of them.
    expect(Math.max(...requests)).toBeLessThan(count / 2)
    expect(eventsOf('connection.needs_reauth')).toEqual([])
    expect(eventsOf('provider.outage', 'provider.recovered')).toEqual(['provider.outage', 'provider.recovered'])
    // Told of the provider and not of each connection.
    expect(eventsOf('token.refresh_failed').length).toBeLessThanOrEqual(10)
    expect(eventsOf('connection.recovered').length).toBeLessThanOrEqual(10)
  })

  // RF-3: one statement, of a hundred rows at most, is all that anybody waits for.
  it('of many thousands of rows lets everything else have its turn after each hundred', { timeout: 30_000 }, async () => {
    await world.authpipe.ready()
    const count = 20_000
    await insertDueRows(world.database.url, Array.from({ length: count }, (_, index) => ({ connectionId: `conn_${index}`, provider: 'gone', checkAt: world.clock.now - minute })))
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    let turns = 0
    let isOver = false
    const turn = (): void => {
      turns += 1
      if (!isOver) setImmediate(turn)
    }
    turn()

    await world.authpipe.maintain({ budgetMs: 20_000 })
    isOver = true
    stderr.mockRestore()

    expect((await readCheckTimes(world.database.url)).every((time) => time > world.clock.now)).toBe(true)
    // Each hundred is claimed in one turn, given out in another and put off in a third.
    expect(turns).toBeGreaterThan((2.5 * count) / 100)
  })
})

describe('a row that cannot be worked on', () => {
  const spoil = async (tenantId: string): Promise<string> => {
    const connection = await connectionOf(tenantId)
    const record = await store.findConnection(tenantId, connection?.id ?? '')
    if (!record) throw new Error('there is no connection')
    const secrets = await Promise.all((['credential', 'refresh_token'] as const).map((field) => store.findSecret(tenantId, record.id, field)))
    const spoilt = secrets.flatMap((secret) => (secret ? [{ ...secret, sealed: secret.sealed.map((byte) => byte ^ 0x55) }] : []))
    await store.commit({ tenantId, connectionId: record.id, expect: record, secrets: spoilt }, [])
    return record.id
  }

  // LM-9
  it('since its token does not open is put off and told once, and the others are refreshed', async () => {
    await connectMany(4, 'plain')
    const id = await spoil('org_1')
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const counts = []
    for (const wait of [56 * minute, 5 * minute, 90 * minute]) {
      world.clock.now += wait
      counts.push(await world.authpipe.maintain())
    }
    const lines = stderr.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(id))
    stderr.mockRestore()

    expect(counts.map(({ refreshed, failed }) => [refreshed, failed])).toEqual([[3, 1], [0, 0], [3, 1]])
    expect(lines).toEqual([`authpipe: a token cannot be refreshed; it is put off connection="${id}" provider="plain" code="credential_undecryptable"\n`])
    expect(world.events.filter(({ type }) => type === 'token.refresh_failed')).toEqual([{ type: 'token.refresh_failed', data: { reason: 'credential_undecryptable' } }])
    expect((await connectionOf('org_1'))?.status).toBe('active')
  })

  // LM-9
  it('since its key does not open is nobody’s fault: its health is unknown, and the others are checked', async () => {
    await storeKeys(world, 4)
    const id = await spoil('org_2')
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    world.clock.now += 13 * hour
    const { checked } = await world.authpipe.maintain()
    world.clock.now += 7 * hour
    await world.authpipe.maintain()
    const lines = stderr.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(id))
    stderr.mockRestore()

    expect(checked).toBe(4)
    expect(await connectionOf('org_2')).toMatchObject({ status: 'active', health: { state: 'unknown' } })
    expect(await connectionOf('org_3')).toMatchObject({ status: 'active', health: { state: 'healthy' } })
    expect(lines).toHaveLength(1)
  })

  // LM-9
  it('since it holds junk is put off and told once, and the others are refreshed', async () => {
    await connectMany(4, 'plain')
    const connection = await connectionOf('org_1')
    const record = await store.findConnection('org_1', connection?.id ?? '')
    if (!record) throw new Error('there is no connection')
    await store.commit({ tenantId: 'org_1', connectionId: record.id, expect: record, connection: { ...record, healthState: 'sunny' as never } }, [])
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    world.clock.now += 56 * minute
    const first = await world.authpipe.maintain()
    world.clock.now += 3 * minute
    const second = await world.authpipe.maintain()
    const lines = stderr.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(record.id))
    stderr.mockRestore()

    expect([first.refreshed, first.failed, second.refreshed, second.failed]).toEqual([3, 0, 0, 0])
    expect(lines).toEqual([`authpipe: what is due for a connection could not be done; it is put off connection="${record.id}" provider="plain" code="store_unavailable" name="AuthpipeError"\n`])
    world.clock.now += 3 * minute
    for (let shard = 0; shard < 16; shard += 1) expect(await store.claimDue({ shard, now: world.clock.now, until: world.clock.now, limit: 10 })).toEqual([])
  })

  it('since its provider is not registered any more is put off, and the others are refreshed', async () => {
    await connectMany(2, 'plain')
    await world.browser('org_7').connect('livechat')
    world.clock.now += 8.5 * hour
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const server = elsewhere(3001, { providers: [plain({ ...sandboxClient('plain'), endpoints: sandboxEndpoints('plain', world.sandbox.url) })] })
    const counts = await server.maintain()
    stderr.mockRestore()

    expect(counts).toMatchObject({ refreshed: 2, failed: 1 })
    expect(await connectionOf('org_7')).toMatchObject({ status: 'active' })
  })
})

// RF-32
describe('a refresh token whose end is known', () => {
  const amend = (members: Readonly<Record<string, unknown>>) => world.sandbox.plain.fault('token', { kind: 'amend', members }, { times: Infinity })

  it.each(['refresh_token_expires_in', 'x_refresh_token_expires_in', 'refresh_expires_in'])('by %s is told of a week before it, once, where nothing renews it', async (member) => {
    const server = elsewhere(3001, { providers: [unrotated({ ...sandboxClient('plain'), scopes: ['profile'], endpoints: sandboxEndpoints('plain', world.sandbox.url) })] })
    world.sandbox.plain.set({ rotation: 'none' })
    world.sandbox.plain.fault('token', { kind: 'amend', members: { [member]: String((60 * day) / 1000) } })
    const endsAt = world.clock.now + 60 * day
    const browser = world.browser('org_0')
    browser.moveTo(server)
    await browser.connect('plain')

    const warned = []
    for (const at of [50 * day, 52.9 * day, 53.1 * day, 54 * day]) {
      world.clock.now = endsAt - 60 * day + at
      warned.push((await server.maintain()).warned)
    }

    expect(warned).toEqual([0, 0, 1, 0])
    expect(world.events.filter(({ type }) => type === 'credential.expiring')).toEqual([{ type: 'credential.expiring', data: { endsAt: new Date(endsAt).toISOString() } }])
  })

  it('is renewed in time where a refresh renews it, and nothing is told', async () => {
    amend({ refresh_token_expires_in: (20 * day) / 1000, expires_in: (60 * day) / 1000 })
    await world.browser('org_0').connect('plain')
    world.clock.now += 15.1 * day
    const { warned } = await world.authpipe.maintain()
    const { id = '' } = (await connectionOf('org_0')) ?? {}

    expect(warned).toBe(0)
    expect(world.sandbox.plain.tokenRequests()).toBe(2)
    expect((await store.findSchedule('org_0', id))?.grantEndsAt).toBe(world.clock.now + 20 * day)
    expect(eventsOf('credential.expiring')).toEqual([])
  })

  it('comes from the definition where answers do not say', async () => {
    const server = elsewhere(3001, { providers: [unrotated({ ...sandboxClient('plain'), scopes: ['profile'], endpoints: sandboxEndpoints('plain', world.sandbox.url) })] })
    const browser = world.browser('org_0')
    browser.moveTo(server)
    const { id } = await browser.connect('plain')

    expect(await store.findSchedule('org_0', id)).toMatchObject({ grantEndsAt: world.clock.now + 8 * day, warnAt: world.clock.now + 6 * day })
  })

  it('without one the end of the access token is told, a quarter of its life before it', async () => {
    world.sandbox.plain.fault('token', { kind: 'amend', members: { expires_in: (4 * day) / 1000 }, without: ['refresh_token'] })
    await world.browser('org_0').connect('plain')
    world.clock.now += 3.1 * day

    expect((await world.authpipe.maintain()).warned).toBe(1)
  })
})

const unrotated = defineProvider({
  ...plain.definition,
  auth: [{ ...plain.definition.auth[0], refreshTokenRotation: false, refreshTokenLifetimeSeconds: (8 * 24 * 3600) }],
} as typeof plain.definition)

// DB-19
describe('what is old', () => {
  it('is cleared away in small batches: sessions an end ago, events after ninety days, webhooks after a week', async () => {
    await world.browser('org_0').connect('plain')
    await world.authpipe.disconnect({ tenantId: 'org_0', connectionId: (await connectionOf('org_0'))?.id ?? '' })
    await world.authpipe.close()
    for (let index = 0; index < 250; index += 1) await store.insertSession(sampleSession({ id: `session_${index}`, stateHash: new TextEncoder().encode(`state ${index}`), expiresAt: world.clock.now - 20 * minute }))
    const batches = vi.fn<(limit: number) => void>()
    const counting: Store = new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...values: unknown[]): unknown => {
          if (name === 'deleteSessions' || name === 'deleteEvents' || name === 'deleteWebhooks') batches(Number(values[1]))
          return Reflect.apply(member, target, values) as unknown
        }
      },
    })
    const server = elsewhere(3001, { database: counting, onEvent: () => undefined })

    const first = await server.maintain()
    world.clock.now += 91 * day
    const later = await server.maintain()

    expect(first.forgotten).toBe(250)
    expect(later.forgotten).toBeGreaterThanOrEqual(3)
    expect(Math.max(...batches.mock.calls.map(([limit]) => limit))).toBe(100)
    expect((await store.listEvents({ limit: 10 })).map(({ event }) => event.type)).toEqual([])
  })

  it('is kept as long as the option says', async () => {
    const server = elsewhere(3001, { maintenance: { mode: 'manual', keepEventsMs: 30 * day } })
    await world.browser('org_0').connect('plain')
    await world.authpipe.close()
    const count = async (): Promise<number> => (await store.listEvents({ limit: 100 })).filter(({ event }) => event.type === 'connection.created').length
    world.clock.now += 29 * day
    await server.maintain()
    const before = await count()
    world.clock.now += 2 * day
    await server.maintain()

    expect([before, await count()]).toEqual([1, 0])
  })
})
