// Rows HC of the attack catalogue that one connection meets: blame rightly, delete nothing.
import { defineProvider } from '@authpipe/core'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkOptions, type AuthpipeOptions } from '../src/config.ts'
import { noteFinding } from '../src/health/noteFinding.ts'
import { openEngine } from '../src/openEngine.ts'
import { watchRequests } from './watchRequests.ts'
import { baseUrl, openWorld, plain, type Browser, type World } from './world.ts'

let world: World
let browser: Browser
let id: string
beforeEach(async () => {
  world = await openWorld()
  browser = world.browser()
  id = (await browser.connect('livechat')).id
})
afterEach(() => world.close())

const question = { provider: 'livechat', tenantId: 'org_acme', userId: 'user_1' }
const minute = 60_000
const hour = 60 * minute

async function check(connectionId = id): Promise<Record<string, unknown>> {
  world.clock.now += minute
  return (await (await browser.request(`/connections/${connectionId}/check`, { method: 'POST' })).json()) as Record<string, unknown>
}

/** Two looks as far apart as a confirmation needs them. */
async function confirm(connectionId = id): Promise<[Record<string, unknown>, Record<string, unknown>]> {
  const first = await check(connectionId)
  world.clock.now += 4 * minute
  return [first, await check(connectionId)]
}

const typesOf = (...types: string[]): string[] => world.events.map(({ type }) => type).filter((type) => types.includes(type))

async function storeKey(provider: 'freshdesk' | 'crisp' = 'freshdesk', userId = 'user_1'): Promise<string> {
  const account = world.sandbox[provider].accounts.find(({ kind }) => kind === 'admin')
  const connection = await world.authpipe.storeCredential({
    provider,
    tenantId: 'org_acme',
    userId,
    credentialType: 'api_key',
    fields: { ...account?.fields },
    settings: { ...account?.settings },
  })
  return connection.id
}

describe('a health check', () => {
  it('of a connection that works says so and when', async () => {
    expect(await check()).toMatchObject({ status: 'active', health: { state: 'healthy', checkedAt: new Date(world.clock.now).toISOString() } })
  })

  // HC-2
  it('that meets a dead access token refreshes it and stays healthy', async () => {
    world.sandbox.livechat.expireAccessTokens()

    expect(await check()).toMatchObject({ status: 'active', health: { state: 'healthy' } })
    expect(world.sandbox.livechat.tokenRequests()).toBe(2)
  })

  // HC-2
  it('that is told again and again that the token is dead, though it can be refreshed, blames the provider', async () => {
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 401, body: { error: { type: 'authentication', message: '.' } } }, { times: Infinity })

    const looks = [...(await confirm()), ...(await confirm())]

    expect(looks.map(({ status, health }) => [status, (health as { state: string }).state])).toEqual(Array.from({ length: 4 }, () => ['active', 'degraded']))
    expect(typesOf('connection.needs_reauth', 'connection.failed')).toEqual([])
  })

  // HC-1
  it('that finds the grant dead asks the user at once, and tells it once', async () => {
    world.sandbox.livechat.expireAccessTokens()
    world.sandbox.livechat.expireRefreshTokens()

    await check()
    await check()
    await world.authpipe.maintain()

    expect((await browser.connections())[0]).toMatchObject({ status: 'needs_reauth', statusReason: 'grant_revoked' })
    expect(typesOf('connection.needs_reauth')).toHaveLength(1)
    expect(world.sandbox.livechat.tokenRequests()).toBe(2)
  })

  // HC-3, HC-5, HC-6
  it.each([
    ['500', { status: 500, body: '{}' }, 'degraded'],
    ['503 with a page', { status: 503, body: '<html></html>' }, 'degraded'],
    ['200 with a page', { status: 200, body: '<html>Please sign in to the network</html>' }, 'degraded'],
    ['403 with a page', { status: 403, body: '<html>You were blocked</html>' }, 'degraded'],
    ['429', { status: 429, body: '{"error":{"type":"too_many_requests","message":"."}}' }, 'degraded'],
    ['404, as if the check itself were wrong', { status: 404, body: '{}' }, 'healthy'],
    ['410, as if the check itself were wrong', { status: 410, body: '{}' }, 'healthy'],
  ])('answered by %s blames nobody and deletes nothing', async (_, answer, state) => {
    world.sandbox.livechat.fault('api', { kind: 'answer', ...answer }, { times: Infinity })

    const looks = await confirm()

    for (const look of looks) expect(look).toMatchObject({ status: 'active', health: { state } })
    expect((await world.authpipe.getCredential(question)).connectionId).toBe(id)
  })

  // HC-6, HC-16
  it('that nobody can judge counts as none: after two intervals without another one, the state is unknown', async () => {
    const key = await storeKey()
    const storedAt = new Date(world.clock.now).toISOString()
    world.sandbox.freshdesk.fault('api', { kind: 'answer', status: 418, body: '{}' }, { times: Infinity })

    const first = await check(key)
    world.clock.now += 12 * hour
    const second = await check(key)

    expect(first).toMatchObject({ health: { state: 'healthy', checkedAt: storedAt } })
    expect(second).toMatchObject({ status: 'active', health: { state: 'unknown' } })
  })

  it('that is not answered in the time it has blames nobody', async () => {
    browser.moveTo(world.another({ health: { timeoutMs: 50 } }))
    const hold = world.sandbox.livechat.hold('api')

    const connection = await check()
    hold.release()

    expect(connection).toMatchObject({ status: 'active', health: { state: 'degraded' } })
  })

  // HC-7
  it.each([
    ['the account suspended', () => world.sandbox.livechat.set({ suspended: [world.sandbox.livechat.people[0]?.accountId ?? ''] }), () => world.sandbox.livechat.set({ suspended: [] }), 'account_suspended'],
    ['the licence lapsed', () => world.sandbox.livechat.set({ licenseExpired: true }), () => world.sandbox.livechat.set({ licenseExpired: false }), 'plan_unsupported'],
  ])('that finds %s fails the connection with its reason when it is confirmed, until one finds it mended', async (_, breakIt, mendIt, reason) => {
    breakIt()
    const [suspected, failed] = await confirm()
    const refusal = await world.authpipe.getCredential(question).catch((error: unknown) => error)
    mendIt()

    const mended = await check()
    await world.authpipe.maintain()

    expect(suspected).toMatchObject({ status: 'active', health: { state: 'degraded' } })
    expect(failed).toMatchObject({ status: 'failed', statusReason: reason })
    expect(refusal).toMatchObject({ code: 'credential_rejected', details: { reason } })
    expect(mended).toMatchObject({ status: 'active', health: { state: 'healthy' } })
    expect(mended).not.toHaveProperty('statusReason')
    expect(typesOf('connection.failed', 'connection.recovered')).toEqual(['connection.failed', 'connection.recovered'])
  })

  it('that finds the account suspended is confirmed although the token was refreshed in between', async () => {
    world.sandbox.livechat.set({ suspended: [world.sandbox.livechat.people[0]?.accountId ?? ''] })
    const suspected = await check()
    const refreshed = await world.authpipe.refreshConnection({ tenantId: 'org_acme', connectionId: id })
    world.clock.now += 4 * minute

    expect([suspected, refreshed]).toMatchObject([{ health: { state: 'degraded' } }, { health: { state: 'degraded' } }])
    expect(await check()).toMatchObject({ status: 'failed', statusReason: 'account_suspended' })
    expect(typesOf('connection.recovered')).toEqual([])
  })

  // HC-7
  it('that finds a right taken away asks the user when it is confirmed, by that reason', async () => {
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 403, body: { error: { type: 'authorization', message: '.' } } }, { times: Infinity })

    const [suspected, ended] = await confirm()

    expect(suspected).toMatchObject({ status: 'active', health: { state: 'degraded' } })
    expect(ended).toMatchObject({ status: 'needs_reauth', statusReason: 'scope_lost' })
  })

  // HC-11
  it('only reads', async () => {
    await check()

    expect(world.sandbox.requests.at(-1)?.path).toBe('/livechat-api/v3.6/configuration/action/list_channels')
  })

  it('goes to the region that the provider names', async () => {
    world.sandbox.livechat.set({ homeRegion: 'fra-a' })

    expect(await check()).toMatchObject({ status: 'active', health: { state: 'healthy' } })
  })
})

describe('a key that its provider refuses', () => {
  let key: string
  beforeEach(async () => {
    key = await storeKey()
    world.sandbox.freshdesk.replaceKeys()
  })

  // HC-16
  it('is suspected first, and rejected by a second refusal five minutes later', async () => {
    const [suspected, rejected] = await confirm(key)
    await world.authpipe.maintain()

    expect(suspected).toMatchObject({ status: 'active', health: { state: 'degraded' } })
    expect(rejected).toMatchObject({ status: 'needs_reauth', statusReason: 'credential_rejected' })
    expect(typesOf('connection.needs_reauth')).toHaveLength(1)
  })

  it('is not rejected by refusals that are closer together, however many', async () => {
    const looks = [await check(key), await check(key), await check(key), await check(key), await check(key)]

    expect(looks.map(({ status }) => status)).toEqual(['active', 'active', 'active', 'active', 'active'])
    expect(await check(key)).toMatchObject({ status: 'needs_reauth' })
  })

  it('is rejected after as many refusals as are asked for, each far enough from the one before', async () => {
    browser.moveTo(world.another({ health: { confirmations: 3 } }))
    const statuses = []
    for (const wait of [0, 2 * hour, 2 * minute, 4 * minute]) {
      world.clock.now += wait
      statuses.push((await check(key)).status)
    }

    expect(statuses).toEqual(['active', 'active', 'active', 'needs_reauth'])
  })

  it('and cannot judge in turn is not rejected: only refusals in a row count', async () => {
    await check(key)
    world.sandbox.freshdesk.fault('api', { kind: 'answer', status: 503, body: '' })
    const [between, again] = await confirm(key)

    expect([between, again].map(({ status }) => status)).toEqual(['active', 'active'])
    world.clock.now += 5 * minute
    expect(await check(key)).toMatchObject({ status: 'needs_reauth' })
  })

  // HC-15
  it('and accepts in turn is never rejected, and nobody is told of it', async () => {
    const alive = { status: 200, body: { id: 1 } }
    for (let times = 0; times < 6; times += 1) {
      world.clock.now += 5 * minute
      expect(await check(key)).toMatchObject({ status: 'active', health: { state: 'degraded' } })
      world.sandbox.freshdesk.fault('api', { kind: 'answer', ...alive })
      expect(await check(key)).toMatchObject({ status: 'active', health: { state: 'healthy' } })
    }

    expect(typesOf('connection.needs_reauth', 'connection.recovered')).toEqual([])
  })

  it('works again when it is accepted again, without its user', async () => {
    await confirm(key)
    world.sandbox.freshdesk.reset()

    expect(await check(key)).toMatchObject({ status: 'active', health: { state: 'healthy' } })
    expect((await world.authpipe.getCredential({ ...question, provider: 'freshdesk' })).connectionId).toBe(key)
  })

  // HC-5
  it('is not deleted: it can still be opened after it was rejected', async () => {
    await confirm(key)
    world.sandbox.freshdesk.reset()
    await check(key)

    expect((await world.authpipe.fetch({ ...question, provider: 'freshdesk' }, '/tickets')).status).toBe(200)
  })

  it('is not ended by somebody who wants it refreshed', async () => {
    const answer = await browser.request(`/connections/${key}/refresh`, { method: 'POST' })

    expect(await answer.json()).toMatchObject({ code: 'refresh_failed' })
    expect(await world.authpipe.getConnection({ tenantId: 'org_acme', connectionId: key })).toMatchObject({ status: 'active' })
  })
})

describe('what a check found', () => {
  it('of a grant says nothing of one that has replaced it meanwhile', async () => {
    const { engine } = await openEngine(checkOptions({ providers: [plain({ clientId: 'id', clientSecret: 'secret' })], identify: () => null, baseUrl, database: world.database.url }), 0, { env: {}, now: Date.now })
    const looked = await engine.store.findConnection('org_acme', id)
    if (!looked) throw new Error('there is no connection')
    await browser.connect('livechat')

    await noteFinding(engine, looked, { kind: 'refused', reason: 'scope_lost', isAnswered: true }, { downSince: undefined, mayBeUs: false, isAsked: false })

    expect((await browser.connections())[0]).toMatchObject({ id, status: 'active', health: { state: 'healthy' } })
    expect(await engine.store.findSchedule('org_acme', id)).not.toHaveProperty('suspectedAt')
  })
})

describe('a check whose own code fails', () => {
  const broken = defineProvider({
    ...plain.definition,
    judge: () => {
      throw new TypeError('CANARY of the definition')
    },
  })
  const options = (): Partial<AuthpipeOptions> => ({
    providers: [broken({ ...sandboxClient('plain'), scopes: ['profile'], endpoints: sandboxEndpoints('plain', world.sandbox.url) })],
  })

  // HC-5
  it('blames nobody, deletes nothing, and is reported once, without its text', async () => {
    const connection = await browser.connect('plain')
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    browser.moveTo(world.another(options()))

    await confirm(connection.id)
    const lines = stderr.mock.calls.map(([line]) => String(line))
    stderr.mockRestore()

    expect((await browser.connections())[0]).toMatchObject({ status: 'active', health: { state: 'healthy' } })
    expect(lines.filter((line) => line.includes('a health check could not be made'))).toHaveLength(1)
    expect(lines.join()).not.toContain('CANARY')
    expect((await world.authpipe.getCredential({ ...question, provider: 'plain' })).connectionId).toBe(connection.id)
  })
})

describe('a call through authpipe.fetch', () => {
  const call = () => world.authpipe.fetch(question, '/agent/action/list_chats', { method: 'POST', body: '{}' })
  const settle = () => vi.waitFor(async () => expect((await world.authpipe.listConnections({ tenantId: 'org_acme' }))[0]?.health.state).toBe('degraded'))

  it('that is refused has the connection checked at once, which has to be confirmed like any other', async () => {
    world.sandbox.livechat.set({ licenseExpired: true })

    await call()
    await settle()
    world.clock.now += 5 * minute
    await call()

    await vi.waitFor(async () => expect((await browser.connections())[0]).toMatchObject({ status: 'failed', statusReason: 'plan_unsupported' }))
  })

  it('that is refused for want of a scope proves nothing where the check is answered', async () => {
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 403, body: { error: { type: 'authorization', message: '.' } } })
    const before = world.sandbox.livechat.apiRequests()

    const response = await call()
    await vi.waitFor(() => expect(world.sandbox.livechat.apiRequests()).toBe(before + 2))

    expect(response.status).toBe(403)
    expect((await browser.connections())[0]).toMatchObject({ status: 'active', health: { state: 'healthy' } })
  })

  it('that is refused a hundred times has the connection checked once a minute', async () => {
    const key = { provider: 'freshdesk', tenantId: 'org_acme', userId: 'user_1' }
    await storeKey()
    world.sandbox.freshdesk.replaceKeys()
    const watch = watchRequests()

    for (let times = 0; times < 100; times += 1) await world.authpipe.fetch(key, '/tickets')
    await vi.waitFor(async () => expect((await world.authpipe.listConnections({ tenantId: 'org_acme', provider: 'freshdesk' }))[0]?.health.state).toBe('degraded'))
    watch.stop()

    expect(watch.requests.filter(({ path }) => path.endsWith('/agents/me'))).toHaveLength(1)
  })

  it('that succeeds counts as the check of a healthy connection', async () => {
    world.clock.now += 4 * hour

    await call()

    const checkedAt = new Date(world.clock.now).toISOString()
    await vi.waitFor(async () => expect((await browser.connections())[0]?.health).toEqual({ state: 'healthy', checkedAt }))
    expect(world.sandbox.livechat.apiRequests()).toBe(2) // the other asked whose account it is
  })

  it('that succeeds has a degraded connection checked, so that its recovery is seen', async () => {
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 500, body: '{}' })
    await check()

    await call()

    await vi.waitFor(async () => expect((await browser.connections())[0]?.health.state).toBe('healthy'))
  })
})
