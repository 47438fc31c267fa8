// What one process remembers while others change it, and while the database is away.
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startPostgres, type PostgresServer } from '../../../../tools/startPostgres.ts'
import { hour, minute, openRig, query, second, tenantId, type Rig, type RigOptions } from '../rig/openRig.ts'
import { storeKinds, type StoreKind } from '../rig/RigDatabase.ts'
import type { Worker } from '../rig/Worker.ts'

let server: PostgresServer
let rig: Rig
beforeAll(async () => {
  server = await startPostgres()
})
afterEach(() => rig.close())
afterAll(() => server.close())

/** So long is an answer remembered where nothing is heard of a change. */
const remembered = (maxStaleMs: number): RigOptions => ({ options: { cache: { maxStaleMs } } })

interface Pair {
  /** Has read and remembers. */
  readonly warm: Worker
  readonly other: Worker
  readonly connectionId: string
  readonly credential: string
}

async function openPair(store: StoreKind, options: RigOptions = {}): Promise<Pair> {
  rig = await openRig(store, { server, ...options })
  const [warm, other] = await Promise.all([rig.startWorker(), rig.startWorker()])
  const { id: connectionId } = await rig.connect(other)
  return { warm, other, connectionId, credential: (await warm.call('getCredential', query)).credential }
}

/** The option of a worker that nobody tells anything: only its own bound helps it. */
const untold = (): string | { url: string } => (rig.database.url.startsWith('file:') ? rig.database.url : { url: rig.database.url })

describe.each(storeKinds)('a process on %s that remembers a credential', (store) => {
  // CA-1
  it('refuses it soon after another process ended the connection, long before its memory runs out', async () => {
    const { warm, other, connectionId } = await openPair(store, remembered(10 * minute))

    await other.call('disconnect', { tenantId, connectionId })

    await vi.waitFor(() => expect(warm.call('getCredential', query)).rejects.toMatchObject({ code: 'connection_not_found' }), { timeout: 5_000, interval: 20 })
  })

  // CA-2
  it('gives the new token soon after another process refreshed it', async () => {
    const { warm, other, connectionId } = await openPair(store, remembered(10 * minute))
    rig.sandbox.plain.set({ endsOldAccessTokens: true })

    await other.call('refreshConnection', { tenantId, connectionId })
    const { credential } = await other.call('getCredential', query)

    await vi.waitFor(async () => expect((await warm.call('getCredential', query)).credential).toBe(credential), { timeout: 5_000, interval: 20 })
  })

  // CA-3
  it('gives the new grant with its scopes soon after the user reconnected in another process', async () => {
    const { warm, other, credential } = await openPair(store, remembered(10 * minute))
    rig.sandbox.plain.set({ grantedScopes: ['profile'] })

    await rig.connect(other)

    await vi.waitFor(async () => expect((await warm.call('getCredential', query)).credential).not.toBe(credential), { timeout: 5_000, interval: 20 })
    expect((await warm.call('listConnections', tenantId)).map(({ scopes }) => scopes)).toEqual([['profile']])
  })

  // CA-8
  it('does not put back what it had read before the connection was ended', async () => {
    const { other, connectionId } = await openPair(store, remembered(10 * minute))
    const reader = await rig.startWorker()
    await reader.call('ready')
    await reader.call('holdKeys')
    const reading = reader.call('getCredential', query)
    await vi.waitFor(async () => expect(await reader.call('waitingForKeys')).toBe(1))

    await other.call('disconnect', { tenantId, connectionId })
    const endedAt = performance.now()
    // Long enough for the reader to hear of it, which is what the late write must not undo.
    await vi.waitFor(() => expect(performance.now() - endedAt).toBeGreaterThan(500))
    await reader.call('releaseKeys')
    await reading

    await vi.waitFor(() => expect(reader.call('getCredential', query)).rejects.toMatchObject({ code: 'connection_not_found' }), 5_000)
  })

  // CA-5
  it('gives it while the database is away, and never past its end', async () => {
    const { warm, credential } = await openPair(store, remembered(2 * hour))
    const bringBack = await rig.database.stop()

    expect((await warm.call('getCredential', query)).credential).toBe(credential)
    await rig.passTime(hour + minute)
    const late = warm.call('getCredential', query)
    await expect(late).rejects.toMatchObject({ retryable: true, code: expect.stringMatching(/store_unavailable|refresh_failed/) })

    await bringBack()
    expect(await vi.waitFor(() => warm.call('getCredential', query), 10_000)).toMatchObject({ refreshed: true })
  })

  // CA-6
  it('is not needed to come back: one that starts while the database is away says so in time, and works when it is there', async () => {
    const { other } = await openPair(store)
    const cold = await rig.startWorker()
    const bringBack = await takeFileAway(store)
    const askedAt = performance.now()

    await expect(cold.call('getCredential', query)).rejects.toMatchObject({ code: store === 'sqlite' ? 'invalid_configuration' : 'store_unavailable' })

    expect(performance.now() - askedAt).toBeLessThan(15 * second)
    await bringBack()
    expect((await cold.call('getCredential', query)).credential).toBe((await vi.waitFor(() => other.call('getCredential', query))).credential)
  })
})

describe('a process on postgres that remembers a credential', () => {
  // CA-1, CA-4
  it('refuses it within its bound where nothing can tell it of a change', async () => {
    const { other, connectionId } = await openPair('postgres', remembered(500))
    const deaf = await rig.startWorker({ database: untold() })
    await deaf.call('getCredential', query)

    await other.call('disconnect', { tenantId, connectionId })

    await vi.waitFor(() => expect(deaf.call('getCredential', query)).rejects.toMatchObject({ code: 'connection_not_found' }), { timeout: 5_000, interval: 50 })
  })

  // CA-2, RF-29
  it('calls the provider with the token that another process got meanwhile, and asks for no other', async () => {
    const { other, connectionId } = await openPair('postgres', remembered(10 * minute))
    rig.sandbox.plain.set({ endsOldAccessTokens: true })
    const deaf = await rig.startWorker({ database: untold() })
    await deaf.call('getCredential', query)
    await other.call('refreshConnection', { tenantId, connectionId })
    await rig.passTime(5 * second)

    expect(await deaf.call('fetch', query, '/me')).toBe(200)

    expect(rig.sandbox.plain.tokenRequests()).toBe(2)
  })

  // CA-4
  it('hears of changes again after the connection that tells them was cut', async () => {
    const { warm, other, connectionId } = await openPair('postgres', remembered(10 * minute))
    const client = new pg.Client({ connectionString: rig.database.url })
    await client.connect()
    const listeners = async (): Promise<unknown[]> => (await client.query(`SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN authpipe_change'`)).rows
    const before = await listeners()
    await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN authpipe_change'`)
    await vi.waitFor(async () => expect(await listeners()).toHaveLength(before.length), 10_000)
    await client.end()
    await warm.call('getCredential', query)

    await other.call('disconnect', { tenantId, connectionId })

    await vi.waitFor(() => expect(warm.call('getCredential', query)).rejects.toMatchObject({ code: 'connection_not_found' }), { timeout: 5_000, interval: 20 })
  })
})

/** A file is away when its disk is: something else stands in its place. */
async function takeFileAway(store: StoreKind): Promise<() => Promise<void>> {
  if (store === 'postgres') return rig.database.stop()
  const { rename, rm, writeFile } = await import('node:fs/promises')
  const directory = rig.database.url.slice('file:'.length).replace(/\/[^/]+$/, '')
  await rename(directory, `${directory}-away`)
  await writeFile(directory, '')
  return async () => {
    await rm(directory)
    await rename(`${directory}-away`, directory)
  }
}
