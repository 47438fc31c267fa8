// What becomes of the database itself: killed writers, many writers, full and read-only disks, restarts, copies, clocks.
import pg from 'pg'
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startPostgres, type PostgresServer } from '../../../../tools/startPostgres.ts'
import { hour, minute, openRig, query, second, tenantId, type Rig } from '../rig/openRig.ts'
import { storeKinds, type StoreKind } from '../rig/RigDatabase.ts'
import type { Worker } from '../rig/Worker.ts'
import { Browser } from '../world.ts'

/** Ours to stop, and without the wish to write its log soon: what is not asked to be on the disk is not there. */
let server: PostgresServer
let rig: Rig
beforeAll(async () => {
  server = await startPostgres({ settings: { wal_writer_delay: '10s' } })
})
afterEach(() => rig.close())
afterAll(() => server.close())

/** Connects so many users. @returns the ids of their connections */
async function connectUsers(worker: Worker, count: number): Promise<{ userId: string; connectionId: string }[]> {
  const users: { userId: string; connectionId: string }[] = []
  for (let index = 0; index < count; index += 1) {
    const userId = `user_${index}`
    users.push({ userId, connectionId: (await rig.connect(worker, { userId })).id })
  }
  return users
}

const isReachable = async (worker: Worker, userId: string): Promise<boolean> => (await worker.call('fetch', { ...query, userId }, '/me')) === 200

const path = (): string => rig.database.url.slice('file:'.length)

/** Whether rows belong together, and the file is whole. */
async function expectSound(store: StoreKind): Promise<void> {
  const [connections, secrets] = [await rig.database.rows('connection'), await rig.database.rows('secret')]
  expect(new Set(connections.map(({ id }) => id)).size).toBe(connections.length)
  expect(secrets).toHaveLength(2 * connections.length)
  if (store === 'postgres') return
  const db = new DatabaseSync(path())
  try {
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([])
  } finally {
    db.close()
  }
}

describe.each(storeKinds)('a database on %s', (store) => {
  // DB-1, proof 2
  it('is whole after its writers were killed again and again, and every credential opens and works', async () => {
    const kills = Number(process.env.AUTHPIPE_TEST_KILLS ?? 3)
    rig = await openRig(store)
    rig.sandbox.plain.set({ rotation: { graceSeconds: 24 * 3600 } })
    const heir = await rig.startWorker()
    const users = await connectUsers(heir, 8)
    const refs = users.map(({ connectionId }) => ({ tenantId, connectionId }))
    // Four places, each with one process after the other.
    const killOften = async (): Promise<void> => {
      for (let kill = 0; kill < kills; kill += 1) {
        const worker = await rig.startWorker()
        await worker.call('ready')
        void worker.call('churn', refs)
        await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 200))
        await worker.kill()
        // The lease of the dead one is over, so that the next one has something to do.
        await rig.passTime(21 * second)
      }
    }
    await Promise.all([killOften(), killOften(), killOften(), killOften()])
    // Before anybody mends it: a new token stands with the generation that it was stored under, or not at all.
    const connections = await rig.database.rows('connection')
    for (const secret of await rig.database.rows('secret')) {
      // In SQLite a secret's number tells whose it is.
      const whose = connections.find(({ id, seq }) => (secret['connection_id'] === undefined ? seq === Math.floor(Number(secret['seq']) / 2) : id === secret['connection_id']))
      expect(Number(secret['token_generation'])).toBe(Number(whose?.['token_generation']))
    }
    await rig.passTime(3 * hour)
    for (const { userId } of users) expect(await vi.waitFor(() => isReachable(heir, userId), { timeout: 10_000 })).toBe(true)
    await expectSound(store)
    expect(rig.sandbox.plain.rotationLedger().map(({ event }) => event)).not.toContain('revoked')
  })

  // DB-3
  it('takes what eight processes write at once, without an error and without a long wait', async () => {
    rig = await openRig(store)
    const workers = await rig.startWorkers(8)
    const [first] = workers
    if (!first) throw new Error('No worker started.')
    const users = await connectUsers(first, 8)

    const work = await Promise.all(workers.map((worker, index) => worker.call('refreshOften', { tenantId, connectionId: users[index]?.connectionId ?? '' }, 20)))

    expect(work.flatMap(({ refusals }) => refusals)).toEqual([])
    expect((await rig.database.rows('connection')).map((row) => Number(row['token_generation']))).toEqual(users.map(() => 21))
    // The busy timeout of SQLite is 5 seconds: nobody came near it.
    expect(Math.max(...work.map(({ longestMs }) => longestMs))).toBeLessThan(4 * second)
  })

  // DB-4
  it('that is full refuses writes by a code, writes nothing by halves, is read as before, and goes on when there is space', async () => {
    rig = await openRig(store)
    const worker = await rig.startWorker()
    await rig.connect(worker)
    const before = [await rig.database.rows('connection'), await rig.database.rows('secret'), await rig.database.rows('event')]
    const makeSpace = await fillDisk(store, worker)

    const refused = await startUntilRefused(worker)
    expect([refused.status, (await refused.json()) as unknown]).toEqual([503, expect.objectContaining({ code: 'store_unavailable', retryable: true })])
    expect([await rig.database.rows('connection'), await rig.database.rows('secret'), await rig.database.rows('event')]).toEqual(before)
    expect(await isReachable(worker, query.userId)).toBe(true)
    expect(await worker.call('listConnections', tenantId)).toHaveLength(1)

    await makeSpace()
    expect(await rig.connect(worker, { userId: 'user_later' })).toMatchObject({ status: 'active' })
  })

  // DB-11
  it('is asked as quickly as ever while the provider keeps thirty refreshes waiting', async () => {
    rig = await openRig(store, { server })
    const worker = await rig.startWorker(store === 'postgres' ? { database: { url: rig.database.url, poolSize: 2 } } : {})
    const users = await connectUsers(worker, 30)
    await rig.passTime(2 * hour)
    const hold = rig.sandbox.plain.hold('token')
    const readings = users.map(({ userId }) => worker.call('getCredential', { ...query, userId }))
    await hold.arrived(16)

    const askedAt = performance.now()
    expect(await worker.call('listConnections', tenantId)).toHaveLength(30)
    expect(performance.now() - askedAt).toBeLessThan(2 * second)
    if (store === 'postgres') expect(await countTransactions()).toBe(0)

    hold.release()
    expect(await Promise.all(readings)).toHaveLength(30)
  })

  // DB-13
  it('keeps no sealed token of a connection that was ended, once the provider has heard of it', async () => {
    rig = await openRig(store)
    const worker = await rig.startWorker()
    const { id: connectionId } = await rig.connect(worker)
    const sealed = (await rig.database.rows('secret')).map((row) => Buffer.from(row['sealed'] as Uint8Array))
    await worker.call('disconnect', { tenantId, connectionId })
    await vi.waitFor(() => expect(rig.sandbox.plain.revokeRequests()).toBe(2))
    await vi.waitFor(async () => expect(await rig.database.rows('revocation')).toEqual([]))
    await worker.call('close')

    expect(await rig.database.rows('secret')).toEqual([])
    if (store === 'postgres') return
    const files = readdirSync(dirname(path())).map((name) => readFileSync(`${dirname(path())}/${name}`))
    expect(sealed.map((bytes) => files.some((file) => file.includes(bytes)))).toEqual([false, false])
  })
})

describe('a database on sqlite', () => {
  // DB-12
  it('is for this user alone, whatever the umask lets others do', async () => {
    rig = await openRig('sqlite')
    const worker = await rig.startWorker({ database: `${rig.database.url.replace(/authpipe\.db$/, '')}nested/authpipe.db` })
    await worker.call('setUmask', 0)
    await rig.connect(worker)

    const nested = `${dirname(path())}/nested`
    expect((statSync(nested).mode & 0o777).toString(8)).toBe('700')
    expect(readdirSync(nested).map((name) => `${name} ${(statSync(`${nested}/${name}`).mode & 0o777).toString(8)}`)).toEqual(['authpipe.db 600', 'authpipe.db-shm 600', 'authpipe.db-wal 600'])
  })

  // DB-5
  it('that may not be written refuses to start, naming the file, and makes no other one', async () => {
    rig = await openRig('sqlite')
    const [first] = await rig.startWorkers(1)
    await first?.call('ready')
    await first?.call('close')
    const directory = dirname(path())
    // Root may write everything, so somebody else starts.
    const nobody = process.getuid?.() === 0 ? 65_534 : undefined
    if (nobody !== undefined) for (const file of [directory, path()]) chownSync(file, nobody, nobody)
    chmodSync(path(), 0o400)
    chmodSync(directory, 0o500)
    const reader = await rig.startWorker({}, nobody)

    await expect(reader.call('ready')).rejects.toMatchObject({ code: 'invalid_configuration', message: expect.stringContaining(path()) })
    expect(readdirSync(directory)).toEqual(['authpipe.db'])
    chmodSync(directory, 0o700)
    chmodSync(path(), 0o600)
    await reader.call('ready')
  })

  // DB-10
  it('that was put back to an older copy gives up only what was refreshed since, after one try, with a reason', async () => {
    rig = await openRig('sqlite')
    const users = await makeStaleCopy(async () => {
      const db = new DatabaseSync(path())
      db.exec(`VACUUM INTO '${path()}.copy'`)
      db.close()
    })
    for (const suffix of ['', '-wal', '-shm']) rmSync(path() + suffix, { force: true })
    cpSync(`${path()}.copy`, path())
    await expectStaleCopy(users)
  })
})

describe('a database on postgres', () => {
  // DB-2
  it('holds a token that was handed out even when it crashes in the next moment and is set to wait for no disk', async () => {
    rig = await openRig('postgres', { server })
    const [one, other] = await Promise.all([rig.startWorker(), rig.startWorker()])
    await rig.connect(one)
    await rig.passTime(2 * hour)

    const { credential } = await one.call('getCredential', query)
    const bringBack = await rig.database.stop()
    await bringBack()

    expect((await other.call('getCredential', query)).credential).toBe(credential)
    expect(rig.sandbox.plain.rotationLedger().map(({ event }) => event)).toEqual(['granted', 'refreshed'])
  })

  // DB-9
  it('that crashes and comes back under load costs nothing but retryable errors, no process and no grant', async () => {
    rig = await openRig('postgres', { server })
    const [first, ...others] = await Promise.all([rig.startWorker(), rig.startWorker(), rig.startWorker(), rig.startWorker()])
    const workers = [first, ...others]
    const users = await connectUsers(first, 24)
    const refs = users.map(({ connectionId }) => ({ tenantId, connectionId }))
    const churning = workers.map((worker) => worker.call('churn', refs))
    for (const _ of ['a crash', 'another crash']) {
      const requests = rig.sandbox.plain.tokenRequests()
      await vi.waitFor(() => expect(rig.sandbox.plain.tokenRequests()).toBeGreaterThan(requests + 8), 20_000)
      const bringBack = await rig.database.stop()
      await bringBack()
    }
    const refusals = (await Promise.all(workers.map((worker) => worker.call('stopChurning')))).flat()
    await Promise.all(churning)

    // Whoever was given a lease in the last moment and does not know of it keeps the others waiting until it is over.
    expect(refusals.filter((code) => code !== 'store_unavailable' && code !== 'refresh_failed')).toEqual([])
    await rig.passTime(3 * hour)
    for (const worker of workers) for (const { userId } of users) expect(await isReachable(worker, userId)).toBe(true)
    expect(rig.sandbox.plain.rotationLedger().filter(({ event }) => event !== 'granted' && event !== 'refreshed')).toEqual([])
  })

  // DB-5
  it('that has become read-only refuses writes by a code that says why, and is read as before', async () => {
    rig = await openRig('postgres')
    const worker = await rig.startWorker()
    const { id: connectionId } = await rig.connect(worker)
    const name = new URL(rig.database.url).pathname.slice(1)
    await rig.database.run(`ALTER DATABASE ${name} SET default_transaction_read_only = on; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`)

    await vi.waitFor(() => expect(worker.call('disconnect', { tenantId, connectionId })).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('is read-only') }), 5_000)
    expect(await isReachable(worker, query.userId)).toBe(true)
  })

  // DB-10
  it('that failed over to an older copy gives up only what was refreshed since, after one try, with a reason', async () => {
    rig = await openRig('postgres', { server })
    const copy = `${server.directory}-copy`
    const users = await makeStaleCopy(async () => {
      await server.stop()
      execFileSync('cp', ['-a', server.directory, copy])
      await server.start()
    })
    await server.stop('immediate')
    execFileSync('sh', ['-c', `rm -rf "${server.directory}" && mv "${copy}" "${server.directory}"`])
    await server.start()
    await expectStaleCopy(users)
  })

  // DB-17
  it.each([
    ['ahead', 10 * minute],
    ['behind', -10 * minute],
  ])('judges leases by its own clock: a process whose clock is ten minutes %s neither takes over nor waits too long', async (_, clockAheadMs) => {
    rig = await openRig('postgres', { followsDatabase: true })
    const [holder, other] = await Promise.all([rig.startWorker(), rig.startWorker({ clockAheadMs })])
    rig.sandbox.plain.set({ expiresInSeconds: 5 })
    await rig.connect(holder)
    rig.sandbox.plain.set({ expiresInSeconds: 3600 })
    const hold = rig.sandbox.plain.hold('token')
    const holding = holder.call('getCredential', { ...query, forceRefresh: true })
    await hold.arrived(1)
    const waiting = other.call('getCredential', { ...query, forceRefresh: true })
    // It looks ten times a second.
    const lookedAt = performance.now()
    await vi.waitFor(() => expect(performance.now() - lookedAt).toBeGreaterThan(1_000), 5_000)
    hold.release()

    expect((await waiting).credential).toBe((await holding).credential)
    expect(rig.sandbox.plain.tokenRequests()).toBe(2)
  })

  // DB-17
  it('judges leases by its own clock, also for a process whose clock jumps in between', async () => {
    rig = await openRig('postgres', { followsDatabase: true })
    const [holder, other] = await Promise.all([rig.startWorker(), rig.startWorker()])
    await rig.connect(holder)
    await other.call('ready')
    const hold = rig.sandbox.plain.hold('token')
    const holding = holder.call('getCredential', { ...query, forceRefresh: true })
    await hold.arrived(1)
    await other.call('setClock', 10 * minute)
    const waiting = other.call('getCredential', { ...query, forceRefresh: true })
    const lookedAt = performance.now()
    await vi.waitFor(() => expect(performance.now() - lookedAt).toBeGreaterThan(1_000), 5_000)
    hold.release()

    expect((await waiting).credential).toBe((await holding).credential)
    expect(rig.sandbox.plain.tokenRequests()).toBe(2)
  })
})

interface StaleUsers {
  readonly refreshedSince: string
  readonly untouched: string
}

/** Two users, one of whom gets a new token after the copy. Nobody runs any more when it is put in place. */
async function makeStaleCopy(copy: () => Promise<void>): Promise<StaleUsers> {
  const worker = await rig.startWorker()
  const [one, other] = await connectUsers(worker, 2)
  if (!one || !other) throw new Error('Nobody is connected.')
  await copy()
  await vi.waitFor(() => worker.call('refreshConnection', { tenantId, connectionId: one.connectionId }), 10_000)
  await worker.kill()
  return { refreshedSince: one.userId, untouched: other.userId }
}

async function expectStaleCopy({ refreshedSince, untouched }: StaleUsers): Promise<void> {
  await rig.passTime(2 * hour)
  const worker = await rig.startWorker()
  for (const _ of [1, 2]) {
    await expect(worker.call('getCredential', { ...query, userId: refreshedSince })).rejects.toMatchObject({ code: 'needs_reauth', details: { reason: 'grant_revoked' } })
  }
  expect(await isReachable(worker, untouched)).toBe(true)
  // Two connects, the refresh that was lost, one try with the older token, and the other user's.
  expect(rig.sandbox.plain.tokenRequests()).toBe(5)
  await rig.connect(worker, { userId: refreshedSince })
  expect(await isReachable(worker, refreshedSince)).toBe(true)
}

/** Starts connecting for one user after another until a session cannot be stored. */
async function startUntilRefused(worker: Worker): Promise<Response> {
  for (let user = 0; user < 500; user += 1) {
    const browser = new Browser(worker, { tenantId, userId: `user_${user} ${'x'.repeat(200)}` })
    const response = await browser.json('POST', '/sessions', { provider: 'plain', sessionId: crypto.randomUUID() })
    if (response.status !== 201) return response
  }
  throw new Error('There is still space.')
}

/** @returns makes space */
async function fillDisk(store: StoreKind, worker: Worker): Promise<() => Promise<void>> {
  if (store === 'sqlite') {
    await worker.call('setDiskFull', true)
    return () => worker.call('setDiskFull', false)
  }
  // A server of its own on a full disk says this (SQLSTATE 53100).
  await rig.database.run(`
    CREATE FUNCTION authpipe.disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON authpipe.session FOR EACH ROW EXECUTE FUNCTION authpipe.disk_full()`)
  return () => rig.database.run('DROP TRIGGER disk_full ON authpipe.session')
}

/** Transactions that are open on the rig's database, this look excepted. */
async function countTransactions(): Promise<number> {
  const client = new pg.Client({ connectionString: rig.database.url })
  await client.connect()
  const { rowCount } = await client.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`)
  await client.end()
  return rowCount ?? 0
}
