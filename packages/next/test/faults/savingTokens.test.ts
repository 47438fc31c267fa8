// Databases that fail just when a new token is to be stored: the token may be the only one, and is asked for once.
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startPostgres, type PostgresServer } from '../../../../tools/startPostgres.ts'
import { hour, minute, openRig, query, second, type Rig, type RigOptions } from '../rig/openRig.ts'
import { storeKinds, type StoreKind } from '../rig/RigDatabase.ts'
import { startCommitCutter } from '../rig/startCommitCutter.ts'
import type { Worker } from '../rig/Worker.ts'

let server: PostgresServer
let rig: Rig
beforeAll(async () => {
  server = await startPostgres()
})
afterEach(() => rig.close())
afterAll(() => server.close())

/** What a process says when it keeps a token. */
const isKept = 'a refreshed token cannot be stored yet'

interface Scene {
  /** Has asked, and its answer is held by the provider. */
  readonly asking: Worker
  readonly other: Worker
  readonly reading: Promise<{ readonly credential: string }>
  readonly letGo: () => void
}

/** @param prepare - what is to happen to the answer */
async function holdAnswer(store: StoreKind, options: RigOptions = {}, prepare = (): void => undefined): Promise<Scene> {
  rig = await openRig(store, { server, ...options })
  const [asking, other] = await Promise.all([rig.startWorker(), rig.startWorker()])
  await rig.connect(other)
  await asking.call('ready')
  await rig.passTime(2 * hour)
  const hold = rig.sandbox.plain.hold('token', 'after', { requests: 1 })
  prepare()
  const reading = asking.call('getCredential', query)
  await hold.arrived(1)
  return { asking, other, reading, letGo: () => hold.release() }
}

const ledger = (): string[] => rig.sandbox.plain.rotationLedger().map(({ event }) => event)

const ownerOfLease = async (): Promise<unknown> => (await rig.database.rows('schedule'))[0]?.['lease_owner']

async function expectUnharmed(...workers: readonly Worker[]): Promise<void> {
  expect(ledger()).toEqual(['granted', 'refreshed'])
  for (const worker of workers) expect(await worker.call('fetch', query, '/me')).toBe(200)
  await rig.passTime(2 * hour)
  for (const worker of workers) expect(await worker.call('fetch', query, '/me')).toBe(200)
  expect(ledger()).toEqual(['granted', 'refreshed', 'refreshed'])
}

describe.each(storeKinds)('a new token on %s', (store) => {
  // RF-17; on SQLite RF-20 too: the lock outlasts the busy timeout
  it('is kept while the database is away, and stored when it is back, without asking the provider again', async () => {
    const { asking, other, reading, letGo } = await holdAnswer(store)
    const bringBack = await rig.database.stop()
    letGo()
    await vi.waitFor(() => expect(asking.said).toContain(isKept), 20_000)
    const meanwhile = other.call('getCredential', query)

    await bringBack()

    const { credential } = await reading
    // Whoever asked meanwhile waited for it, or was told to try again.
    await meanwhile.then(
      (answer) => expect(answer.credential).toBe(credential),
      (error: unknown) => expect(error).toMatchObject({ code: 'store_unavailable', retryable: true }),
    )
    await expectUnharmed(asking, other)
  })

  // RF-17
  it('is stored before anybody takes over, even when the database was away for longer than the lease', async () => {
    const { asking, other, reading, letGo } = await holdAnswer(store, { timing: { lateReportMs: 2_000 } })
    const bringBack = await rig.database.stop()
    letGo()
    await vi.waitFor(() => expect(asking.said).toContain(isKept), 20_000)
    await rig.passTime(21 * second)
    await asking.stop()
    await bringBack()
    const owner = await ownerOfLease()
    const takeover = vi.waitFor(() => other.call('getCredential', query), { timeout: 30_000 })
    await vi.waitFor(async () => expect(await ownerOfLease()).not.toBe(owner), { timeout: 10_000, interval: 10 })

    asking.resume()

    expect((await takeover).credential).toBe((await reading).credential)
    await expectUnharmed(asking, other)
  })

  // RF-17
  it('is kept while the key service is away that it has to be sealed with, and stored when it is back', async () => {
    const { asking, other, reading, letGo } = await holdAnswer(store)
    // Longer than a process keeps a key.
    await rig.passTime(20 * minute)
    await asking.call('setKeysDown', true)
    letGo()
    await vi.waitFor(() => expect(asking.said).toContain(isKept), 20_000)

    await asking.call('setKeysDown', false)

    await reading
    await expectUnharmed(asking, other)
  })

  // RF-18
  it('is kept while the disk is full, and stored when there is space', async () => {
    // Longer than what is stored, so that it needs space.
    const long = 'x'.repeat(60_000)
    const { asking, other, reading, letGo } = await holdAnswer(store, {}, () => rig.sandbox.plain.fault('token', { kind: 'amend', members: { access_token: long } }))
    const before = await rig.database.rows('connection')
    const makeSpace = await fillDisk(store, asking)
    letGo()
    await vi.waitFor(() => expect(asking.said).toContain(isKept), 20_000)
    expect(await rig.database.rows('connection')).toEqual(before)

    await makeSpace()

    expect((await reading).credential).toBe(long)
    expect(ledger()).toEqual(['granted', 'refreshed'])
    await rig.passTime(2 * hour)
    expect(await other.call('fetch', query, '/me')).toBe(200)
  })
})

/** @returns makes space */
async function fillDisk(store: StoreKind, worker: Worker): Promise<() => Promise<void>> {
  if (store === 'sqlite') {
    await worker.call('setDiskFull', true)
    return () => worker.call('setDiskFull', false)
  }
  // A server of its own on a full disk says this (SQLSTATE 53100).
  await rig.database.run(`
    CREATE FUNCTION authpipe.disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON authpipe.secret FOR EACH ROW EXECUTE FUNCTION authpipe.disk_full()`)
  return () => rig.database.run('DROP TRIGGER disk_full ON authpipe.secret')
}

describe('a new token on postgres', () => {
  // RF-19; on SQLite nothing stands between a process and its commit: it lands or the process dies (see the kill storm)
  it.each(['before', 'after'] as const)('whose commit was cut %s the server had it is stored once, and asked for once', async (moment) => {
    rig = await openRig('postgres', { server })
    const cutter = await startCommitCutter(rig.database.url)
    try {
      const other = await rig.startWorker()
      const { id: connectionId } = await rig.connect(other)
      const asking = await rig.startWorker({ database: { url: cutter.url } })
      await asking.call('ready')
      await rig.passTime(2 * hour)
      const hold = rig.sandbox.plain.hold('token', 'after', { requests: 1 })
      const reading = asking.call('getCredential', query)
      await hold.arrived(1)
      cutter.cutNext(moment)
      hold.release()

      expect((await reading).credential).toBe((await other.call('getCredential', query)).credential)
      expect(cutter.cuts()).toBe(1)
      expect(Number((await rig.connectionOf(connectionId))['token_generation'])).toBe(2)
      expect((await rig.database.rows('event')).filter(({ type }) => type === 'token.refreshed')).toHaveLength(1)
      await expectUnharmed(other)
    } finally {
      await cutter.close()
    }
  })

  // RF-20
  it('is stored again when the database could not order its transaction among others, and asked for once', async () => {
    rig = await openRig('postgres', { server })
    const url = new URL(rig.database.url)
    await rig.database.run(`ALTER DATABASE ${url.pathname.slice(1)} SET default_transaction_isolation = 'repeatable read'`)
    const worker = await rig.startWorker()
    await rig.connect(worker)
    await rig.passTime(2 * hour)
    const hold = rig.sandbox.plain.hold('token', 'after', { requests: 1 })
    const reading = worker.call('getCredential', query)
    await hold.arrived(1)
    const client = new pg.Client({ connectionString: rig.database.url })
    await client.connect()
    await client.query('BEGIN; UPDATE authpipe.connection SET updated_at = updated_at')
    hold.release()
    await vi.waitFor(async () => expect((await client.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).rowCount).toBe(1), 10_000)

    // Who waits for the row finds that it was changed since its transaction began (SQLSTATE 40001).
    await client.query('COMMIT')
    await client.end()

    await reading
    await expectUnharmed(worker)
  })
})
