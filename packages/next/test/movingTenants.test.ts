// A tenant that moves to another database, under other keys, and takes the right to refresh along. Its tests move it from one kind of
// database to the other. MT-… name rows of the threat catalogue.
import type { Connection } from '@authpipe/core'
import { freshdesk } from '@authpipe/core/providers'
import { sandboxClient } from '@authpipe/sandbox'
import { compactDecrypt, CompactEncrypt } from 'jose'
import fc from 'fast-check'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Authpipe } from '../src/createAuthpipe.ts'
import { SqlStore } from '../src/store/sqlStore.ts'
import { generateKey } from '../src/vault/keyring.ts'
import { findSecrets } from './findSecrets.ts'
import type { MovingProcess } from './movingProcess.ts'
import { openOtherKindOfDatabase, type TestDatabase } from './testDatabase.ts'
import { openWorld, plain as textbook, type World } from './world.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const hour = 3_600_000
const here = { tenantId: 'org_acme' }
const plain = { ...here, provider: 'plain', userId: 'user_1' }
const helpScout = { ...here, provider: 'help-scout', userId: 'user_1' }
const [ownKeys, recipientKeys] = [generateKey(), generateKey()]

function makePair(namedCurve = 'P-256'): { readonly recipient: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { recipient: publicKey, key: privateKey }
}

const { recipient, key } = makePair()

let world: World
let elsewhere: TestDatabase
let there: Authpipe
let lines: string[]
beforeEach(async () => {
  lines = []
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  world = await openWorld({ options: { keys: ownKeys, refresh: { deadlineMs: 500 } } })
  elsewhere = await openOtherKindOfDatabase()
  there = world.another({ database: elsewhere.url, keys: recipientKeys })
})
afterEach(async () => {
  await world.close()
  await elsewhere.close()
  vi.restoreAllMocks()
})

const exported = (): Promise<string> => world.authpipe.exportTenant({ ...here, recipient })
const tokenRequests = (): number => world.sandbox.plain.tokenRequests()

async function move(): Promise<void> {
  await there.importTenant(await exported(), { key })
}

/** What is stored of a tenant, as the database has it. */
async function rowsOf(database: TestDatabase, table: string): Promise<string[]> {
  return (await database.rows())[table] ?? []
}

async function auditLog(database: TestDatabase): Promise<{ type: string; data: object }[]> {
  const store = database.openStore()
  await store.open()
  const events = await store.listEvents({ limit: 20 })
  await store.close()
  return events.map(({ event: { type, data } }) => ({ type, data }))
}

/** Runs a move in a process of its own that is killed before one of its commits, or comes to its end. */
async function inProcess(move: MovingProcess): Promise<string | undefined> {
  const child = fork(new URL('./movingProcess.ts', import.meta.url), [JSON.stringify(move)], {
    execArgv: ['--conditions=@authpipe/source', '--disable-warning=ExperimentalWarning'],
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let answer: string | undefined
  child.on('message', (message: string) => (answer = message))
  await once(child, 'exit')
  return answer
}

const processOf = (move: Omit<MovingProcess, 'sandboxUrl'>): MovingProcess => ({ ...move, sandboxUrl: world.sandbox.url })

describe('a tenant that moves', () => {
  it('is served with the same credentials under other keys in another database, and refreshed there', async () => {
    await world.browser().connect('plain')
    await world.browser().connect('help-scout')
    const before = await world.authpipe.getCredential(helpScout)

    const report = await there.importTenant(await exported(), { key })

    expect(report).toEqual({ ...here, imported: 2, returned: 0, unchanged: 0, conflicts: [], webhookEndpoints: 0 })
    expect((await there.getCredential(helpScout)).credential).toBe(before.credential)
    world.clock.now += 72 * hour
    for (const query of [plain, helpScout]) {
      expect(await there.getCredential(query)).toMatchObject({ refreshed: true })
      expect((await there.fetch(query, query.provider === 'plain' ? '/me' : '/users/me')).status).toBe(200)
    }
  })

  it('has the same connections there: ids, accounts, scopes, status and default', async () => {
    await world.browser().connect('plain')
    await world.browser('org_acme', 'user_2').connect('plain')
    const of = ({ health: _checked, ...facts }: Connection): object => facts
    const before = (await world.authpipe.listConnections(here)).map(of)

    await move()

    expect((await there.listConnections(here)).map(of)).toEqual(before)
  })

  it('takes keys, webhook secrets and webhook endpoints along', async () => {
    const freshdeskKey = { credentialType: 'api_key', fields: { apiKey: 'fd_CANARY_key' }, settings: { subdomain: 'acme' }, verify: false } as const
    await world.authpipe.storeCredential({ ...plain, provider: 'freshdesk', ...freshdeskKey })
    await world.authpipe.storeCredential({ ...here, provider: 'help-scout', credentialType: 'webhook_secret', fields: { secret: 'hook_CANARY' } })
    const { url } = await world.authpipe.createWebhookEndpoint({ ...here, provider: 'help-scout' })

    expect(await there.importTenant(await exported(), { key })).toMatchObject({ imported: 2, webhookEndpoints: 1 })

    expect(await there.getCredential({ ...plain, provider: 'freshdesk' })).toMatchObject({ credential: 'fd_CANARY_key', settings: { subdomain: 'acme' } })
    expect((await there.getCredential({ ...here, provider: 'help-scout', credentialType: 'webhook_secret' })).credential).toBe('hook_CANARY')
    await expect(there.removeWebhookEndpoint({ ...here, url })).resolves.toBeUndefined()
  })

  it('can become another tenant there', async () => {
    await world.browser().connect('plain')
    const before = await world.authpipe.getCredential(plain)

    expect(await there.importTenant(await exported(), { key, tenantId: 'org_new' })).toMatchObject({ tenantId: 'org_new', imported: 1 })

    expect((await there.getCredential({ ...plain, tenantId: 'org_new' })).credential).toBe(before.credential)
    await expect(there.getCredential(plain)).rejects.toMatchObject({ code: 'connection_not_found' })
  })

  it('is noted in the audit logs of both, with counts and no name, and nobody else is told', async () => {
    await world.browser().connect('plain')
    await move()

    const facts = { connections: 1, webhookEndpoints: 0, recipient: expect.stringMatching(/^[\w-]{43}$/) }
    expect((await auditLog(world.database))[0]).toEqual({ type: 'tenant.exported', data: facts })
    const counts = { imported: 1, returned: 0, unchanged: 0, conflicts: 0, webhookEndpoints: 0 }
    expect(await auditLog(elsewhere)).toEqual([{ type: 'tenant.imported', data: counts }])
    await world.authpipe.maintain()
    await there.maintain()
    expect(world.events.map(({ type }) => type)).toEqual(['connection.created'])
  })

  // MT-6
  it('leaves no secret in clear in the file, in either database, or in a log line', async () => {
    await world.browser().connect('plain')
    await world.browser().connect('help-scout')
    const { accessTokens, refreshTokens } = world.sandbox.plain.issuedSecrets()
    const others = world.sandbox['help-scout'].issuedSecrets()
    const secrets = [...accessTokens, ...refreshTokens, ...others.accessTokens, ...others.refreshTokens]
    expect(secrets).toHaveLength(4)

    const file = await exported()
    await there.importTenant(file, { key })

    for (const [name, place] of [...(await world.database.bytes()), ...(await elsewhere.bytes())]) {
      expect({ name, found: findSecrets(secrets, place) }).toEqual({ name, found: [] })
    }
    expect(lines.join('')).toContain('a tenant was exported')
    for (const place of [file, lines.join('')]) expect(findSecrets([...secrets, 'org_acme'], place)).toEqual([])
  })
})

describe('whoever has exported a tenant', () => {
  it('serves the token that it has until that expires, and then says what happened', async () => {
    await world.browser().connect('plain')
    const before = await world.authpipe.getCredential(plain)
    await exported()

    world.clock.now += hour - 1
    expect((await world.authpipe.getCredential(plain)).credential).toBe(before.credential)
    world.clock.now += 1
    const refusal = { code: 'refresh_failed', retryable: false, details: { reason: 'handed_over' }, message: expect.stringContaining('handed over') }
    await expect(world.authpipe.getCredential(plain)).rejects.toMatchObject(refusal)

    expect(tokenRequests()).toBe(1)
  })

  // MT-1
  it('never spends the refresh token: not when forced, by maintenance, by a check, or by a call that is refused', async () => {
    const { id: connectionId } = await world.browser().connect('plain')
    await move()
    world.clock.now += hour
    await there.getCredential(plain)
    const spent = tokenRequests()

    await expect(world.authpipe.getCredential({ ...plain, forceRefresh: true })).rejects.toMatchObject({ code: 'refresh_failed' })
    await expect(world.authpipe.refreshConnection({ ...here, connectionId })).rejects.toMatchObject({ code: 'refresh_failed' })
    await expect(world.authpipe.fetch(plain, '/me')).rejects.toMatchObject({ code: 'refresh_failed' })
    for (let day = 0; day < 10; day += 1) {
      world.clock.now += 24 * hour
      await world.authpipe.maintain()
      await world.authpipe.checkConnection({ ...here, connectionId })
    }

    expect(tokenRequests()).toBe(spent)
  })

  // MT-8
  it('neither calls the connection dead nor tells its user so, whatever its own token or key comes to', async () => {
    await world.browser().connect('plain')
    const refusedKey = { credentialType: 'api_key', fields: { apiKey: 'never-seen-0123456789' }, settings: { subdomain: 'northwind' }, verify: false } as const
    await world.authpipe.storeCredential({ ...plain, provider: 'freshdesk', ...refusedKey })
    await exported()
    world.sandbox.plain.revokeGrants()
    const connections = await world.authpipe.listConnections(here)

    for (let day = 0; day < 4; day += 1) {
      for (const { id: connectionId } of connections) await world.authpipe.checkConnection({ ...here, connectionId })
      await world.authpipe.maintain()
      world.clock.now += 24 * hour
    }

    expect((await world.authpipe.listConnections(here)).map(({ status }) => status)).toEqual(['active', 'active'])
    expect(new Set(world.events.map(({ type }) => type))).toEqual(new Set(['connection.created']))
  })

  // MT-8
  it('ends no connection for want of a refresh token either', async () => {
    world.sandbox.plain.fault('token', { kind: 'amend', without: ['refresh_token'] })
    const { id: connectionId } = await world.browser().connect('plain')
    await exported()
    world.clock.now += hour

    await expect(world.authpipe.getCredential(plain)).rejects.toMatchObject({ details: { reason: 'handed_over' } })

    expect(await world.authpipe.getConnection({ ...here, connectionId })).toMatchObject({ status: 'active' })
  })

  it('has no work left with it, also where a call has put a check into the schedule', async () => {
    world.sandbox.plain.set({ expiresInSeconds: 100 * 3_600 })
    await world.browser().connect('plain')
    await exported()
    world.clock.now += 20 * hour
    await world.authpipe.fetch(plain, '/me')
    const store = world.database.openStore()
    await store.open()
    const countDue = async (): Promise<number> => (await store.countDue(world.clock.now, 10)).connections
    world.clock.now += 30 * hour
    await vi.waitFor(async () => expect(await countDue()).toBe(1))

    await world.authpipe.maintain()
    world.clock.now += hour

    expect(await countDue()).toBe(0)
    await store.close()
  })

  // MT-7
  it('revokes nothing at the provider when it erases the tenant, or disconnects what was handed over', async () => {
    const { id: connectionId } = await world.browser().connect('plain')
    await world.browser('org_acme', 'user_2').connect('plain', { accountId: 'user-noah' })
    await move()

    await world.authpipe.disconnect({ ...here, connectionId })
    await world.authpipe.maintain()
    await world.authpipe.eraseTenant('org_acme')
    await world.authpipe.maintain()

    expect(world.sandbox.plain.revokeRequests()).toBe(0)
    for (const userId of ['user_1', 'user_2']) expect((await there.fetch({ ...plain, userId }, '/me')).status).toBe(200)
  })

  it('refreshes again what a user connects anew', async () => {
    await world.browser().connect('plain')
    await exported()

    await world.browser().connect('plain')
    world.clock.now += hour

    expect(await world.authpipe.getCredential(plain)).toMatchObject({ refreshed: true })
  })

  it('gives the same again when it exports twice: nothing is lost with the first file', async () => {
    await world.browser().connect('plain')
    const before = await world.authpipe.getCredential(plain)
    await exported()
    world.clock.now += 2 * hour

    await there.importTenant(await exported(), { key })

    const after = await there.getCredential(plain)
    expect([after.refreshed, after.credential === before.credential]).toEqual([true, false])
  })

  it('refreshes again once the tenant has come back, with what was refreshed elsewhere meanwhile', async () => {
    await world.browser().connect('plain')
    await move()
    world.clock.now += hour
    const newest = await there.getCredential(plain)

    const report = await world.authpipe.importTenant(await there.exportTenant({ ...here, recipient }), { key })

    expect(report).toMatchObject({ imported: 0, returned: 1, unchanged: 0 })
    expect((await world.authpipe.getCredential(plain)).credential).toBe(newest.credential)
    world.clock.now += hour
    expect(await world.authpipe.getCredential(plain)).toMatchObject({ refreshed: true })
    await expect(there.getCredential(plain)).rejects.toMatchObject({ details: { reason: 'handed_over' } })
  })

  it('takes the tenant back by its own file where nobody else has imported it, and checks it again', async () => {
    await world.browser().connect('plain')
    expect(await world.authpipe.importTenant(await exported(), { key })).toMatchObject({ returned: 1 })

    expect(await world.authpipe.importTenant(await exported(), { key })).toMatchObject({ returned: 1 })
    world.clock.now += 25 * hour
    expect(await world.authpipe.maintain()).toMatchObject({ refreshed: 1 })
  })

  it('does not take an older file for the tenant coming back', async () => {
    await world.browser().connect('plain')
    const older = await exported()
    await world.authpipe.importTenant(older, { key })
    world.clock.now += hour
    await world.authpipe.getCredential(plain)
    await exported()

    expect(await world.authpipe.importTenant(older, { key })).toMatchObject({ returned: 0, unchanged: 1 })
  })
})

describe('an export', () => {
  // MT-2
  it('waits for a refresh that is under way, and takes its token', async () => {
    await world.browser().connect('plain')
    const hold = world.sandbox.plain.hold('token', 'after')
    const refreshing = world.authpipe.getCredential({ ...plain, forceRefresh: true })
    await hold.arrived(1)

    const exporting = exported()
    hold.release()
    await there.importTenant(await exporting, { key })

    expect((await there.getCredential(plain)).credential).toBe((await refreshing).credential)
  })

  // MT-2
  it('fails and can be tried again where a refresh takes too long, and hands out no older token', async () => {
    await world.browser().connect('plain')
    const hold = world.sandbox.plain.hold('token', 'after')
    const refreshing = world.authpipe.getCredential({ ...plain, forceRefresh: true }).catch(() => undefined)
    await hold.arrived(1)

    await expect(exported()).rejects.toMatchObject({ code: 'refresh_failed', retryable: true, message: expect.stringContaining('export again') })
    hold.release()
    await refreshing

    await move()
    expect(await there.getCredential(plain)).toMatchObject({ refreshed: false })
  })

  // MT-2
  it('copies anew what was refreshed while it waited for another connection', async () => {
    const users = new Map<string, string>()
    for (const userId of ['user_1', 'user_2']) users.set((await world.browser('org_acme', userId).connect('plain')).id, userId)
    const [first, second] = Array.from(users).toSorted().map(([, userId]) => ({ ...plain, userId, forceRefresh: true }))
    if (!first || !second) throw new Error('Nothing is connected.')
    const hold = world.sandbox.plain.hold('token', 'after', { requests: 1 })
    const refreshing = world.authpipe.getCredential(first)
    await hold.arrived(1)
    const copied = vi.spyOn(SqlStore.prototype, 'findRefreshable')

    const exporting = exported()
    // Both of them, and the first once more.
    await vi.waitFor(() => expect(copied.mock.calls.length).toBeGreaterThan(2))
    const newest = await world.authpipe.getCredential(second)
    hold.release()
    await there.importTenant(await exporting, { key })

    expect((await there.getCredential({ ...second, forceRefresh: false })).credential).toBe(newest.credential)
    await refreshing
  })

  // MT-2
  it('waits until it is known what came of a refresh whose answer was lost', async () => {
    await world.browser().connect('plain')
    world.clock.now += hour
    world.sandbox.plain.fault('token', { kind: 'drop', processFirst: true })
    await world.authpipe.getCredential(plain).catch(() => undefined)

    await expect(exported()).rejects.toMatchObject({ code: 'refresh_failed', retryable: true })
    world.clock.now += 2 * 60_000

    await expect(exported()).resolves.toMatch(/^[\w-]+(\.[\w-]*){4}$/)
  })

  it('takes a connection along that ended while a refresh of it was left off', async () => {
    await world.browser().connect('plain')
    const store = world.database.openStore()
    await store.open()
    const [connection] = await store.listConnections(here)
    if (!connection) throw new Error('Nothing is stored.')
    const place = { ...here, connectionId: connection.id }
    await store.acquireLease({ ...place, owner: 'gone', now: 1, until: 2, expect: connection })
    const ended = { ...connection, status: 'needs_reauth', statusReason: 'credential_rejected' } as const
    await store.commit({ ...place, expect: connection, connection: ended }, [])
    await store.close()

    await move()

    expect(await there.getConnection(place)).toMatchObject({ status: 'needs_reauth', statusReason: 'credential_rejected' })
  })

  it('settles a refresh first that a process left off in the middle', async () => {
    await world.browser().connect('plain')
    const store = world.database.openStore()
    await store.open()
    const [connection] = await store.listConnections(here)
    if (!connection) throw new Error('Nothing is stored.')
    await store.acquireLease({ ...here, connectionId: connection.id, owner: 'gone', now: 1, until: 2, expect: connection })
    await store.close()
    const patient = world.another({ baseUrl: 'http://localhost:3001/api/authpipe', refresh: { deadlineMs: 10_000 } }, { timing: { lateReportMs: 10 } })

    await there.importTenant(await patient.exportTenant({ ...here, recipient }), { key })

    expect(tokenRequests()).toBe(2)
    expect((await there.fetch(plain, '/me')).status).toBe(200)
  })

  it('leaves the tenant as it was where a credential does not open', async () => {
    for (const userId of ['user_1', 'user_2']) await world.browser('org_acme', userId).connect('plain')
    const store = world.database.openStore()
    await store.open()
    const [whole, connection] = await store.listConnectionsOfTenant('org_acme')
    const secret = connection && (await store.findSecret('org_acme', connection.id, 'credential'))
    if (!whole || !secret) throw new Error('Nothing is stored.')
    const broken = { ...secret, sealed: secret.sealed.with(60, (secret.sealed[60] ?? 0) ^ 1) }
    await store.commit({ ...here, connectionId: connection.id, expect: connection, connection, secrets: [broken] }, [])
    await store.close()

    await expect(exported()).rejects.toMatchObject({ code: 'credential_undecryptable' })

    world.clock.now += hour
    expect(await world.authpipe.getCredential({ ...plain, userId: whole.ownerId })).toMatchObject({ refreshed: true })
  })

  it.each([
    ['a private key', key, /private key/],
    ['a key of another curve', makePair('P-384').recipient, /P-256/],
    ['no key', 'CANARY', /P-256/],
    ['nothing', undefined, /P-256/],
  ])('refuses %s for a recipient, and hands nothing over', async (_, wrong, message) => {
    await world.browser().connect('plain')

    await expect(world.authpipe.exportTenant({ ...here, recipient: wrong as string })).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringMatching(message) })

    world.clock.now += hour
    expect(await world.authpipe.getCredential(plain)).toMatchObject({ refreshed: true })
  })

  it('says so where there is nothing of the tenant', async () => {
    await expect(exported()).rejects.toMatchObject({ code: 'not_found' })
    await expect(world.authpipe.exportTenant({ tenantId: '', recipient })).rejects.toMatchObject({ code: 'invalid_request' })
  })

  // MT-7
  it('leaves tokens that wait to be revoked to the recipient, who revokes them', async () => {
    const { id: connectionId } = await world.browser().connect('plain')
    world.sandbox.plain.fault('revocation', { kind: 'answer', status: 503 }, { times: Infinity })
    await world.authpipe.disconnect({ ...here, connectionId })
    await world.authpipe.maintain()
    world.sandbox.plain.faults.reset()

    await move()
    world.clock.now += hour
    expect(await world.authpipe.maintain()).toMatchObject({ revoked: 0 })
    expect(await there.maintain()).toMatchObject({ revoked: 2 })
  })

  it('takes such tokens up again once the tenant has come back', async () => {
    const { id: connectionId } = await world.browser().connect('plain')
    world.sandbox.plain.fault('revocation', { kind: 'answer', status: 503 }, { times: Infinity })
    await world.authpipe.disconnect({ ...here, connectionId })
    await world.authpipe.maintain()
    world.sandbox.plain.faults.reset()
    const file = await exported()
    world.clock.now += hour
    expect(await world.authpipe.maintain()).toMatchObject({ revoked: 0 })

    await world.authpipe.importTenant(file, { key })

    expect(await world.authpipe.maintain()).toMatchObject({ revoked: 2 })
  })
})

describe('an import', () => {
  // MT-4
  it('changes nothing when it is repeated, also after a refresh there', async () => {
    await world.browser().connect('plain')
    const file = await exported()
    await there.importTenant(file, { key })
    world.clock.now += hour
    const newest = await there.getCredential(plain)

    expect(await there.importTenant(file, { key })).toMatchObject({ imported: 0, returned: 0, unchanged: 1 })

    expect((await there.getCredential(plain)).credential).toBe(newest.credential)
  })

  it('does not bring back what was disconnected there since', async () => {
    const { id: connectionId } = await world.browser().connect('plain')
    const file = await exported()
    await there.importTenant(file, { key })
    await there.disconnect({ ...here, connectionId })

    expect(await there.importTenant(file, { key })).toMatchObject({ unchanged: 1 })

    await expect(there.getCredential(plain)).rejects.toMatchObject({ code: 'connection_not_found' })
  })

  // MT-4
  it('made by two at once stores each connection once', async () => {
    for (const userId of ['user_1', 'user_2', 'user_3']) await world.browser('org_acme', userId).connect('plain')
    const file = await exported()
    const other = world.another({ database: elsewhere.url, keys: recipientKeys, baseUrl: 'http://localhost:3001/api/authpipe' })

    const reports = await Promise.all([there.importTenant(file, { key }), other.importTenant(file, { key })])

    expect(reports.reduce((sum, { imported }) => sum + imported, 0)).toBe(3)
    expect(reports.reduce((sum, { unchanged }) => sum + unchanged, 0)).toBe(3)
    expect(await rowsOf(elsewhere, 'secret')).toHaveLength(6)
  })

  it('leaves a connection of the same account as it is, and names it', async () => {
    const { id: connectionId } = await world.browser().connect('plain')
    const file = await exported()
    const newcomer = world.browser()
    newcomer.moveTo(there)
    const { id: presentConnectionId } = await newcomer.connect('plain')
    const before = await there.getCredential(plain)

    expect(await there.importTenant(file, { key })).toMatchObject({ imported: 0, conflicts: [{ provider: 'plain', connectionId, presentConnectionId }] })

    expect((await there.getCredential(plain)).credential).toBe(before.credential)
  })

  it('lets the default that is there stay the default', async () => {
    await world.browser().connect('plain')
    const file = await exported()
    const newcomer = world.browser()
    newcomer.moveTo(there)
    const { id } = await newcomer.connect('plain', { accountId: 'user-noah' })

    expect(await there.importTenant(file, { key })).toMatchObject({ imported: 1 })

    expect((await there.listConnections(here)).filter(({ isDefault }) => isDefault).map((one) => one.id)).toEqual([id])
  })

  // MT-9
  it.each([
    ['whose provider is not registered', 'unknown_provider', freshdesk()],
    ['whose accounts were connected by another client', 'invalid_configuration', textbook({ clientId: 'another', clientSecret: 'secret' })],
    ['that is of users where connections belong to tenants', 'invalid_configuration', textbook({ ...sandboxClient('plain'), attachment: 'tenant' })],
  ] as const)('refuses a file %s before anything is written', async (_, code, registration) => {
    await world.browser().connect('plain')
    const file = await exported()
    await there.ready()
    const before = await elsewhere.rows()
    const other = world.another({ database: elsewhere.url, keys: recipientKeys, baseUrl: 'http://localhost:3001/api/authpipe', providers: [registration] })

    await expect(other.importTenant(file, { key })).rejects.toMatchObject({ code, message: expect.stringContaining('Nothing was written') })

    expect(await elsewhere.rows()).toEqual(before)
  })
})

describe('a process that is killed', () => {
  // MT-3
  it('in the middle of an import leaves what it stored, and the next one stores the rest', async () => {
    for (const userId of ['user_1', 'user_2', 'user_3']) await world.browser('org_acme', userId).connect('plain')
    const file = await exported()
    const step = processOf({ action: 'import', url: elsewhere.url, keys: recipientKeys, pem: key, file })

    for (const [dieAtCommit, stored] of [[1, 0], [3, 2], [2, 3]] as const) {
      expect(await inProcess({ ...step, dieAtCommit })).toBeUndefined()
      expect(await rowsOf(elsewhere, 'connection')).toHaveLength(stored)
    }

    expect(JSON.parse((await inProcess(step)) ?? '')).toMatchObject({ imported: 0, unchanged: 3 })
    for (const userId of ['user_1', 'user_2', 'user_3']) expect((await there.getCredential({ ...plain, userId })).credential).toMatch(/./)
  })

  // MT-3
  it('in the middle of an export leaves a tenant that the next export gives whole', async () => {
    for (const userId of ['user_1', 'user_2', 'user_3']) await world.browser('org_acme', userId).connect('plain')
    await world.authpipe.close()
    const step = processOf({ action: 'export', url: world.database.url, keys: ownKeys, pem: recipient })

    for (const dieAtCommit of [2, 4]) expect(await inProcess({ ...step, dieAtCommit })).toBeUndefined()
    const file = await inProcess(step)

    expect(await there.importTenant(file ?? '', { key })).toMatchObject({ imported: 3 })
    world.clock.now += hour
    for (const userId of ['user_1', 'user_2', 'user_3']) expect(await there.getCredential({ ...plain, userId })).toMatchObject({ refreshed: true })
  })
})

describe('a file', () => {
  let file: string
  beforeEach(async () => {
    await world.browser().connect('plain')
    file = await exported()
    await there.ready()
  })

  const encrypt = (contents: string, header: object = {}): Promise<string> =>
    new CompactEncrypt(new TextEncoder().encode(contents))
      .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', ...JSON.parse(Buffer.from(file.split('.')[0] ?? '', 'base64url').toString()), epk: undefined, ...header })
      .encrypt(createPublicKey(recipient))

  // MT-5
  it.each([
    ['is for another key', 'encryption_key_unavailable', /another key/, () => [file, makePair().key]],
    ['is cut', 'credential_undecryptable', /cut or changed/, () => [file.slice(0, -10)]],
    ['is cut after its header', 'credential_undecryptable', /cut or changed/, () => [`${file.split('.')[0]}.`]],
    ['is longer than it was', 'credential_undecryptable', /cut or changed/, () => [`${file}AAAA`]],
    ['is something else', 'invalid_request', /no file that exportTenant made/, () => ['CANARY']],
    ['is nothing', 'invalid_request', /no file that exportTenant made/, () => ['']],
    ['is of another type', 'invalid_request', /no file that exportTenant made/, () => encrypt('{}', { typ: 'JWT' })],
    ['is of another version', 'invalid_request', /version 2/, () => encrypt('{}', { version: 2 })],
    ['is compressed', 'credential_undecryptable', /cut or changed/, () => encrypt('{}', { zip: 'DEF' })],
    ['holds no JSON', 'invalid_request', /would not have written/, () => encrypt('CANARY')],
    ['holds something else', 'invalid_request', /at "tenantId"/, () => encrypt('{"tenantId":5}')],
  ] as const)('that %s is refused in one sentence and nothing is written', async (_, code, message, make) => {
    const made: string | readonly string[] = await make()
    const [text = '', privateKey = key] = typeof made === 'string' ? [made] : made
    const before = await elsewhere.rows()

    const refusal: unknown = await there.importTenant(text, { key: privateKey }).catch((error: unknown) => error)

    expect(refusal).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(String(refusal)).not.toContain('CANARY')
    expect(await elsewhere.rows()).toEqual(before)
  })

  /** A connection as the file has it, to be changed. */
  type Written = Record<string, unknown>

  // MT-5
  it.each<[string, RegExp, (connection: Written) => void]>([
    ['a member too many', /at "connections\.0"/, (connection) => (connection['isAdmin'] = true)],
    ['a status that there is not', /at "connections\.0\.status"/, (connection) => (connection['status'] = 'CANARY')],
    ['a generation below none', /at "connections\.0\.tokenGeneration"/, (connection) => (connection['tokenGeneration'] = -1)],
    ['no credential', /without its credential/, (connection) => (connection['secrets'] = {})],
    ['a host where a subdomain belongs', /not a plain name/, (connection) => Object.assign(connection, { provider: 'freshdesk', credentialType: 'api_key', settings: { subdomain: 'evil.example/' } })],
  ])('that somebody else has written with %s is refused, and nothing is written', async (_, message, change) => {
    const { plaintext } = await compactDecrypt(file, createPrivateKey(key))
    const contents = JSON.parse(new TextDecoder().decode(plaintext)) as { connections: Written[] }
    if (contents.connections[0]) change(contents.connections[0])
    const before = await elsewhere.rows()

    const refusal: unknown = await there.importTenant(await encrypt(JSON.stringify(contents)), { key }).catch((error: unknown) => error)

    expect(refusal).toMatchObject({ code: 'invalid_request', message: expect.stringMatching(message) })
    expect(String(refusal)).not.toMatch(/CANARY|evil/)
    expect(await elsewhere.rows()).toEqual(before)
  })

  // MT-5
  it('of which any character was changed is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.constantFrom(...'ABCDEFwxyz0189-_.'), async (at, character) => {
        if (file[at] === character) return
        const changed = file.slice(0, at) + character + file.slice(at + 1)
        await expect(there.importTenant(changed, { key })).rejects.toMatchObject({ code: expect.stringMatching(/^(invalid_request|encryption_key_unavailable|credential_undecryptable)$/) })
      }),
      { numRuns: Number(process.env.AUTHPIPE_TEST_RUNS ?? 150) },
    )
    expect(await rowsOf(elsewhere, 'connection')).toEqual([])
  })

  it('is read with white space around it, as copying leaves it', async () => {
    expect(await there.importTenant(`\n${file}\r\n`, { key })).toMatchObject({ imported: 1 })
  })

  it.each([
    ['the public key', recipient],
    ['no key', 'CANARY'],
    ['nothing', undefined],
  ])('is not opened with %s', async (_, wrong) => {
    await expect(there.importTenant(file, { key: wrong as string })).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining('private key') })
  })
})
