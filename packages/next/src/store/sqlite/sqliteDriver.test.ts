// What only a database in a file can get wrong: files, processes, disks.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { migrations } from './migrations/index.ts'
import { sampleChange, sampleConnection, sampleEvent, sampleSchedule, sampleSecret, sampleSession, sampleTime } from '../sampleRecords.ts'
import { SqliteStore } from './sqliteStore.ts'

let directory: string
let path: string
const opened: SqliteStore[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'authpipe-sqlite-'))
  path = join(directory, 'data', 'authpipe.db')
})
afterEach(async () => {
  vi.restoreAllMocks()
  for (const store of opened.splice(0)) await store.close()
  rmSync(directory, { recursive: true })
})

async function openStore(busyTimeoutMs?: number): Promise<SqliteStore> {
  const store = new SqliteStore(busyTimeoutMs === undefined ? { path } : { path, busyTimeoutMs })
  opened.push(store)
  await store.open()
  return store
}

/** A store together with its own connection, for faults that only that connection can be given. */
async function openStoreWithConnection(): Promise<{ store: SqliteStore; connection: DatabaseSync }> {
  const exec = vi.spyOn(DatabaseSync.prototype, 'exec')
  const store = await openStore()
  const connection = exec.mock.contexts.at(-1)
  exec.mockRestore()
  if (!(connection instanceof DatabaseSync)) throw new Error('The store opened nothing.')
  return { store, connection }
}

/** Works on the file from outside. */
function withFile<T>(work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path)
  try {
    return work(db)
  } finally {
    db.close()
  }
}

/** Starts another process that has `path`, `SqliteStore` and the samples. */
function startProcess(body: string, flags: readonly string[] = []) {
  const source = (name: string): string => JSON.stringify(new URL(name, import.meta.url))
  const script = `
    import * as sample from ${source('../sampleRecords.ts')}
    import { SqliteStore } from ${source('./sqliteStore.ts')}
    const path = ${JSON.stringify(path)}
    ${body}`
  return spawn(process.execPath, ['--conditions=@authpipe/source', '--input-type=module', ...flags, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function runProcess(body: string, flags?: readonly string[]): Promise<string> {
  const child = startProcess(body, flags)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  return output.trim()
}

const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8)

describe('files', () => {
  test('are not made before the store is opened', () => {
    void new SqliteStore({ path })
    expect(readdirSync(directory)).toEqual([])
  })

  test('are for this user alone even where the umask would let everybody in', async () => {
    const modes = await runProcess(`
      import { readdirSync, statSync } from 'node:fs'
      process.umask(0)
      const store = new SqliteStore({ path })
      await store.open()
      await store.insertSession(sample.sampleSession())
      const folder = path.slice(0, path.lastIndexOf('/'))
      const mode = (name) => (statSync(folder + name).mode & 0o777).toString(8)
      console.log(['', ...readdirSync(folder).sort()].map((name) => (name + ' ' + mode('/' + name)).trim()).join())
    `)
    expect(modes).toBe('700,authpipe.db 600,authpipe.db-shm 600,authpipe.db-wal 600')
  })

  test('that were open to others are closed to them', async () => {
    await (await openStore()).close()
    chmodSync(path, 0o644)
    await openStore()
    expect(mode(path)).toBe('600')
  })

  test('leave a directory that was there as it is', async () => {
    mkdirSync(join(directory, 'data'))
    chmodSync(join(directory, 'data'), 0o755)
    await openStore()
    expect(mode(join(directory, 'data'))).toBe('755')
  })

  test('hold nothing of a secret that was removed', async () => {
    const store = await openStore()
    const connection = sampleConnection()
    const canary = Buffer.from('CANARY of a sealed value')
    await store.commit(sampleChange(connection, { secrets: [sampleSecret(connection, { sealed: canary })] }), [])
    await store.commit({ tenantId: connection.tenantId, connectionId: connection.id, expect: connection, removeSecrets: ['credential'] }, [])
    await store.close()
    expect(readdirSync(join(directory, 'data'))).toEqual(['authpipe.db'])
    expect(readFileSync(path).includes(canary)).toBe(false)
  })

  test('are written through to the disk at every commit', async () => {
    const { connection } = await openStoreWithConnection()
    const pragma = (name: string): unknown => connection.prepare(`PRAGMA ${name}`).get()?.[name]
    const names = ['journal_mode', 'synchronous', 'page_size', 'secure_delete', 'foreign_keys']
    expect(names.map(pragma)).toEqual(['wal', 2, 8192, 1, 1])
  })
})

describe('several processes', () => {
  test('start on a new file at once and write at once without an error', async () => {
    const body = (writer: number): string => `
      const store = new SqliteStore({ path })
      await store.open()
      for (let i = 0; i < 20; i++) {
        const connection = sample.sampleConnection({ id: '${writer} ' + i, ownerId: '${writer}' })
        await store.commit(sample.sampleChange(connection), [sample.sampleEvent(connection)])
      }
      await store.close()`
    await Promise.all(Array.from({ length: 8 }, (_, writer) => runProcess(body(writer))))
    const store = await openStore()
    expect(await store.listConnections({ tenantId: 'org_acme' })).toHaveLength(160)
    expect(await store.listEvents({ limit: 1000 })).toHaveLength(160)
    expect(withFile((db) => db.prepare('PRAGMA user_version').get())).toMatchObject({ user_version: migrations.length })
  }, 60_000)

  test('that are killed while they write leave whole commits, and each one that was confirmed', async () => {
    const first = sampleConnection()
    await (await openStore()).commit(sampleChange(first), [sampleEvent(first, { id: '1' })])
    const body = `
      const store = new SqliteStore({ path })
      await store.open()
      for (;;) {
        const now = await store.findConnection('org_acme', 'conn_1')
        const next = { ...now, tokenGeneration: now.tokenGeneration + 1 }
        const event = sample.sampleEvent(next, { id: String(next.tokenGeneration) })
        await store.commit(sample.sampleChange(next, { expect: now }), [event])
        console.log(next.tokenGeneration)
      }`
    for (const kills of [1, 2, 5, 9]) {
      const child = startProcess(body)
      let confirmed = 0
      for await (const line of createInterface(child.stdout)) {
        confirmed = Number(line)
        if (confirmed % 10 === kills) child.kill('SIGKILL')
      }
      const store = await openStore()
      const connection = await store.findConnection('org_acme', 'conn_1')
      const secret = await store.findSecret('org_acme', 'conn_1', 'credential')
      expect(confirmed).toBeGreaterThan(0)
      expect(connection?.tokenGeneration).toBeGreaterThanOrEqual(confirmed)
      expect(secret?.tokenGeneration).toBe(connection?.tokenGeneration)
      expect(await store.listEvents({ limit: 10_000 })).toHaveLength(connection?.tokenGeneration ?? 0)
      expect(withFile((db) => db.prepare('PRAGMA integrity_check').all())).toEqual([{ integrity_check: 'ok' }])
    }
  }, 60_000)

  test('that hold the write lock too long give a retryable error, and writing goes on after them', async () => {
    const store = await openStore(1)
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const writes = [() => store.insertSession(sampleSession()), () => store.commit(sampleChange(sampleConnection()), [])]
    for (const write of writes) {
      await expect(write()).rejects.toMatchObject({
        code: 'store_unavailable',
        retryable: true,
        message: expect.stringContaining(`${path} is busy: another process has held its write lock for too long`),
      })
    }
    expect(await store.findSession('session_1')).toBeUndefined()
    other.close()
    for (const write of writes) expect(await write()).toBe(true)
  })
})

describe('a full disk', () => {
  test('refuses what does not fit as a whole, keeps reading, and writes again once there is space', async () => {
    const { store, connection: db } = await openStoreWithConnection()
    const connection = sampleConnection()
    await store.commit(sampleChange(connection), [])
    db.exec('PRAGMA max_page_count = 1')
    const big = sampleSecret(connection, { sealed: new Uint8Array(100_000) })
    const renewed = { ...connection, tokenGeneration: 2 }
    const change = sampleChange(renewed, { expect: connection, secrets: [big] })
    await expect(store.commit(change, [sampleEvent(renewed)])).rejects.toMatchObject({
      code: 'store_unavailable',
      retryable: true,
      message: `The database ${path} cannot grow: the disk is full. Free some space.`,
    })
    await expect(store.insertSession(sampleSession({ sealed: new Uint8Array(100_000) }))).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await store.findConnection('org_acme', 'conn_1')).toEqual(connection)
    expect(await store.findSession('session_1')).toBeUndefined()
    expect(await store.listEvents({ limit: 10 })).toEqual([])
    db.exec('PRAGMA max_page_count = 1000')
    expect(await store.commit(change, [sampleEvent(renewed)])).toBe(true)
  })
})

describe('a file that cannot be used', () => {
  const refused = (...words: string[]) => ({ code: 'invalid_configuration', retryable: false, message: expect.stringMatching(words.join('.*')) })

  test('is refused below something that is no directory', async () => {
    writeFileSync(join(directory, 'data'), '')
    await expect(openStore()).rejects.toMatchObject(refused(path, 'cannot be opened for writing'))
  })

  test('is refused where a directory has its name', async () => {
    mkdirSync(path, { recursive: true })
    await expect(openStore()).rejects.toMatchObject(refused(path, 'EISDIR'))
  })

  test.each([
    ['text', Buffer.from('Dear diary, '.repeat(1000))],
    ['zeros', Buffer.alloc(8192)],
  ])('is refused, and stays as it is, when it holds %s', async (_, content) => {
    mkdirSync(join(directory, 'data'))
    writeFileSync(path, content)
    await expect(openStore()).rejects.toMatchObject(refused(path, 'is not a SQLite database'))
    expect(readFileSync(path)).toEqual(content)
  })

  test('is refused, and stays as it is, when its first page is damaged', async () => {
    await (await openStore()).close()
    const damaged = readFileSync(path).fill(0xff, 100, 8192)
    writeFileSync(path, damaged)
    await expect(openStore()).rejects.toMatchObject(refused(path, 'is damaged'))
    expect(readFileSync(path)).toEqual(damaged)
  })

  test('fails the read that meets a damaged page', async () => {
    await (await openStore()).close()
    writeFileSync(path, readFileSync(path).fill(0xff, 8192))
    const store = await openStore()
    await expect(store.findConnection('org_acme', 'conn_1')).rejects.toMatchObject({
      code: 'store_unavailable',
      message: `The database ${path} is damaged. Restore it from a backup; nothing was changed.`,
    })
  })

  test('of an earlier version is brought up to date with all that it holds', async () => {
    mkdirSync(join(directory, 'data'))
    withFile((db) => {
      for (const migration of migrations.slice(0, 2)) db.exec(migration)
      db.exec(`PRAGMA application_id = 1098207337; PRAGMA user_version = 2;
        INSERT INTO connection VALUES (7, 'org_acme', 'conn_1', 'livechat', 'user_1', 'user', 'user', 'oauth_token', 'account of conn_1', NULL, 'active', NULL, 0,
          '[]', '[]', '{}', 'healthy', 5, ${sampleTime}, ${sampleTime}, NULL, 1, 1, 9);
        INSERT INTO secret VALUES (14, 'credential', x'0102', 1, 1);
        INSERT INTO schedule (connection_seq, tenant_id, connection_id, provider, refresh_at, failure_count) VALUES (7, 'org_acme', 'conn_1', 'livechat', 9, 0);
        INSERT INTO tenant_key VALUES (1, 'org_acme', 'aa', 'k1', 'wrapped', 3, 1), (2, 'org_other', 'bb', 'k1', 'wrapped', 0, 1), (3, 'org_acme', 'cc', 'k1', 'newest', 0, 2);
        INSERT INTO event VALUES (1, 'org_acme', 'told', 'connection.created', 'conn_1', 'livechat', NULL, '{}', 1, 2), (2, 'org_acme', 'untold', 'token.refreshed', 'conn_1', 'livechat', NULL, '{}', 1, NULL)`)
    })
    const store = await openStore()
    expect(await store.findConnection('org_acme', 'conn_1')).toEqual(sampleConnection({ healthState: 'healthy', healthCheckedAt: 5 }))
    expect((await store.findSecret('org_acme', 'conn_1', 'credential'))?.sealed).toEqual(Uint8Array.of(1, 2))
    expect(await store.findSchedule('org_acme', 'conn_1')).toMatchObject({ refreshAt: 9, checkAt: expect.any(Number) })
    expect(await store.findTenantKey('org_acme')).toMatchObject({ keyId: 'cc', wrapped: 'newest' })
    expect((await store.claimEvents('app', 1, 2, 10)).map(({ event }) => event.id)).toEqual(['untold'])
  })

  test('is refused when a newer version wrote it', async () => {
    await (await openStore()).close()
    withFile((db) => db.exec('PRAGMA user_version = 99'))
    await expect(openStore()).rejects.toMatchObject(refused('has schema version 99', 'Update @authpipe/next'))
    expect(withFile((db) => db.prepare('PRAGMA user_version').get())).toMatchObject({ user_version: 99 })
  })

  test('is refused when another application wrote it', async () => {
    mkdirSync(join(directory, 'data'))
    withFile((db) => db.exec('CREATE TABLE todo (text)'))
    await expect(openStore()).rejects.toMatchObject(refused(path, 'belongs to another application'))
    expect(withFile((db) => db.prepare('SELECT name FROM sqlite_schema').all())).toEqual([{ name: 'todo' }])
  })

  test('is not made anew when it was lost beside its log', async () => {
    mkdirSync(join(directory, 'data'))
    writeFileSync(`${path}-wal`, 'what was written last')
    await expect(openStore()).rejects.toMatchObject(refused(path, 'is missing although its write-ahead log is there'))
    expect(existsSync(path)).toBe(false)
  })

  test('can be opened once it was mended', async () => {
    mkdirSync(path, { recursive: true })
    const store = new SqliteStore({ path })
    opened.push(store)
    await expect(store.open()).rejects.toMatchObject({ code: 'invalid_configuration' })
    rmSync(path, { recursive: true })
    await store.open()
    expect(await store.insertSession(sampleSession())).toBe(true)
  })
})

describe('a file that is lost while it is open', () => {
  test.each([
    ['removed', () => rmSync(path)],
    ['replaced', () => (renameSync(path, `${path}.old`), writeFileSync(path, ''))],
  ])('refuses writes when it was %s', async (_, lose) => {
    const store = await openStore()
    lose()
    const lost = { code: 'store_unavailable', message: expect.stringContaining(`${path} was removed or replaced while it was open`) }
    await expect(store.insertSession(sampleSession())).rejects.toMatchObject(lost)
    await expect(store.commit(sampleChange(sampleConnection()), [])).rejects.toMatchObject(lost)
  })

  test('refuses writes when it became read-only', async () => {
    const { store, connection } = await openStoreWithConnection()
    connection.exec('PRAGMA query_only = ON')
    await expect(store.insertSession(sampleSession())).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining(`${path} cannot be written to. Check the permissions`),
    })
  })
})

test('a connection that is deleted takes its secrets and its schedule along, and no others', async () => {
  const store = await openStore()
  for (const id of ['conn_1', 'conn_2', 'conn_3']) {
    const connection = sampleConnection({ id })
    const secrets = [sampleSecret(connection), sampleSecret(connection, { field: 'refresh_token' })]
    await store.commit(sampleChange(connection, { secrets, schedule: sampleSchedule(connection) }), [])
  }
  withFile((db) => db.exec("DELETE FROM connection WHERE id = 'conn_2'"))
  expect(withFile((db) => db.prepare('SELECT seq FROM secret ORDER BY seq').all())).toEqual([{ seq: 2 }, { seq: 3 }, { seq: 6 }, { seq: 7 }])
  expect(await store.findSchedule('org_acme', 'conn_2')).toBeUndefined()
})

test('a row that somebody edited is an error and no guess', async () => {
  const store = await openStore()
  await store.commit(sampleChange(sampleConnection()), [])
  for (const edit of ["status = 'fine'", "scopes = '{}'", "settings = 'not JSON'"]) {
    withFile((db) => db.exec(`UPDATE connection SET status = 'active', scopes = '[]', settings = '{}'; UPDATE connection SET ${edit}`))
    await expect(store.findConnection('org_acme', 'conn_1')).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining(`the column "${edit.split(' ')[0]}" holds a value`),
    })
  }
})

test('a Node.js without SQLite loads the store and is told what to do when it opens it', async () => {
  const told = await runProcess(
    `await new SqliteStore({ path }).open().catch((error) => console.log(error.code, error.message))`,
    ['--no-experimental-sqlite'],
  )
  expect(told).toMatch(/^invalid_configuration The embedded database needs Node\.js 22\.13 or newer with SQLite/)
  expect(existsSync(path)).toBe(false)
})
