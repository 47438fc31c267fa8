// What an app's OpenTelemetry SDK is told, and what it never is. LK-… names rows of the threat catalogue.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sandboxClient } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openTelemetry } from '../src/telemetry/openTelemetry.ts'
import { createKeyring, generateKey, parseKeys } from '../src/vault/keyring.ts'
import { startEventReceiver } from './eventReceiver.ts'
import { findSecrets } from './findSecrets.ts'
import { watchTelemetry, type WatchedTelemetry } from './watchTelemetry.ts'
import { openWorld, type World } from './world.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const hour = 3_600_000
const question = { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' }
const forced = { ...question, forceRefresh: true }

let watched: WatchedTelemetry
let world: World
let lines: string[]
beforeEach(async () => {
  lines = []
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  watched = watchTelemetry()
  world = await openWorld()
})
afterEach(async () => {
  await world.close()
  watched.stop()
  vi.restoreAllMocks()
})

const attributesOf = (name: string) => watched.spans(name).map(({ attributes }) => attributes)

describe('a span', () => {
  it('tells of each token request by provider, outcome and try', async () => {
    const { id } = await world.browser().connect('plain')
    await world.authpipe.getCredential(forced)
    world.sandbox.plain.fault('token', { kind: 'answer', status: 503, body: '{}' })
    world.clock.now += 2_000
    await world.authpipe.getCredential(forced).catch(() => undefined)
    await world.browser().json('DELETE', `/connections/${id}`)
    await world.authpipe.maintain()

    expect(attributesOf('authpipe.token.redeem')).toEqual([{ 'authpipe.provider.id': 'plain', 'authpipe.outcome': 'ok' }])
    expect(attributesOf('authpipe.token.refresh')).toEqual([
      { 'authpipe.provider.id': 'plain', 'authpipe.attempt': 1, 'authpipe.outcome': 'ok' },
      { 'authpipe.provider.id': 'plain', 'authpipe.attempt': 1, 'authpipe.outcome': 'transient', 'error.type': 'transient' },
    ])
    expect(attributesOf('authpipe.token.revoke')).toContainEqual({ 'authpipe.provider.id': 'plain', 'authpipe.attempt': 1, 'authpipe.outcome': 'ok' })
  })

  it('of a refresh lies within the read or the round that needs it', async () => {
    await world.browser().connect('plain')
    await world.authpipe.getCredential(forced)
    world.clock.now += 2 * hour
    await world.authpipe.maintain()

    const [read] = watched.spans('authpipe.credential.read')
    const [round] = watched.spans('authpipe.maintenance.round')
    const parents = watched.spans('authpipe.token.refresh').map(({ parentSpanContext }) => parentSpanContext?.spanId)
    expect(parents).toEqual([read?.spanContext().spanId, round?.spanContext().spanId])
  })

  it('of a cold read names the kind of database, and a read from memory makes none', async () => {
    await world.browser().connect('plain')
    for (let reads = 0; reads < 5; reads += 1) await world.authpipe.getCredential(question)

    const store = world.database.url.startsWith('file:') ? 'sqlite' : 'postgresql'
    expect(attributesOf('authpipe.credential.read')).toEqual([{ 'authpipe.provider.id': 'plain', 'db.system.name': store, 'authpipe.outcome': 'ok' }])
  })

  it('is made for an SDK that is registered after the server began, and none before', async () => {
    watched.stop()
    const telemetry = await openTelemetry()
    const read = () => telemetry.measure('read', { provider: 'plain' }, async () => undefined)
    await read()
    watched = watchTelemetry()
    await read()

    expect(watched.spans('authpipe.credential.read')).toHaveLength(1)
  })

  it('of a delivery tells who was told, and whether it was taken', async () => {
    const receiver = await startEventReceiver()
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    const telling = world.another({ onEvent: () => Promise.reject(new Error('CANARY')), webhooks: { url: receiver.url, secrets: [secret] } })
    await telling.storeCredential({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 'CANARY_webhook' } })
    await vi.waitFor(() => expect(attributesOf('authpipe.event.deliver')).toHaveLength(2))
    await telling.close()
    await receiver.close()

    const told = { 'authpipe.provider.id': 'help-scout', 'authpipe.attempt': 1 }
    expect(attributesOf('authpipe.event.deliver')).toEqual(
      expect.arrayContaining([
        { ...told, 'authpipe.delivery.sink': 'app', 'authpipe.outcome': 'refused', 'error.type': 'refused' },
        { ...told, 'authpipe.delivery.sink': 'webhook', 'authpipe.outcome': 'ok' },
      ]),
    )
  })

  it('of a call to a key service tells how it ended in our words', async () => {
    const keyring = createKeyring(parseKeys(generateKey()))
    let isAway = false
    const wrap: typeof keyring.wrap = async (...asked) => {
      if (isAway) throw new Error('CANARY: the service says more than it should')
      return keyring.wrap(...asked)
    }
    const database = await openWorld({ options: { keys: { ...keyring, wrap } } })
    await database.authpipe.ready()
    isAway = true
    const stored = database.authpipe.storeCredential({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 'CANARY_webhook' } })
    await expect(stored).rejects.toMatchObject({ code: 'vault_unavailable' })
    await database.close()

    expect(attributesOf('authpipe.key.wrap')[0]).toEqual({ 'authpipe.outcome': 'ok' })
    expect(attributesOf('authpipe.key.wrap').at(-1)).toEqual({ 'authpipe.outcome': 'vault_unavailable', 'error.type': 'vault_unavailable' })
  })
})

describe('a metric', () => {
  it('counts refreshes by outcome and times them in seconds', async () => {
    await world.browser().connect('plain')
    await world.authpipe.getCredential(forced)
    world.sandbox.plain.expireRefreshTokens()
    world.clock.now += 2_000
    await world.authpipe.getCredential(forced).catch(() => undefined)

    const provider = { 'authpipe.provider.id': 'plain' }
    expect(await watched.points('authpipe.token.refreshes')).toEqual([
      { of: { ...provider, 'authpipe.outcome': 'grant_dead', 'error.type': 'grant_dead' }, value: 1 },
      { of: { ...provider, 'authpipe.outcome': 'ok' }, value: 1 },
    ])
    const durations = (await watched.metrics()).find(({ descriptor }) => descriptor.name === 'authpipe.token.refresh.duration')
    expect(durations?.descriptor.unit).toBe('s')
    expect(durations?.dataPoints.map(({ value }) => value)).toEqual([expect.objectContaining({ count: 1 }), expect.objectContaining({ count: 1 })])
  })

  it('counts checks by what they found, and what connections became', async () => {
    const { id } = await world.browser().connect('livechat')
    const check = () => world.authpipe.checkConnection({ tenantId: 'org_acme', connectionId: id })
    await check()
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 403, body: { error: { type: 'license_expired' } } }, { times: 2 })
    for (let looks = 0; looks < 2; looks += 1) {
      world.clock.now += 6 * 60_000
      await check()
    }

    const provider = { 'authpipe.provider.id': 'livechat' }
    expect(await watched.points('authpipe.health.checks')).toContainEqual({ of: { ...provider, 'authpipe.outcome': 'healthy' }, value: 1 })
    const changes = await watched.points('authpipe.connection.status_changes')
    expect(changes).toContainEqual({ of: { ...provider, 'authpipe.connection.status': 'active' }, value: 1 })
    expect(changes).toContainEqual({ of: { ...provider, 'authpipe.connection.status': 'failed' }, value: 1 })
    expect(changes).toHaveLength(2)
  })

  it('counts the answers of memory and what it could not answer, also of entries that are gone', async () => {
    await world.browser().connect('plain')
    for (let reads = 0; reads < 5; reads += 1) await world.authpipe.getCredential(question)
    expect(await watched.points('authpipe.credential.cache.lookups')).toEqual([
      { of: { 'authpipe.cache.result': 'hit' }, value: 4 },
      { of: { 'authpipe.cache.result': 'miss' }, value: 1 },
    ])
    world.clock.now += 10_000
    for (let reads = 0; reads < 3; reads += 1) await world.authpipe.getCredential(question)
    expect((await watched.points('authpipe.credential.cache.lookups')).map(({ value }) => value)).toEqual([6, 2])
    expect(await world.authpipe.listReads({ tenantId: 'org_acme' })).toMatchObject([{ reads: 8 }])
  })

  it('tells how much is due, and whether a provider is taken for down', async () => {
    await world.browser().connect('plain')
    const due = async () => (await watched.points('authpipe.maintenance.due')).map(({ of, value }) => [of['authpipe.work'], value])
    expect(await due()).toContainEqual(['connections', 0])
    world.clock.now += 2 * hour
    expect(await due()).toContainEqual(['connections', 1])
    const breakers = await watched.points('authpipe.breaker.open')
    expect(breakers).toContainEqual({ of: { 'authpipe.provider.id': 'plain' }, value: 0 })
    expect(breakers).toContainEqual({ of: { 'authpipe.provider.id': '*' }, value: 0 })

    const store = world.database.openStore()
    await store.open()
    await store.putProviderState({ provider: 'plain', recent: '', openedAt: world.clock.now, version: 1 })
    await store.close()
    await vi.waitFor(async () => expect(await watched.points('authpipe.breaker.open')).toContainEqual({ of: { 'authpipe.provider.id': 'plain' }, value: 1 }), { timeout: 10_000 })
  })

  it('is asked for until that is ended, and one that cannot be had keeps no other from being told', async () => {
    const countLookups = vi.fn(() => ({ hits: 1, misses: 1 }))
    const countDue = vi.fn(() => Promise.reject(new Error('The database is away.')))
    const unobserve = (await openTelemetry()).observe({ countLookups, countDue, readBreakers: () => Promise.resolve(new Map()) })
    expect(await watched.points('authpipe.credential.cache.lookups')).toContainEqual({ of: { 'authpipe.cache.result': 'hit' }, value: 1 })
    expect(await watched.points('authpipe.maintenance.due')).toEqual([])
    const asked = countLookups.mock.calls.length
    unobserve()
    await watched.metrics()
    expect(countLookups).toHaveBeenCalledTimes(asked)
  })
})

// LK-7, LK-10
it('nothing that is exported or logged holds a secret, a tenant, a person, an account or a path', async () => {
  const browser = world.browser('org_CANARY', 'user_CANARY')
  for (const provider of ['plain', 'livechat']) {
    const { id } = await browser.connect(provider)
    const asked = { provider, tenantId: 'org_CANARY', userId: 'user_CANARY' }
    await world.authpipe.getCredential({ ...asked, forceRefresh: true })
    await (await world.authpipe.fetch(asked, '/me')).text()
    await world.authpipe.checkConnection({ tenantId: 'org_CANARY', connectionId: id })
    world.sandbox[provider === 'plain' ? 'plain' : 'livechat'].fault('token', { kind: 'answer', status: 400, body: { error: 'invalid_grant', error_description: 'CANARY_of_the_provider' } })
    world.clock.now += 2 * hour
    await world.authpipe.getCredential({ ...asked, forceRefresh: true }).catch(() => undefined)
    await browser.json('DELETE', `/connections/${id}`)
    await world.authpipe.getCredential({ ...asked, provider: 'CANARY_provider' }).catch(() => undefined)
  }
  await world.authpipe.maintain()

  const spans = watched.spans().map(({ name, attributes, events, links, status, resource }) => ({ name, attributes, events, links, status, resource: resource.attributes }))
  const places = [JSON.stringify(spans), JSON.stringify(await watched.metrics()), lines.join('')]
  expect(spans.length).toBeGreaterThan(10)
  const issued = [world.sandbox.plain.issuedSecrets(), world.sandbox.livechat.issuedSecrets()].flatMap(({ codes, accessTokens, refreshTokens }) => [...codes, ...accessTokens, ...refreshTokens])
  const secrets = [...issued, sandboxClient('plain').clientSecret, sandboxClient('livechat').clientSecret, 'org_CANARY', 'user_CANARY']
  const hosts = [new URL(world.sandbox.url).host, 'api/authpipe']
  for (const place of places) {
    expect(findSecrets(secrets, place)).toEqual([])
    for (const text of ['CANARY', ...hosts]) expect(place).not.toContain(text)
  }
})

it('everything works where the app has no OpenTelemetry', async () => {
  const file = fileURLToPath(new URL('./withoutOpenTelemetry.ts', import.meta.url))
  const conditions = ['--conditions=@authpipe/source', '--disable-warning=ExperimentalWarning']
  const folder = mkdtempSync(join(tmpdir(), 'authpipe-'))
  const { stdout } = await promisify(execFile)(process.execPath, [...conditions, file, `file:${join(folder, 'authpipe.db')}`], { env: { PATH: process.env.PATH } })
  rmSync(folder, { recursive: true })
  expect(JSON.parse(stdout)).toEqual({ askedFor: 1, credentialType: 'webhook_secret', checked: 0 })
})
