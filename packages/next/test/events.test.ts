// What the app is told, by onEvent and by the webhook, over real HTTP. WO-… and SS-… name rows of the threat catalogue.
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthpipeOptions } from '../src/config.ts'
import type { AuthpipeEvent } from '@authpipe/core'
import { startEventReceiver, verifyPosted, type EventReceiver } from './eventReceiver.ts'
import { openWorld, type World } from './world.ts'

// A server that closes waits for what is under way, and a busy machine takes its time.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const makeSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`
const secret = makeSecret()
const second = 1_000
const hour = 3_600 * second
const day = 24 * hour
/** Longer than any wait between two tries. */
const retryWait = 4 * hour

let receiver: EventReceiver
let world: World
let told: AuthpipeEvent[]
let lines: string[]
beforeEach(async () => {
  told = []
  lines = []
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  receiver = await startEventReceiver()
})
afterEach(async () => {
  await world.close()
  await receiver.close()
  vi.restoreAllMocks()
})

const onEvent = (event: AuthpipeEvent): void => void told.push(event)
const posting = (more: Partial<NonNullable<AuthpipeOptions['webhooks']>> = {}) => ({ webhooks: { url: receiver.url, secrets: [secret], ...more } })

async function open(options: Partial<AuthpipeOptions>): Promise<void> {
  world = await openWorld({ options: { onEvent, ...options } })
}

/** Makes something happen: a connection of its own for each tenant. */
const happen = (tenantId = 'org_acme', authpipe = world.authpipe) =>
  authpipe.storeCredential({ provider: 'help-scout', tenantId, credentialType: 'webhook_secret', fields: { secret: randomBytes(8).toString('hex') } })

const linesOf = (words: string): string[] => lines.filter((line) => line.includes(words))

/** What the outbox still holds for a sink, at the end of time. */
async function countPending(sink: 'app' | 'webhook'): Promise<number> {
  const store = world.database.openStore()
  await store.open()
  const end = Number.MAX_SAFE_INTEGER - 1
  const claimed = await store.claimEvents(sink, end, end, 1_000)
  await store.close()
  return claimed.length
}

describe('onEvent', () => {
  // WO-6
  it('is told what happened with a stable id and a number that grows with each change of the connection', async () => {
    await open({})
    const { id } = await world.browser().connect('plain')
    await world.authpipe.refreshConnection({ tenantId: 'org_acme', connectionId: id })
    await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: id })
    await world.authpipe.maintain()

    expect(told.map(({ type }) => type)).toEqual(['connection.created', 'token.refreshed', 'connection.revoked'])
    expect(told[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'connection.created',
      tenantId: 'org_acme',
      userId: 'user_1',
      connectionId: id,
      connectionRevision: 1,
      provider: 'plain',
      data: {},
      occurredAt: new Date(world.clock.now).toISOString(),
    })
    const revisions = told.map(({ connectionRevision = 0 }) => connectionRevision)
    expect(revisions).toEqual([...new Set(revisions)].toSorted((one, other) => one - other))
  })

  // WO-8
  it.each([
    ['throws', () => { throw new Error('CANARY of the app') }],
    ['rejects', () => Promise.reject(new Error('CANARY of the app'))],
  ])('that %s breaks nothing, and is told the same event again, later', async (_, fail) => {
    let isBroken = true
    await open({ onEvent: (event) => { onEvent(event); return isBroken ? fail() : undefined } })
    await happen()
    await world.authpipe.maintain()
    expect(told).toHaveLength(1)

    isBroken = false
    await world.authpipe.maintain()
    expect(told).toHaveLength(1)
    world.clock.now += retryWait
    await world.authpipe.maintain()
    world.clock.now += retryWait
    await world.authpipe.maintain()

    expect(told).toHaveLength(2)
    expect(told[1]).toEqual(told[0])
    expect(linesOf('onEvent did not take an event')).toHaveLength(1)
    expect(lines.join('')).not.toContain('CANARY')
  })

  // WO-8
  it('that hangs holds up neither what happened nor other events', async () => {
    let release = (): void => {}
    const hang = new Promise<void>((resolve) => (release = resolve))
    await open({ onEvent: (event) => { onEvent(event); return event.tenantId === 'org_stuck' ? hang : undefined } })

    await happen('org_stuck')
    await happen('org_acme')
    await vi.waitFor(() => expect(told.map(({ tenantId }) => tenantId)).toEqual(['org_stuck', 'org_acme']))
    await vi.waitFor(async () => expect(await countPending('app')).toBe(1))
    release()
  })

  it('that never takes an event is told it for three days, ever more rarely; then it is given up by name and can be forgotten', async () => {
    await open({ onEvent: (event) => { onEvent(event); throw new Error('never') } })
    await happen()
    await world.authpipe.maintain()
    const [event] = told
    for (let hours = 0; hours < 72; hours += 4) {
      world.clock.now += retryWait
      await world.authpipe.maintain()
    }
    expect(linesOf('given up')).toEqual([])
    expect(told).toHaveLength(19)

    world.clock.now += retryWait
    await world.authpipe.maintain()
    world.clock.now += retryWait
    await world.authpipe.maintain()

    expect(told).toHaveLength(20)
    expect(linesOf('an event was given up: onEvent did not take it in 3 days')).toEqual([expect.stringContaining(`event="${event?.id}" type="credential.stored"`)])
    expect(await countPending('app')).toBe(0)
  })

  it('is told each event by one of several processes', async () => {
    let isBroken = true
    await open({ onEvent: (event) => { if (isBroken) throw new Error('not now'); onEvent(event) } })
    const servers = [world.authpipe, ...[1, 2, 3].map((index) => world.another({ baseUrl: `http://localhost:300${index}/api/authpipe` }))]
    for (let index = 0; index < 60; index += 1) await happen(`org_${index}`)
    await world.authpipe.maintain()
    isBroken = false
    world.clock.now += retryWait

    await Promise.all(servers.map((server) => server.maintain()))

    expect(told).toHaveLength(60)
    expect(new Set(told.map(({ id }) => id)).size).toBe(60)
  })

  // WO-4
  it('is told nothing of a change that did not land', async () => {
    await open({})
    const { id } = await world.browser().connect('plain')
    await Promise.all(Array.from({ length: 10 }, () => world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: id })))
    await world.authpipe.maintain()

    expect(told.map(({ type }) => type)).toEqual(['connection.created', 'connection.revoked'])
  })

  it('that is there no longer leaves events that are given up after three days', async () => {
    await open({ onEvent: () => { throw new Error('never') } })
    await happen()
    await world.authpipe.maintain()
    await world.authpipe.close()
    world.clock.now += 3 * day
    const later = world.another({ onEvent: undefined as never })
    await later.maintain()
    expect(linesOf('given up')).toEqual([])

    world.clock.now += day
    await later.maintain()

    expect(linesOf('events were given up: onEvent is not there to take them events=1')).toHaveLength(1)
    expect(await countPending('app')).toBe(0)
  })
})

describe('the webhook', () => {
  // WO-1
  it('gets what onEvent is told, signed so that the reference library verifies it', async () => {
    await open(posting())
    await world.browser().connect('plain')
    await world.authpipe.maintain()
    const [posted] = receiver.posted

    expect(posted?.path).toBe('/events')
    expect(posted?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': told[0]?.id, 'webhook-timestamp': String(Math.floor(world.clock.now / 1_000)) })
    expect(posted && verifyPosted(posted, secret)).toEqual(told[0])
    expect(posted?.body).toBe(JSON.stringify(told[0]))
    expect(() => posted && verifyPosted({ ...posted, body: posted.body.replace('org_acme', 'org_evil') }, secret)).toThrow('No matching signature')
  })

  // WO-1
  it('gets two signatures while one secret replaces another, the present one first', async () => {
    const [present, next] = [makeSecret(), makeSecret()]
    await open(posting({ secrets: [present, next] }))
    await happen()
    await world.authpipe.maintain()
    const [posted] = receiver.posted
    const [first = '', another = ''] = String(posted?.headers['webhook-signature']).split(' ')

    for (const one of [present, next]) expect(posted && verifyPosted(posted, one)).toEqual(told[0])
    expect(posted && verifyPosted({ ...posted, headers: { ...posted.headers, 'webhook-signature': first } }, present)).toEqual(told[0])
    expect(posted && verifyPosted({ ...posted, headers: { ...posted.headers, 'webhook-signature': another } }, next)).toEqual(told[0])
    expect(() => posted && verifyPosted(posted, makeSecret())).toThrow('No matching signature')
  })

  // WO-5, WO-6
  it.each([
    ['answers 500', (response) => response.writeHead(500).end('no')],
    ['answers 404', (response) => response.writeHead(404).end()],
    ['hangs up', (response) => response.destroy()],
  ] satisfies [string, EventReceiver['answer']][])('that %s gets the same event again, later, signed at the time of each try', async (_, answer) => {
    await open(posting())
    receiver.answer = answer
    await happen()
    await world.authpipe.maintain()
    await world.authpipe.maintain()
    expect(receiver.posted).toHaveLength(1)

    receiver.answer = (response) => response.writeHead(200).end('ok')
    for (let times = 0; times < 3; times += 1) {
      world.clock.now += retryWait
      await world.authpipe.maintain()
    }

    expect(receiver.posted).toHaveLength(2)
    const [first, again] = receiver.posted
    expect(again?.body).toBe(first?.body)
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(Number(again?.headers['webhook-timestamp']) - Number(first?.headers['webhook-timestamp'])).toBe(retryWait / 1_000)
    expect(again && verifyPosted(again, secret)).toEqual(told[0])
    expect(linesOf('the webhook did not take an event')).toHaveLength(1)
  })

  // WO-5
  it('that never takes an event gets it for three days; then it is given up by name', async () => {
    await open(posting())
    receiver.answer = (response) => response.writeHead(500).end()
    await happen()
    await world.authpipe.maintain()
    for (let hours = 0; hours <= 80; hours += 4) {
      world.clock.now += retryWait
      await world.authpipe.maintain()
    }

    expect(receiver.posted).toHaveLength(20)
    expect(linesOf('an event was given up: the webhook did not take it in 3 days')).toEqual([expect.stringContaining(`event="${told[0]?.id}"`)])
    expect(await countPending('webhook')).toBe(0)
  })

  // WO-5
  it.each([
    ['seconds', () => '1800'],
    ['a date', () => new Date(world.clock.now + 1_800 * second).toUTCString()],
  ])('that names a time to wait, as %s, hears of nothing before it is over', async (_, retryAfter) => {
    await open(posting())
    receiver.answer = (response) => response.writeHead(503, { 'retry-after': retryAfter() }).end()
    await happen('org_one')
    await world.authpipe.maintain()
    receiver.answer = (response) => response.writeHead(204).end()

    world.clock.now += 1_790 * second
    await happen('org_two')
    await world.authpipe.maintain()
    expect(receiver.posted).toHaveLength(1)
    world.clock.now += retryWait
    await world.authpipe.maintain()

    expect(receiver.posted).toHaveLength(3)
    expect(new Set(receiver.ids()).size).toBe(2)
  })

  // WO-5
  it('that answers 410 gets nothing more until the server starts again, which is said once', async () => {
    await open(posting())
    receiver.answer = (response) => response.writeHead(410).end()
    await happen('org_one')
    await world.authpipe.maintain()
    await happen('org_two')
    world.clock.now += retryWait
    await world.authpipe.maintain()
    expect(receiver.posted).toHaveLength(1)
    expect(linesOf('410 Gone')).toEqual([expect.stringContaining('nothing is sent there until the server starts again or its options change')])

    receiver.answer = (response) => response.writeHead(204).end()
    await world.authpipe.close()
    await world.another().maintain()

    expect(receiver.posted).toHaveLength(3)
    expect(new Set(receiver.ids()).size).toBe(2)
  })

  // WO-5
  it('that answered 410 gets events again once its options change under a running server', async () => {
    await open(posting())
    receiver.answer = (response) => response.writeHead(410).end()
    await happen()
    await world.authpipe.maintain()
    receiver.answer = (response) => response.writeHead(204).end()
    world.clock.now += retryWait

    await world.another(posting()).maintain()

    expect(receiver.ids()).toEqual([told[0]?.id, told[0]?.id])
  })

  it('that answered 410 for three days leaves nothing behind', async () => {
    await open(posting())
    receiver.answer = (response) => response.writeHead(410).end()
    await happen()
    await world.authpipe.maintain()
    world.clock.now += 4 * day
    await world.authpipe.maintain()

    expect(receiver.posted).toHaveLength(1)
    expect(linesOf('events were given up: the webhook is not there to take them events=1')).toHaveLength(1)
    expect(await countPending('webhook')).toBe(0)
  })

  // WO-5, SS-8, SS-14
  it.each([301, 302, 303, 307, 308])('that answers with the redirect %i is not followed', async (status) => {
    await open(posting())
    receiver.answer = (response, { path }) => (path === '/events' ? response.writeHead(status, { location: '/elsewhere' }).end() : response.writeHead(204).end())
    await happen()
    await world.authpipe.maintain()

    expect(receiver.posted.map(({ path }) => path)).toEqual(['/events'])
    expect(await countPending('webhook')).toBe(1)
  })

  // WO-5
  it('that takes an event with an endless answer is heard, and its answer not read', async () => {
    await open(posting())
    let sent = 0
    let isEnded = false
    receiver.answer = (response) => {
      response.writeHead(200)
      response.on('close', () => (isEnded = true))
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536
        if (!response.destroyed) response.once('drain', pour)
      }
      pour()
    }
    await happen()
    await world.authpipe.maintain()
    await vi.waitFor(() => expect(isEnded).toBe(true))

    expect(sent).toBeLessThan(20_000_000)
    expect(await countPending('webhook')).toBe(0)
  })

  // WO-5
  it('that never answers delays nothing else, and does not keep the server from closing', async () => {
    await open(posting())
    receiver.answer = () => undefined
    const began = performance.now()
    for (let index = 0; index < 5; index += 1) await happen(`org_${index}`)
    await world.browser().connect('plain')
    await world.authpipe.getCredential({ provider: 'plain', tenantId: 'org_acme', userId: 'user_1' })

    expect(performance.now() - began).toBeLessThan(5_000)
    await vi.waitFor(() => expect(told).toHaveLength(6))
    expect(receiver.posted.length).toBeGreaterThan(0)
    const closing = performance.now()
    await world.authpipe.close()
    expect(performance.now() - closing).toBeLessThan(14_000)
  })

  it('and onEvent are told of each event as it happens, whichever of them is asked first', async () => {
    await open(posting({ maxPerSecond: 1_000 }))
    for (let count = 1; count <= 40; count += 1) {
      await happen(`org_${count}`)
      await vi.waitFor(() => expect({ told: told.length, posted: receiver.posted.length }).toEqual({ told: count, posted: count }), { timeout: 5_000, interval: 2 })
    }
  })

  it('gets an event again that it did not take, without onEvent being told again', async () => {
    await open(posting())
    receiver.answer = (response) => response.writeHead(500).end()
    await happen()
    await world.authpipe.maintain()
    world.clock.now += retryWait
    await world.authpipe.maintain()

    expect({ posted: receiver.posted.length, told: told.length }).toEqual({ posted: 2, told: 1 })
  })

  it.each([
    ['webhook', {}],
    ['app', { onEvent: undefined as never }],
  ] as const)('or its like that is not set up leaves no trace in the outbox: %s', async (sink, options) => {
    await open(options)
    await happen()
    await world.authpipe.maintain()

    expect(await countPending(sink)).toBe(0)
  })
})
