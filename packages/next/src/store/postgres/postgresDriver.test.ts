// What only a database server can get wrong: rights, pools, poolers, ends of connections, orders of transactions.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { createDatabase } from '../../../test/createDatabase.ts'
import { startTransactionPooler } from '../../../test/transactionPooler.ts'
import { sampleChange, sampleConnection, sampleEvent, sampleSchedule, sampleSession } from '../sampleRecords.ts'
import { migrations } from './migrations/index.ts'
import { PostgresStore, type PostgresStoreOptions } from './postgresStore.ts'

let url: string
let client: pg.Client
const opened: PostgresStore[] = []

beforeEach(async () => {
  url = await createDatabase(inject('postgresUrl'))
  client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
  await client.end()
  const server = new pg.Client({ connectionString: inject('postgresUrl') })
  await server.connect()
  await server.query(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`)
  await server.end()
})

async function openStore(options: Partial<PostgresStoreOptions> = {}): Promise<PostgresStore> {
  const store = new PostgresStore({ url, poolSize: 3, ...options })
  opened.push(store)
  await store.open()
  return store
}

const columnOf = async (query: string): Promise<unknown> => Object.values((await client.query<Record<string, unknown>>(query)).rows[0] ?? {})[0]

const altered = (change: (url: URL) => void): string => {
  const other = new URL(url)
  change(other)
  return other.href
}

describe('opening', () => {
  test('from several processes at once on an empty database makes one schema, and all of them write', async () => {
    const source = (name: string): string => JSON.stringify(new URL(name, import.meta.url))
    const body = (writer: number): string => `
      import * as sample from ${source('../sampleRecords.ts')}
      import { PostgresStore } from ${source('./postgresStore.ts')}
      const store = new PostgresStore({ url: ${JSON.stringify(url)} })
      await store.open()
      for (let i = 0; i < 10; i++) await store.commit(sample.sampleChange(sample.sampleConnection({ id: '${writer} ' + i, ownerId: '${writer}' })), [])
      await store.close()`
    const codes = await Promise.all(
      Array.from({ length: 5 }, async (_, writer) => {
        const child = spawn(process.execPath, ['--conditions=@authpipe/source', '--input-type=module', '-e', body(writer)], { stdio: ['ignore', 'ignore', 'inherit'] })
        return (await once(child, 'close'))[0] as number
      }),
    )
    expect(codes).toEqual([0, 0, 0, 0, 0])
    expect(await columnOf('SELECT version FROM authpipe.schema_version')).toBe(migrations.length)
    expect(await columnOf('SELECT count(*)::int FROM authpipe.connection')).toBe(50)
  }, 60_000)

  test('refuses a schema that a newer version wrote, and leaves it as it is', async () => {
    await (await openStore()).close()
    await client.query('UPDATE authpipe.schema_version SET version = 99')
    await expect(openStore()).rejects.toMatchObject({ code: 'invalid_configuration', message: expect.stringMatching(/has schema version 99, .*Update @authpipe\/next/) })
    expect(await columnOf('SELECT version FROM authpipe.schema_version')).toBe(99)
  })

  test('leaves nothing behind when a migration fails, and works once the obstacle is gone', async () => {
    await client.query('CREATE SCHEMA authpipe; CREATE TABLE authpipe.revocation (mine text)')
    await expect(openStore()).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('SQLSTATE 42P07') })
    expect(await columnOf(`SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'authpipe'`)).toBe('revocation')
    await client.query('DROP SCHEMA authpipe CASCADE')
    await openStore()
  })

  test.each([
    ['the password is wrong', (wrong: URL): void => void (wrong.password = 'CANARY'), 'invalid_configuration', 'refuses the password'],
    ['there is no such database', (wrong: URL): void => void (wrong.pathname = '/nowhere'), 'invalid_configuration', 'does not exist'],
    ['nobody listens there', (wrong: URL): void => void (wrong.port = '1'), 'store_unavailable', 'cannot be reached'],
  ] as const)('says so when %s, without the password', async (_, change, code, sentence) => {
    const error: unknown = await openStore({ url: altered(change) }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, message: expect.stringContaining(sentence) })
    expect(JSON.stringify([error, String(error)])).not.toMatch(/CANARY|:postgres@/)
  })

  test('says which right is missing where the user may not make a schema', async () => {
    const role = new URL(url).pathname.slice(1)
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'pass'`)
    const limited = altered((other) => Object.assign(other, { username: role, password: 'pass' }))
    await expect(openStore({ url: limited })).rejects.toMatchObject({ code: 'invalid_configuration', message: expect.stringContaining('needs CREATE on the database') })
    await client.query(`CREATE SCHEMA authpipe AUTHORIZATION ${role}`)
    await openStore({ url: limited })
    await client.query('DROP SCHEMA authpipe CASCADE')
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })
})

// CA-1, CA-4
describe('watching', () => {
  const change = async (store: PostgresStore, id: string): Promise<void> => {
    const connection = sampleConnection({ id })
    expect(await store.commit(sampleChange(connection), [sampleEvent(connection)])).toBe(true)
  }

  test('hears of the tenant whose connection another process changed, and of nothing that did not land', async () => {
    const [one, other] = [await openStore({ listenUrl: url }), await openStore({ listenUrl: url })]
    const heard = vi.fn<(tenantId: string | undefined) => void>()
    one.watch(heard)
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith(undefined))
    heard.mockClear()
    const ghost = sampleConnection({ id: 'ghost', tenantId: 'org_ghost' })
    expect(await other.commit({ ...sampleChange(ghost), expect: ghost }, [sampleEvent(ghost)])).toBe(false)
    await change(other, 'conn_1')
    await vi.waitFor(() => expect(heard.mock.calls).toEqual([['org_acme']]))
  })

  test('goes on after its connection was killed, and takes everything to have changed meanwhile', async () => {
    const [one, other] = [await openStore({ listenUrl: url }), await openStore({ listenUrl: url })]
    const heard = vi.fn<(tenantId: string | undefined) => void>()
    one.watch(heard)
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1))
    await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
    await vi.waitFor(() => expect(heard.mock.calls).toEqual([[undefined], [undefined]]), 5_000)
    await change(other, 'conn_1')
    await vi.waitFor(() => expect(heard).toHaveBeenLastCalledWith('org_acme'))
  })

  test('says nothing where there is nowhere to listen', async () => {
    const [one, other] = [await openStore(), await openStore({ listenUrl: url })]
    const heard = vi.fn()
    one.watch(heard)
    await change(other, 'conn_1')
    expect(heard).not.toHaveBeenCalled()
    expect(await columnOf(`SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)).toBe(0)
  })
})

describe('a transaction', () => {
  // RF-20
  test('that the database ends to break a deadlock is done again', async () => {
    const store = await openStore()
    const connection = sampleConnection()
    await store.commit(sampleChange(connection, { schedule: { refreshAt: 1 } }), [])
    // Somebody takes the two rows in the other order.
    await client.query('BEGIN')
    await client.query('SELECT 1 FROM authpipe.schedule FOR UPDATE')
    const committing = store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, connection, schedule: { refreshAt: 2 } }, [sampleEvent(connection)])
    await vi.waitFor(async () => expect(await waitingForLock()).toBe(1))
    await client.query('SELECT 1 FROM authpipe.connection FOR UPDATE')
    await client.query('COMMIT')
    expect(await committing).toBe(true)
    expect(await store.findSchedule('org_acme', 'conn_1')).toEqual(sampleSchedule(connection, { refreshAt: 2 }))
    expect(await store.listEvents({ limit: 10 })).toHaveLength(1)
  }, 20_000)

  test('that waits too long for somebody else gives a retryable error, and leaves nothing', async () => {
    const store = await openStore({ timeoutMs: 200 })
    const connection = sampleConnection()
    await store.commit(sampleChange(connection), [])
    await client.query('BEGIN; SELECT 1 FROM authpipe.connection FOR UPDATE')
    const next = { ...connection, healthState: 'degraded' } as const
    await expect(store.commit(sampleChange(next, { expect: connection }), [])).rejects.toMatchObject({ code: 'store_unavailable', retryable: true })
    await client.query('ROLLBACK')
    expect(await store.commit(sampleChange(next, { expect: connection }), [])).toBe(true)
  })

  test('whose connection is cut ends in a retryable error; the next one has a new connection', async () => {
    const store = await openStore({ poolSize: 1 })
    const connection = sampleConnection()
    await store.commit(sampleChange(connection), [])
    await client.query('BEGIN; SELECT 1 FROM authpipe.connection FOR UPDATE')
    const committing = store.commit(sampleChange({ ...connection, healthState: 'degraded' }, { expect: connection }), [])
    committing.catch(() => undefined)
    await vi.waitFor(async () => expect(await waitingForLock()).toBe(1))
    await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
    await expect(committing).rejects.toMatchObject({ code: 'store_unavailable' })
    await client.query('ROLLBACK')
    expect(await store.findConnection('org_acme', 'conn_1')).toEqual(connection)
  })

  // DB-2
  test('and a lease are on the disk when they are answered, even where the database would not wait for it', async () => {
    await (await openStore()).close()
    await client.query(`
      CREATE TABLE authpipe.seen (setting text);
      CREATE FUNCTION authpipe.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO authpipe.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
      CREATE TRIGGER note AFTER INSERT OR UPDATE ON authpipe.schedule FOR EACH ROW EXECUTE FUNCTION authpipe.note();
      ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`)
    const store = await openStore()
    const connection = sampleConnection()
    await store.commit(sampleChange(connection, { schedule: {} }), [])
    expect(await store.acquireLease({ tenantId: 'org_acme', connectionId: 'conn_1', owner: 'a', now: 1, until: 2, expect: connection })).toBe(2)
    expect(await columnOf(`SELECT string_agg(setting, ',') FROM authpipe.seen`)).toBe('on,on')
  })

  const waitingForLock = (): Promise<unknown> => columnOf(`SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
})

describe('behind a transaction pooler', () => {
  test('everything works where each transaction has another connection, and statements are not prepared', async () => {
    await (await openStore()).close()
    const pooler = await startTransactionPooler(url)
    try {
      const store = await openStore({ url: pooler.url, preparedStatements: false })
      const connections = Array.from({ length: 20 }, (_, index) => sampleConnection({ id: `conn_${index}`, ownerId: `user_${index}` }))
      const landed = await Promise.all(connections.map((connection) => store.commit(sampleChange(connection, { schedule: { checkAt: 1 } }), [sampleEvent(connection)])))
      expect(landed.every(Boolean)).toBe(true)
      const lookup = { tenantId: 'org_acme', provider: 'livechat', ownerId: 'user_7' }
      expect((await Promise.all(Array.from({ length: 20 }, () => store.findCredential(lookup)))).map((stored) => stored?.connection.id)).toEqual(Array(20).fill('conn_7'))
      const expectation = sampleConnection()
      const leases = await Promise.all(Array.from({ length: 10 }, (_, owner) => store.acquireLease({ tenantId: 'org_acme', connectionId: 'conn_1', owner: String(owner), now: 1, until: 9, expect: expectation })))
      expect(leases.filter((generation) => generation !== undefined)).toEqual([2])
      expect(await store.insertSession(sampleSession())).toBe(true)
      expect(pooler.transactions()).toBeGreaterThan(50)
    } finally {
      await Promise.all(opened.splice(0).map((store) => store.close()))
      await pooler.close()
    }
  })
})

test('the clock of the database is told in milliseconds', async () => {
  const store = await openStore()
  expect(Math.abs((await store.readClock() ?? 0) - Date.now())).toBeLessThan(5_000)
})
