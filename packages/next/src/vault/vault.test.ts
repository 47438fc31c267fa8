// The vault over a real database file: what somebody who has the file, or can write to it, gets out of it.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test, vi, type Mock } from 'vitest'
import { sampleChange, sampleConnection, sampleSecret, sampleSession } from '../store/sampleRecords.ts'
import { SqliteStore } from '../store/sqlite/sqliteStore.ts'
import type { ConnectionRecord, SecretField } from '../store/store.ts'
import { readKeyId } from './envelope.ts'
import type { KeyManager } from './keyManager.ts'
import { createKeyring, generateKey, parseKeys } from './keyring.ts'
import { createVault, type SealContext, type Vault, type VaultOptions } from './vault.ts'

let directory: string
let path: string
let store: SqliteStore
let key: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'authpipe-vault-'))
  path = join(directory, 'authpipe.db')
  store = new SqliteStore({ path })
  await store.open()
  key = generateKey()
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const keyringOf = (...keys: string[]): KeyManager => createKeyring(parseKeys(keys.join(',')))
const kidOf = (text: string): string => text.slice(0, text.indexOf(':'))
const openVault = (options: Partial<VaultOptions> = {}): Vault => createVault({ store, keyManager: keyringOf(key), ...options })

const context: SealContext = { tenantId: 'org_acme', connectionId: 'conn_1', provider: 'livechat', field: 'credential', generation: '1.1' }
const plaintext = Buffer.from('CANARY access token')

/** Changes rows from outside, as somebody with write access to the file could. */
function edit(statement: string): void {
  const db = new DatabaseSync(path)
  db.exec(statement)
  db.close()
}

const secretOf = (id: string, field = 'credential'): string =>
  `seq / 2 = (SELECT seq FROM connection WHERE id = '${id}') AND field = '${field}'`

async function storeSecrets(vault: Vault, connection: ConnectionRecord, canaries: Partial<Record<SecretField, string>>): Promise<void> {
  const secrets = []
  for (const field of ['credential', 'refresh_token'] as const) {
    const sealed = await vault.seal(contextOf(connection, field), Buffer.from(canaries[field] ?? ''))
    secrets.push(sampleSecret(connection, { field, sealed }))
  }
  expect(await store.commit(sampleChange(connection, { secrets }), [])).toBe(true)
}

const contextOf = ({ tenantId, id, provider, grantGeneration, tokenGeneration }: ConnectionRecord, field: SecretField): SealContext => ({
  tenantId,
  connectionId: id,
  provider,
  field,
  generation: `${grantGeneration}.${tokenGeneration}`,
})

/** Reads and opens a secret the way the server does: the context comes from the connection's row. */
async function openStored(vault: Vault, { tenantId, id }: ConnectionRecord, field: SecretField = 'credential'): Promise<string> {
  const connection = await store.findConnection(tenantId, id)
  const secret = await store.findSecret(tenantId, id, field)
  if (!connection || !secret) throw new Error('The row is gone.')
  return Buffer.from(await vault.open(contextOf(connection, field), secret.sealed)).toString()
}

/** Every row of every table. */
function dump(): unknown {
  const db = new DatabaseSync(path)
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
  const rows = tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${String(name)}"`).all()])
  db.close()
  return rows
}

describe('sealing and opening', () => {
  test('gives back what was sealed, at once while the key is at hand', async () => {
    const vault = openVault()
    const sealed = await vault.seal(context, plaintext)
    expect(vault.openCached(context, sealed)).toEqual(plaintext)
    expect(await vault.open(context, sealed)).toEqual(plaintext)
  })

  test('waits for the key in a process that has not seen it, then has it at hand', async () => {
    const sealed = await openVault().seal(context, plaintext)
    const vault = openVault()
    expect(vault.openCached(context, sealed)).toBeUndefined()
    expect(await vault.open(context, sealed)).toEqual(plaintext)
    expect(vault.openCached(context, sealed)).toEqual(plaintext)
  })

  test('forgets the keys when it is closed', async () => {
    const vault = openVault()
    const sealed = await vault.seal(context, plaintext)
    vault.close()
    expect(vault.openCached(context, sealed)).toBeUndefined()
  })

  test('uses another key for each tenant', async () => {
    const vault = openVault()
    const keyIds = await Promise.all(['a', 'b'].map(async (tenantId) => Buffer.from(await vault.seal({ ...context, tenantId }, plaintext)).toString('hex', 1, 9)))
    expect(new Set(keyIds).size).toBe(2)
    expect((await store.findTenantKey('a'))?.keyId).toBe(keyIds[0])
  })
})

describe('a stolen database', () => {
  test('holds no secret and no key in any readable form, in any of its files', async () => {
    const rawKeys: Buffer[] = []
    const keyring = keyringOf(key)
    const keyManager = { ...keyring, wrap: vi.fn<KeyManager['wrap']>((raw, place) => (rawKeys.push(Buffer.from(raw)), keyring.wrap(raw, place))) }
    const vault = openVault({ keyManager })
    await vault.ready()
    const canaries = { credential: 'CANARY-credential-5d41', refresh_token: 'CANARY-refresh-token-402a' }
    const connection = sampleConnection()
    await storeSecrets(vault, connection, canaries)
    const verifier = 'CANARY-verifier-bc4b'
    const sessionContext = { ...context, connectionId: 'session_1', field: 'session', generation: '1' }
    await store.insertSession(sampleSession({ sealed: await vault.seal(sessionContext, Buffer.from(verifier)) }))
    const files = readdirSync(directory)
    expect(files).toEqual(['authpipe.db', 'authpipe.db-shm', 'authpipe.db-wal'])
    const bytes = Buffer.concat(files.map((file) => readFileSync(join(directory, file))))
    expect(bytes.includes('conn_1'), 'the scan sees what is there').toBe(true)

    const secrets = [...Object.values(canaries), verifier].map((text) => Buffer.from(text))
    const keyEncryptionKey = Buffer.from(key.slice(key.indexOf(':') + 1), 'base64')
    expect(rawKeys).toHaveLength(2)
    for (const secret of [...secrets, ...rawKeys, keyEncryptionKey]) {
      const forms = [secret, Buffer.from(secret.toString('latin1'), 'utf16le')]
      for (const encoding of ['base64', 'base64url', 'hex'] as const) forms.push(Buffer.from(secret.toString(encoding)))
      for (const form of forms) expect(bytes.includes(form)).toBe(false)
    }
  })

  test('does not open with another key-encryption key', async () => {
    const sealed = await openVault().seal(context, plaintext)
    const thief = openVault({ keyManager: keyringOf(generateKey().replace(/^[^:]+/, kidOf(key))) })
    await expect(thief.open(context, sealed)).rejects.toMatchObject({
      code: 'encryption_key_unavailable',
      message: expect.stringContaining('is not the key that this database knows'),
    })
    edit('DELETE FROM key_check')
    await expect(thief.open(context, sealed)).rejects.toMatchObject({
      code: 'credential_undecryptable',
      message: expect.stringMatching(/^The wrapped key "[0-9a-f]{16}" was changed/),
    })
  })

  test('leaves no raw tenant key in memory that it was given', async () => {
    const keyring = keyringOf(key)
    const seen: Uint8Array[] = []
    const keyManager: KeyManager = {
      ...keyring,
      wrap: (raw, place) => (seen.push(raw), keyring.wrap(raw, place)),
      unwrap: async (wrapped, place) => {
        const raw = await keyring.unwrap(wrapped, place)
        seen.push(raw)
        return raw
      },
    }
    const vaults = [openVault({ keyManager }), openVault({ keyManager })] as const
    for (const vault of vaults) await vault.ready()
    seen.length = 0
    const sealed = await vaults[0].seal(context, plaintext)
    await vaults[1].open(context, sealed)
    expect(seen.map((raw) => Buffer.from(raw))).toEqual([Buffer.alloc(32), Buffer.alloc(32)])
  })
})

describe('a database that somebody writes to', () => {
  const acme = sampleConnection({ id: 'acme' })
  const second = sampleConnection({ id: 'second', connectedAt: 0 })
  const other = sampleConnection({ id: 'other', tenantId: 'org_other' })
  const refused = { code: 'credential_undecryptable', message: expect.stringMatching(/^A sealed value (was changed|names the tenant key|has a format)/) }
  let vault: Vault

  beforeEach(async () => {
    vault = openVault()
    for (const connection of [acme, second, other]) await storeSecrets(vault, connection, { credential: `CANARY ${connection.id}`, refresh_token: 'CANARY refresh' })
  })

  test('opens as long as nobody does', async () => {
    for (const connection of [acme, second, other]) expect(await openStored(vault, connection)).toBe(`CANARY ${connection.id}`)
  })

  test.each([
    ["another tenant's value", `UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE ${secretOf('other')}) WHERE ${secretOf('acme')}`],
    ["another connection's value", `UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE ${secretOf('second')}) WHERE ${secretOf('acme')}`],
    ["another field's value", `UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE ${secretOf('acme', 'refresh_token')}) WHERE ${secretOf('acme')}`],
    ['another provider', `UPDATE connection SET provider = 'crisp' WHERE id = 'acme'`],
    ['another grant', `UPDATE connection SET grant_generation = 2 WHERE id = 'acme'`],
    ['another token', `UPDATE connection SET token_generation = 2 WHERE id = 'acme'`],
    ['a shorter tag', `UPDATE secret SET sealed = substr(sealed, 1, length(sealed) - 12) WHERE ${secretOf('acme')}`],
    ['a bare token', `UPDATE secret SET sealed = CAST('a bare access token' AS BLOB) WHERE ${secretOf('acme')}`],
    ['nothing', `UPDATE secret SET sealed = x'' WHERE ${secretOf('acme')}`],
  ])('gives nothing for a row with %s', async (_, statement) => {
    edit(statement)
    await expect(openStored(vault, acme)).rejects.toMatchObject(refused)
  })

  test('gives nothing for an older value that was put back', async () => {
    const before = await store.findSecret('org_acme', 'acme', 'credential')
    const renewed = { ...acme, tokenGeneration: 2 }
    const sealed = await vault.seal(contextOf(renewed, 'credential'), Buffer.from('CANARY renewed'))
    await store.commit(sampleChange(renewed, { expect: acme, secrets: [sampleSecret(renewed, { sealed })] }), [])
    expect(await openStored(vault, renewed)).toBe('CANARY renewed')
    edit(`UPDATE secret SET sealed = x'${Buffer.from(before?.sealed ?? []).toString('hex')}' WHERE ${secretOf('acme')}`)
    await expect(openStored(vault, renewed)).rejects.toMatchObject(refused)
  })

  test("gives nothing for another tenant's connection, value and key moved together", async () => {
    edit(`UPDATE tenant_key SET tenant_id = 'org_thief' WHERE tenant_id = 'org_acme'; UPDATE connection SET tenant_id = 'org_thief' WHERE id = 'acme'`)
    await expect(openStored(openVault(), { ...acme, tenantId: 'org_thief' })).rejects.toMatchObject({
      code: 'credential_undecryptable',
      message: expect.stringMatching(/^The wrapped key "[0-9a-f]{16}" was changed, or belongs to another tenant/),
    })
  })
})

describe('ready', () => {
  test('accepts the key of the first start at every later one', async () => {
    await openVault().ready()
    for (const keyManager of [keyringOf(key), keyringOf(generateKey(), key)]) await expect(openVault({ keyManager }).ready()).resolves.toBeUndefined()
  })

  test('lets the first of two processes with different keys under one id win', async () => {
    const twin = generateKey().replace(/^[^:]+/, kidOf(key))
    const results = await Promise.allSettled([key, twin].map((text) => openVault({ keyManager: keyringOf(text) }).ready()))
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('names a wrong key and how many tenants need the right one, and changes no row', async () => {
    const vault = openVault()
    await vault.ready()
    for (const tenantId of ['a', 'b']) await vault.seal({ ...context, tenantId }, plaintext)
    const before = dump()
    const wrong = generateKey().replace(/^[^:]+/, kidOf(key))
    for (const keyManager of [keyringOf(wrong), keyringOf(generateKey(), wrong)]) {
      await expect(openVault({ keyManager }).ready()).rejects.toMatchObject({
        code: 'encryption_key_unavailable',
        message: expect.stringMatching(`^The encryption key "${kidOf(key)}" is not the key that this database knows under that id.*: the data of 2 tenants need it. Nothing was changed.$`),
        details: { kid: kidOf(key), tenants: 2 },
      })
    }
    expect(dump()).toEqual(before)
  })

  test('names a key that was dropped too early and how many tenants need it, and changes no row', async () => {
    const vault = openVault()
    await vault.ready()
    await vault.seal(context, plaintext)
    const before = dump()
    await expect(openVault({ keyManager: keyringOf(generateKey()) }).ready()).rejects.toMatchObject({
      code: 'encryption_key_unavailable',
      message: `The encryption key "${kidOf(key)}" is not configured. Add it back to "keys", after the current one: the data of 1 tenant needs it. Nothing was changed.`,
      details: { kid: kidOf(key), tenants: 1 },
    })
    expect(dump()).toEqual(before)
  })

  test('comes before the first seal, whoever forgets it', async () => {
    await openVault().seal(context, plaintext)
    const before = dump()
    const wrong = openVault({ keyManager: keyringOf(generateKey().replace(/^[^:]+/, kidOf(key))) })
    await expect(wrong.seal({ ...context, tenantId: 'org_new' }, plaintext)).rejects.toMatchObject({
      code: 'encryption_key_unavailable',
      message: expect.stringContaining('is not the key that this database knows'),
    })
    expect(dump()).toEqual(before)
  })

  test('asks again after a failure', async () => {
    const keyring = keyringOf(key)
    const wrap = vi.fn<KeyManager['wrap']>(keyring.wrap).mockRejectedValueOnce(new Error('timeout'))
    const vault = openVault({ keyManager: { ...keyring, wrap } })
    await expect(vault.ready()).rejects.toMatchObject({ code: 'vault_unavailable', message: expect.stringContaining('does not answer') })
    await expect(vault.ready()).resolves.toBeUndefined()
  })

  test('refuses a key check of which the digest was cut', async () => {
    await openVault().ready()
    edit('UPDATE key_check SET digest = substr(digest, 1, 8)')
    await expect(openVault().ready()).rejects.toMatchObject({ code: 'encryption_key_unavailable', message: expect.stringContaining('is not the key') })
  })
})

describe('tenant keys', () => {
  /** A key manager that counts, and can be broken. */
  const watched = () => {
    const keyring = keyringOf(key)
    return { ...keyring, wrap: vi.fn<KeyManager['wrap']>(keyring.wrap), unwrap: vi.fn<KeyManager['unwrap']>(keyring.unwrap) }
  }

  /** How often it was asked about tenant keys, and not about its own key check. */
  const countCalls = (question: Mock<KeyManager['wrap']> | Mock<KeyManager['unwrap']>): number =>
    question.mock.calls.filter(([, { tenantId }]) => tenantId !== '').length

  test('are made once when ten first seals come at once', async () => {
    const keyManager = watched()
    const vault = openVault({ keyManager })
    await Promise.all(Array.from({ length: 10 }, () => vault.seal(context, plaintext)))
    expect(countCalls(keyManager.wrap)).toBe(1)
  })

  test('are made once when two processes come at once', async () => {
    const vaults = [openVault(), openVault()]
    const sealed = await Promise.all(vaults.map((vault) => vault.seal(context, plaintext)))
    expect(await store.countTenantKeys()).toEqual([{ kid: kidOf(key), tenants: 1 }])
    for (const vault of vaults) for (const value of sealed) expect(await vault.open(context, value)).toEqual(plaintext)
  })

  test('are unwrapped once when ten readers ask at once', async () => {
    const sealed = await openVault().seal(context, plaintext)
    const keyManager = watched()
    const vault = openVault({ keyManager })
    await Promise.all(Array.from({ length: 10 }, () => vault.open(context, sealed)))
    expect(countCalls(keyManager.unwrap)).toBe(1)
  })

  test('are unwrapped anew once their time in memory is over', async () => {
    const keyManager = watched()
    let now = 0
    const vault = openVault({ keyManager, now: () => now, cacheLifetimeMs: 1000 })
    const sealed = await vault.seal(context, plaintext)
    now = 999
    await vault.open(context, sealed)
    expect(countCalls(keyManager.unwrap)).toBe(0)
    now = 1000
    await vault.open(context, sealed)
    expect(countCalls(keyManager.unwrap)).toBe(1)
  })

  test('keep serving from memory while the key manager is down, and otherwise the failure passes', async () => {
    const keyManager = watched()
    const vault = openVault({ keyManager })
    const warm = await vault.seal(context, plaintext)
    const cold = await openVault().seal({ ...context, tenantId: 'org_cold' }, plaintext)
    keyManager.unwrap.mockRejectedValueOnce(new Error('AccessDenied: CANARY from the provider'))
    keyManager.wrap.mockRejectedValueOnce(new Error('timeout'))
    expect(await vault.open(context, warm)).toEqual(plaintext)
    const down = {
      code: 'vault_unavailable',
      retryable: true,
      message: 'The key manager does not answer, so no tenant key can be used. Nothing was changed; try again later.',
    }
    await expect(vault.open({ ...context, tenantId: 'org_cold' }, cold)).rejects.toMatchObject(down)
    await expect(vault.seal({ ...context, tenantId: 'org_new' }, plaintext)).rejects.toMatchObject(down)
    expect(await vault.open({ ...context, tenantId: 'org_cold' }, cold)).toEqual(plaintext)
  })

  test('that a key manager hands out too short are refused', async () => {
    const sealed = await openVault().seal(context, plaintext)
    const keyManager = watched()
    keyManager.unwrap.mockResolvedValueOnce(randomBytes(16))
    await expect(openVault({ keyManager }).open(context, sealed)).rejects.toMatchObject({
      code: 'vault_unavailable',
      message: expect.stringContaining('gave 16 bytes'),
    })
  })

  test('name the key-encryption key that is not there', async () => {
    const sealed = await openVault().seal(context, plaintext)
    await expect(openVault({ keyManager: keyringOf(generateKey()) }).open(context, sealed)).rejects.toMatchObject({
      code: 'encryption_key_unavailable',
      message: expect.stringContaining(`"${kidOf(key)}" is not configured`),
    })
  })

  test('have their seals counted in the database before they are made', async () => {
    const reserve = vi.spyOn(store, 'reserveSeals')
    const vault = openVault()
    for (let index = 0; index < 256; index += 1) await vault.seal(context, plaintext)
    expect(reserve).not.toHaveBeenCalled()
    expect((await store.findTenantKey('org_acme'))?.sealCount).toBe(256)
    await vault.seal(context, plaintext)
    expect((await store.findTenantKey('org_acme'))?.sealCount).toBe(512)
    await openVault().seal(context, plaintext)
    expect((await store.findTenantKey('org_acme'))?.sealCount).toBe(768)
  })

  test('are replaced when their seals are used up, and the old ones still open', async () => {
    const vault = openVault({ sealsPerKey: 512 })
    const sealed: Uint8Array[] = []
    for (let index = 0; index < 513; index += 1) sealed.push(await vault.seal(context, plaintext))
    const keyIds = sealed.map((value) => Buffer.from(value).toString('hex', 1, 9))
    expect(new Set(keyIds.slice(0, 512)).size).toBe(1)
    expect(keyIds[512]).not.toBe(keyIds[511])
    const later = openVault()
    for (const value of [sealed[0], sealed[512]]) expect(await later.open(context, value ?? Buffer.of())).toEqual(plaintext)
  })

  test('of an erased tenant are not found again, and a new one is made for new seals', async () => {
    let now = 0
    const vault = openVault({ now: () => now, cacheLifetimeMs: 1000 })
    const sealed = await vault.seal(context, plaintext)
    edit(`DELETE FROM tenant_key WHERE tenant_id = 'org_acme'`)
    now = 1000
    await expect(vault.open(context, sealed)).rejects.toMatchObject({
      code: 'credential_undecryptable',
      message: expect.stringMatching(/^A sealed value names the tenant key "[0-9a-f]{16}", which this tenant does not have/),
    })
    const find = vi.spyOn(store, 'findTenantKey')
    expect(await vault.open(context, await vault.seal(context, plaintext))).toEqual(plaintext)
    // What was reserved with the old key ended with its time in memory.
    expect(find).toHaveBeenCalledTimes(1)
  })

  test('that another process has replaced seal nothing more once their time in memory is over', async () => {
    let now = 0
    const vault = openVault({ now: () => now, cacheLifetimeMs: 1000 })
    const before = readKeyId(await vault.seal(context, plaintext))
    expect(await openVault().renewKey('org_acme', before)).toBe(true)
    expect(await openVault().renewKey('org_acme', before)).toBe(false)
    now = 999
    expect(readKeyId(await vault.seal(context, plaintext))).toBe(before)
    now = 1000
    expect(readKeyId(await vault.seal(context, plaintext))).toBe((await store.findTenantKey('org_acme'))?.keyId)
    expect((await store.listTenantKeys('org_acme')).map(({ keyId }) => keyId)).toContain(before)
  })

  test('that were replaced seal nothing more in a process that is told to forget them', async () => {
    const vault = openVault()
    const before = readKeyId(await vault.seal(context, plaintext))
    await openVault().renewKey('org_acme', before)
    vault.forget('org_acme')
    expect(readKeyId(await vault.seal(context, plaintext))).not.toBe(before)
  })
})
