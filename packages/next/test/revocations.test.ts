// The queue of tokens to revoke at providers, over real HTTP. RV-… name rows of the threat catalogue.
import type { Connection } from '@authpipe/core'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { execFile } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { generateKey } from '../src/vault/keyring.ts'
import { crowdProvider } from './crowdProvider.ts'
import { findSecrets } from './findSecrets.ts'
import type { RevokingServer } from './revokingServer.ts'
import { watchRequests } from './watchRequests.ts'
import { consent, openWorld, plain, type World } from './world.ts'

// A server that closes waits for what is under way, and a busy machine takes its time.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const second = 1_000
const hour = 3_600 * second
const day = 24 * hour

let world: World
let watch: ReturnType<typeof watchRequests>
let lines: string[]
beforeEach(async () => {
  lines = []
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  watch = watchRequests()
  world = await openWorld()
})
afterEach(async () => {
  watch.stop()
  await world.close()
  vi.restoreAllMocks()
})

const linesOf = (words: string): string[] => lines.filter((line) => line.includes(words))
const revocations = () => watch.requests.filter(({ path }) => path.includes('/plain/revoke'))
const query = (tenantId = 'org_acme', userId = 'user_1') => ({ provider: 'plain', tenantId, userId })
const disconnect = (connectionId: string, tenantId = 'org_acme') => world.authpipe.disconnect({ tenantId, connectionId })

/** What the queue holds. */
async function countWaiting(provider = 'plain'): Promise<{ waiting: number; putOff: number }> {
  const store = world.database.openStore()
  await store.open()
  const count = await store.countRevocations(provider)
  await store.close()
  return count
}

/** Lets time pass in steps in which everything comes due. */
async function passTime(ms: number, stepMs = 7 * hour): Promise<void> {
  for (const end = world.clock.now + ms; world.clock.now < end; ) {
    world.clock.now = Math.min(end, world.clock.now + stepMs)
    await world.authpipe.maintain()
  }
}

/** Whether the provider honours what is stored for a user. */
const works = async (tenantId?: string, userId?: string): Promise<boolean> => (await world.authpipe.fetch(query(tenantId, userId), '/me')).status === 200

describe('a revocation', () => {
  // RV-2, RV-7
  it('is sent in the body, the refresh token first, each with its kind, and no log line holds one', async () => {
    const { id } = await world.browser().connect('plain')
    const { accessTokens, refreshTokens } = world.sandbox.plain.issuedSecrets()
    await disconnect(id)
    await world.authpipe.maintain()

    expect(revocations().map(({ method, path, body }) => [method, path, body.get('token'), body.get('token_type_hint')])).toEqual([
      ['POST', '/plain/revoke', refreshTokens[0], 'refresh_token'],
      ['POST', '/plain/revoke', accessTokens[0], 'access_token'],
    ])
    expect(findSecrets([...accessTokens, ...refreshTokens], [...lines, ...watch.requests.map(({ path }) => path)].join('\n'))).toEqual([])
    expect(await countWaiting()).toEqual({ waiting: 0, putOff: 0 })
  })

  // RV-2
  it('of an access token waits until that of its refresh token has gone through', async () => {
    const { id } = await world.browser().connect('plain')
    world.sandbox.plain.fault('revocation', { kind: 'answer', status: 503 }, { times: 3 })
    await disconnect(id)
    await world.authpipe.maintain()
    await passTime(6 * hour, hour)

    expect(revocations().map(({ body }) => body.get('token_type_hint'))).toEqual(['refresh_token', 'refresh_token', 'refresh_token', 'refresh_token', 'access_token'])
    expect(linesOf('a token could not be revoked; it is tried again')).toHaveLength(1)
  })

  // RV-3
  it.each([
    [429, { 'retry-after': '1800' }],
    [503, { 'retry-after': '1800' }],
  ])('that is answered %i holds back every other one of the provider for as long as it says', async (status, headers) => {
    const [first, second_] = [await world.browser().connect('plain'), await world.browser('org_other').connect('plain', { accountId: 'user-noah' })]
    world.sandbox.plain.fault('revocation', { kind: 'answer', status, headers })
    await disconnect(first.id)
    await world.authpipe.maintain()
    await disconnect(second_.id, 'org_other')
    await world.authpipe.maintain()
    await passTime(1_790 * second, 100 * second)
    expect(revocations()).toHaveLength(1)

    await passTime(2 * hour, hour / 4)

    expect(revocations()).toHaveLength(5)
    expect(await countWaiting()).toEqual({ waiting: 0, putOff: 0 })
  })

  // RV-3
  it.each([
    ['{"error":"unsupported_token_type"}', 400],
    ['{"error":"invalid_token"}', 400],
    ['<html>', 400],
    ['', 404],
    ['', 200],
  ])('is done with when the answer is %j with status %i', async (body, status) => {
    const { id } = await world.browser().connect('plain')
    world.sandbox.plain.fault('revocation', { kind: 'answer', status, body }, { times: 2 })
    await disconnect(id)
    await world.authpipe.maintain()

    expect(revocations()).toHaveLength(2)
    expect(await countWaiting()).toEqual({ waiting: 0, putOff: 0 })
  })

  it('waits while the provider refuses our client, and goes through once that is mended', async () => {
    const { id } = await world.browser().connect('plain')
    world.sandbox.plain.set({ clientSecret: 'another' })
    await disconnect(id)
    await passTime(2 * hour)
    expect(await countWaiting()).toEqual({ waiting: 2, putOff: 2 })
    expect(linesOf('code="provider_misconfigured"')).toHaveLength(1)

    world.sandbox.plain.set({ clientSecret: sandboxClient('plain').clientSecret })
    await passTime(2 * hour)

    expect(await countWaiting()).toEqual({ waiting: 0, putOff: 0 })
    expect(world.sandbox.plain.rotationLedger().at(-1)?.event).toBe('revoked')
  })

  it('that never goes through is dropped after 30 days, with a log line, and its token with it', async () => {
    const { id } = await world.browser().connect('plain')
    world.sandbox.plain.fault('revocation', { kind: 'answer', status: 503 }, { times: Infinity })
    await disconnect(id)
    await passTime(30 * day - hour, day)
    expect((await countWaiting()).waiting).toBe(2)
    expect(linesOf('given up')).toEqual([])
    const asked = revocations().length

    await passTime(hour)

    expect(await countWaiting()).toEqual({ waiting: 0, putOff: 0 })
    expect(revocations()).toHaveLength(asked)
    expect(linesOf('a revocation was given up: its token could not be revoked in 30 days')).toHaveLength(2)
  })

  it('of a provider that is not registered here waits for a server that has it', async () => {
    const { id } = await world.browser().connect('plain')
    world.sandbox.plain.fault('revocation', { kind: 'drop' })
    await disconnect(id)
    await world.authpipe.maintain()
    await world.authpipe.close()
    const without = world.another({ providers: [crowdProvider('other', world.sandbox.url)] })
    world.clock.now += hour
    await without.maintain()
    expect((await countWaiting()).waiting).toBe(2)
    await without.close()
    world.clock.now += 7 * hour
    await world.another().maintain()

    expect(await countWaiting()).toEqual({ waiting: 0, putOff: 0 })
  })

  // RV-5
  it('also ends the token of a refresh that was under way in another process, which mints nothing that can be read', async () => {
    const { id } = await world.browser().connect('plain')
    const elsewhere = world.another({ baseUrl: 'http://localhost:3001/api/authpipe' })
    const hold = world.sandbox.plain.hold('token', 'after')
    const reading = elsewhere.getCredential({ ...query(), forceRefresh: true }).then(
      () => 'a credential',
      (error: { code: string }) => error.code,
    )
    await hold.arrived(1)
    await disconnect(id)
    hold.release()

    expect(await reading).toBe('connection_not_found')
    await expect(elsewhere.getCredential(query())).rejects.toMatchObject({ code: 'connection_not_found' })
    await world.authpipe.maintain()
    await vi.waitFor(() => {
      const sent = revocations().map(({ body }) => body.get('token'))
      const { accessTokens, refreshTokens } = world.sandbox.plain.issuedSecrets()
      expect(sent).toEqual(expect.arrayContaining([refreshTokens[0], accessTokens[0], refreshTokens[1]]))
    })
  })
})

// RV-6
describe('a provider that ends every grant of an account by one revocation', () => {
  beforeEach(() => world.sandbox.plain.set({ revocationEnds: 'account' }))

  it.each([
    ['another user of the tenant', 'org_acme', 'user_2'],
    ['another tenant', 'org_other', 'user_1'],
  ])('hears of none while %s uses the account, whose connection keeps working', async (_, tenantId, userId) => {
    const mine = await world.browser().connect('plain')
    const theirs = await world.browser(tenantId, userId).connect('plain')
    expect(theirs.account.id).toBe(mine.account.id)

    await disconnect(mine.id)
    await passTime(2 * day)
    expect(await works(tenantId, userId)).toBe(true)
    expect(revocations()).toEqual([])
    expect(await countWaiting()).toEqual({ waiting: 2, putOff: 2 })

    await disconnect(theirs.id, tenantId)
    await passTime(day)

    expect(revocations()).toHaveLength(4)
    expect(await countWaiting()).toEqual({ waiting: 0, putOff: 0 })
  })

  it('hears of none when the account was connected again meanwhile', async () => {
    const browser = world.browser()
    const { id } = await browser.connect('plain')
    world.sandbox.plain.fault('revocation', { kind: 'drop' })
    await disconnect(id)
    await world.authpipe.maintain()
    await browser.connect('plain')
    await passTime(2 * day)

    expect(await works()).toBe(true)
    expect(revocations()).toHaveLength(1)
  })

  it('hears of an account that nobody else uses, whoever else is connected', async () => {
    const mine = await world.browser().connect('plain')
    await world.browser('org_other').connect('plain', { accountId: 'user-noah' })
    await disconnect(mine.id)
    await world.authpipe.maintain()

    expect(revocations()).toHaveLength(2)
    expect(await works('org_other')).toBe(true)
  })

  it('hears of an account that another tenant uses by an app of its own', async () => {
    const apps = world.another({
      providers: [plain(() => ({ ...sandboxClient('plain'), scopes: ['profile'], endpoints: sandboxEndpoints('plain', world.sandbox.url) }))],
      baseUrl: 'http://localhost:3000/api/authpipe/apps',
    })
    const browsers = ['org_acme', 'org_other'].map((tenantId) => world.browser(tenantId))
    const connected: Connection[] = []
    for (const browser of browsers) connected.push(await browser.connect('plain'))
    await apps.disconnect({ tenantId: 'org_acme', connectionId: connected[0]?.id ?? '' })
    await apps.maintain()

    expect(connected[0]?.account.id).toBe(connected[1]?.account.id)
    expect(revocations()).toHaveLength(2)
  })

  it('hears of no token that was discarded because another account was to be connected again', async () => {
    const browser = world.browser()
    const mine = await browser.connect('plain')
    await world.browser('org_other').connect('plain', { accountId: 'user-noah' })
    const { sessionId, authorizationUrl } = await browser.start('plain', { connectionId: mine.id })
    await browser.followCallback(await consent(authorizationUrl, 'user-noah'))

    expect((await browser.session(sessionId)).error?.code).toBe('account_mismatch')
    await world.authpipe.close()
    expect(revocations()).toEqual([])
  })
})

// RV-9
describe('revokeAll', () => {
  const keys = generateKey()

  async function openCrowd(users: number): Promise<void> {
    await world.close()
    world = await openWorld({ options: { keys } })
    // Its sandbox is known only now.
    const crowd = world.another({ providers: [crowdProvider('crowd', world.sandbox.url), crowdProvider('plain', world.sandbox.url)], baseUrl: 'http://localhost:3005/api/authpipe' })
    for (let index = 0; index < users; index += 1) {
      const browser = world.browser(`org_${index % 3}`, `user_${index}`)
      browser.moveTo(crowd)
      await browser.connect('crowd')
    }
    world = { ...world, authpipe: crowd }
  }

  const grants = (event: string): Set<string> => new Set(world.sandbox.plain.rotationLedger().filter((entry) => entry.event === event).map(({ grantId }) => grantId))

  it('ends every connection of a provider at once here, and there one after the other', async () => {
    await openCrowd(12)
    const browser = world.browser('org_0')
    browser.moveTo(world.authpipe)
    await browser.connect('plain')

    const report = await world.authpipe.revokeAll({ provider: 'crowd' })
    expect(report).toMatchObject({ disconnected: 12 })
    expect(report.waiting).toBeGreaterThan(20)
    for (let index = 0; index < 12; index += 1) {
      await expect(world.authpipe.getCredential({ provider: 'crowd', tenantId: `org_${index % 3}`, userId: `user_${index}` })).rejects.toMatchObject({ code: 'connection_not_found' })
    }
    expect(await works('org_0')).toBe(true)

    await world.authpipe.maintain()
    const atOnce = revocations().length
    for (let seconds = 1; seconds <= 5; seconds += 1) {
      world.clock.now += second
      await world.authpipe.maintain()
      expect(revocations().length).toBeLessThanOrEqual(atOnce + 5 * seconds)
    }
    expect(atOnce).toBeLessThanOrEqual(4)
    expect(revocations()).toHaveLength(24)
    expect(grants('revoked').size).toBe(12)
    expect(await world.authpipe.revokeAll({ provider: 'crowd' })).toEqual({ disconnected: 0, waiting: 0, putOff: 0 })
  })

  it('ends those of one tenant alone', async () => {
    await openCrowd(6)
    expect(await world.authpipe.revokeAll({ provider: 'crowd', tenantId: 'org_1' })).toMatchObject({ disconnected: 2 })
    await passTime(hour)

    expect(grants('revoked').size).toBe(2)
    expect(await world.authpipe.listConnections({ tenantId: 'org_0' })).toHaveLength(2)
    expect(await world.authpipe.listConnections({ tenantId: 'org_1' })).toEqual([])
  })

  it('tells what the provider has not taken, and waits as it asks', async () => {
    await openCrowd(5)
    world.sandbox.plain.fault('revocation', { kind: 'answer', status: 429, headers: { 'retry-after': '600' } })
    await world.authpipe.revokeAll({ provider: 'crowd' })
    await passTime(500 * second, 50 * second)
    expect(revocations()).toHaveLength(1)
    expect(await world.authpipe.revokeAll({ provider: 'crowd' })).toEqual({ disconnected: 0, waiting: 10, putOff: 10 })

    await passTime(2 * hour, hour / 4)

    expect(await world.authpipe.revokeAll({ provider: 'crowd' })).toEqual({ disconnected: 0, waiting: 0, putOff: 0 })
    expect(grants('revoked').size).toBe(5)
  })

  it('sends no more than ten requests in a second, however many are due', async () => {
    await openCrowd(10)
    await world.authpipe.revokeAll({ provider: 'crowd' })
    await world.authpipe.maintain()
    const before = revocations().length
    world.clock.now += hour
    const began = performance.now()
    await world.authpipe.maintain()

    expect(revocations()).toHaveLength(20)
    expect(performance.now() - began).toBeGreaterThanOrEqual((19 - before) * 100)
  })

  it('goes on where it was when its server was killed', async () => {
    await openCrowd(12)
    const server: RevokingServer = { url: world.database.url, keys, sandboxUrl: world.sandbox.url, commits: 5 }
    const script = new URL('./revokingServer.ts', import.meta.url).pathname
    const ended = await new Promise<unknown>((resolve) => {
      execFile(process.execPath, ['--conditions=@authpipe/source', '--disable-warning=ExperimentalWarning', script, JSON.stringify(server)], (error, _, stderr) => resolve(error?.signal ?? stderr))
    })
    expect(ended).toBe('SIGKILL')

    const report = await world.authpipe.revokeAll({ provider: 'crowd' })
    expect(report.disconnected).toBeGreaterThanOrEqual(1)
    expect(report.disconnected).toBeLessThanOrEqual(7)
    world.clock.now = Date.now() + hour
    await passTime(2 * hour)

    expect(grants('revoked').size).toBe(12)
    expect(await world.authpipe.revokeAll({ provider: 'crowd' })).toEqual({ disconnected: 0, waiting: 0, putOff: 0 })
    expect(world.events.filter(({ type }) => type === 'connection.revoked')).toHaveLength(12)
  })

  it('refuses a provider that nobody knows, and a tenant that is none', async () => {
    await expect(world.authpipe.revokeAll({ provider: 'nobody' })).rejects.toMatchObject({ code: 'unknown_provider' })
    await expect(world.authpipe.revokeAll({ provider: 'plain', tenantId: '' })).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringMatching(/^revokeAll needs a tenantId/) })
  })
})
