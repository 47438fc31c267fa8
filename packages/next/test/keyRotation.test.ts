// Keys that are changed while everything goes on. CR-… name rows of the threat catalogue.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Authpipe } from '../src/createAuthpipe.ts'
import type { RotationReport } from '../src/maintenance/rotateKeys.ts'
import { exampleKey, generateKey } from '../src/vault/keyring.ts'
import { openWorld, type World } from './world.ts'

const oldKey = generateKey()
const newKey = generateKey()
const kidOf = (key: string): string => key.slice(0, key.indexOf(':'))
const hour = 3_600_000

let world: World
beforeEach(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  world = await openWorld({ options: { keys: oldKey } })
})
afterEach(async () => {
  await world.close()
  vi.restoreAllMocks()
})

/** Waits for the server that holds the database under the same name to go: one process has one engine for it. */
async function reopen(keys: string): Promise<Authpipe> {
  await world.authpipe.close()
  return world.another({ keys })
}

const secretOf = (tenantId: string) => ({ provider: 'help-scout', tenantId, credentialType: 'webhook_secret' }) as const

async function storeSecrets(authpipe: Authpipe, count: number): Promise<string[]> {
  const tenants = Array.from({ length: count }, (_, index) => `org_${String(index).padStart(2, '0')}`)
  for (const tenantId of tenants) await authpipe.storeCredential({ ...secretOf(tenantId), fields: { secret: `secret of ${tenantId}` } })
  return tenants
}

async function expectSecrets(authpipe: Authpipe, tenants: readonly string[]): Promise<void> {
  for (const tenantId of tenants) expect((await authpipe.getCredential(secretOf(tenantId))).credential).toBe(`secret of ${tenantId}`)
}

describe('a rotation', () => {
  // CR-10
  it('moves every tenant to the new key, after which the old one can go', async () => {
    const tenants = await storeSecrets(world.authpipe, 5)
    const rotating = await reopen(`${newKey},${oldKey}`)

    const report = await rotating.rotateKeys()
    await rotating.close()
    const later = world.another({ keys: newKey })

    expect(report).toEqual({
      tenants: 5,
      rewrappedKeys: 5,
      newKeys: 5,
      resealed: 5,
      unreadable: 0,
      removedKeys: 0,
      keptKeys: 5,
      neededKeys: [{ kid: kidOf(newKey), tenants: 5 }],
      removableKids: [kidOf(oldKey)],
    })
    await expectSecrets(later, tenants)
  })

  it('removes the replaced tenant keys when it is called again an hour later', async () => {
    const tenants = await storeSecrets(world.authpipe, 3)
    const rotating = await reopen(`${newKey},${oldKey}`)
    await rotating.rotateKeys()

    world.clock.now += hour - 1
    const early = await rotating.rotateKeys()
    world.clock.now += 1
    const late = await rotating.rotateKeys()

    expect(early).toMatchObject({ newKeys: 0, resealed: 0, removedKeys: 0, keptKeys: 3 })
    expect(late).toMatchObject({ newKeys: 0, resealed: 0, removedKeys: 3, keptKeys: 0 })
    expect(await rotating.rotateKeys()).toMatchObject({ tenants: 0 })
    await expectSecrets(rotating, tenants)
  })

  it('that only wraps anew leaves every secret as it is and lets the old key go', async () => {
    await storeSecrets(world.authpipe, 3)
    const { secret } = await world.database.rows()
    const rotating = await reopen(`${newKey},${oldKey}`)

    const report = await rotating.rotateKeys({ reencrypt: false })

    expect(report).toMatchObject({ rewrappedKeys: 3, newKeys: 0, resealed: 0, removableKids: [kidOf(oldKey)] })
    expect((await world.database.rows())['secret']).toEqual(secret)
  })

  // CR-12
  it('of one tenant replaces its key alone, and destroys the old one', async () => {
    const tenants = await storeSecrets(world.authpipe, 3)
    const store = world.database.openStore()
    await store.open()
    const before = await Promise.all(tenants.map((tenantId) => store.listTenantKeys(tenantId)))

    const report = await world.authpipe.rotateKeys({ tenantId: 'org_01', keepReplacedMs: 0 })

    const after = await Promise.all(tenants.map((tenantId) => store.listTenantKeys(tenantId)))
    await store.close()
    expect(report).toMatchObject({ tenants: 1, newKeys: 1, resealed: 1, removedKeys: 1 })
    expect(after.map(([key]) => key?.keyId === before[after.findIndex(([other]) => other === key)]?.[0]?.keyId)).toEqual([true, false, true])
    expect(after.map((keys) => keys.length)).toEqual([1, 1, 1])
    await expectSecrets(world.authpipe, tenants)
  })

  // CR-10
  it('fails no read, write or refresh of a process that works meanwhile', { timeout: 60_000 }, async () => {
    await world.browser().connect('plain')
    const plain = { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' }
    const tenants = await storeSecrets(world.authpipe, 10)
    const working = await reopen(`${oldKey},${newKey}`)
    await working.ready()
    const rotating = world.another({ keys: `${newKey},${oldKey}`, baseUrl: 'http://localhost:3001/api/authpipe' })
    let isOver = false
    const work = async (turn: (index: number) => Promise<unknown>): Promise<number> => {
      let done = 0
      for (; !isOver || done < 5; done += 1) {
        await turn(done)
        // SQLite answers at once: without a pause nobody else would have a turn.
        await setImmediate()
      }
      return done
    }
    const workers = Array.from({ length: 5 }, (_, writer) => [
      work((index) => working.getCredential(secretOf(tenants[index % 10] ?? ''))),
      work((index) => {
        const tenantId = tenants[writer + 5 * (index % 2)] ?? ''
        return working.storeCredential({ ...secretOf(tenantId), fields: { secret: `secret of ${tenantId}` } })
      }),
    ])
    const refreshing = work(() => working.getCredential({ ...plain, forceRefresh: true }))

    const report = await rotating.rotateKeys()
    isOver = true

    await expect(Promise.all([...workers.flat(), refreshing])).resolves.toBeDefined()
    expect(report).toMatchObject({ newKeys: 11, unreadable: 0, removableKids: [kidOf(oldKey)] })
    await working.close()
    await rotating.close()
    const later = world.another({ keys: newKey })
    await expectSecrets(later, tenants)
    expect((await later.getCredential(plain)).credential).toMatch(/./)
  })

  it('by two processes at once gives each tenant one new key', async () => {
    const tenants = await storeSecrets(world.authpipe, 10)
    const first = await reopen(`${newKey},${oldKey}`)
    const second = world.another({ keys: `${newKey},${oldKey}`, baseUrl: 'http://localhost:3001/api/authpipe' })

    const reports = await Promise.all([first.rotateKeys(), second.rotateKeys()])
    world.clock.now += hour
    await Promise.all([first.rotateKeys(), second.rotateKeys()])

    expect(reports.reduce((sum, { newKeys }) => sum + newKeys, 0)).toBe(10)
    const rows = await world.database.rows()
    expect(rows['tenant_key']).toHaveLength(10)
    await expectSecrets(second, tenants)
  })

  // CR-11
  it('goes on where it was after kills at five points, and every secret opens at all times', { timeout: 120_000 }, async () => {
    const tenants = await storeSecrets(world.authpipe, 30)
    await world.authpipe.close()
    for (let kills = 1; kills <= 5; kills += 1) {
      const child = fork(new URL('./rotationProcess.ts', import.meta.url), [world.database.url, `${newKey},${oldKey}`], {
        execArgv: ['--conditions=@authpipe/source', '--disable-warning=ExperimentalWarning'],
        env: { PATH: process.env.PATH },
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      })
      const exit = once(child, 'exit')
      let isDone = false
      child.on('message', (message: number | RotationReport) => (typeof message === 'number' ? message === kills && child.kill('SIGKILL') : (isDone = true)))
      await exit
      const reader = world.another({ keys: `${newKey},${oldKey}` })
      await expectSecrets(reader, tenants)
      await reader.close()
      if (isDone) break
    }

    const rotating = world.another({ keys: `${newKey},${oldKey}` })
    const report = await rotating.rotateKeys()

    expect(report.neededKeys).toEqual([{ kid: kidOf(newKey), tenants: 30 }])
    expect((await world.database.rows())['tenant_key']).toHaveLength(60)
    await expectSecrets(rotating, tenants)
  })

  it('loses no token of a refresh that began before its tenant key was removed', async () => {
    await world.browser().connect('plain')
    const plain = { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' }
    const hold = world.sandbox.plain.hold('token', 'after')
    const refreshing = world.authpipe.getCredential({ ...plain, forceRefresh: true })
    await hold.arrived(1)
    const rotating = world.another({ baseUrl: 'http://localhost:3001/api/authpipe' })

    const report = await rotating.rotateKeys({ tenantId: 'org_acme', keepReplacedMs: 0 })
    hold.release()
    const { credential } = await refreshing

    expect(report).toMatchObject({ removedKeys: 1 })
    // A server that has never seen the removed key.
    await world.authpipe.close()
    await rotating.close()
    expect((await world.another().getCredential(plain)).credential).toBe(credential)
  })

  // LM-9
  it('leaves a secret that does not open as it is, with its key, and counts it', async () => {
    await storeSecrets(world.authpipe, 2)
    const store = world.database.openStore()
    await store.open()
    const [key] = await store.listTenantKeys('org_00')
    const [damaged] = await store.listSealed('secret', 'org_00', key?.keyId ?? '', undefined, 1)
    if (!key || !damaged) throw new Error('Nothing is stored.')
    const sealed = Uint8Array.from(damaged.sealed, (byte, index) => (index === damaged.sealed.length - 1 ? byte ^ 1 : byte))
    await store.replaceSealed(key.keyId, [{ before: damaged, sealed }])
    const rotating = await reopen(`${newKey},${oldKey}`)

    const report = await rotating.rotateKeys({ keepReplacedMs: 0 })

    expect(report).toMatchObject({ tenants: 2, resealed: 1, unreadable: 1, removedKeys: 1, keptKeys: 1, removableKids: [kidOf(oldKey)] })
    expect((await store.listSealed('secret', 'org_00', key.keyId, undefined, 1))[0]?.sealed).toEqual(sealed)
    await store.close()
  })

  it('ends with the name of a key that it needs and goes on when that is configured again', async () => {
    const tenants = await storeSecrets(world.authpipe, 2)
    const rotating = await reopen(`${newKey},${oldKey}`)
    await rotating.ready()
    const late = world.another({ keys: `${oldKey},${newKey}`, baseUrl: 'http://localhost:3001/api/authpipe' })
    await rotating.rotateKeys()
    await late.storeCredential({ ...secretOf('org_late'), fields: { secret: 'secret of org_late' } })

    await rotating.close()
    await late.close()
    const without = world.another({ keys: newKey })

    // CR-13: a process with the old order made a tenant after the rotation.
    await expect(without.ready()).rejects.toMatchObject({ code: 'encryption_key_unavailable', details: { kid: kidOf(oldKey), tenants: 1 } })
    const again = world.another({ keys: `${newKey},${oldKey}` })
    expect(await again.rotateKeys()).toMatchObject({ newKeys: 1, removableKids: [kidOf(oldKey)] })
    await expectSecrets(again, [...tenants, 'org_late'])
  })
})

describe('a start', () => {
  const wrongKey = generateKey().replace(/^[^:]+/, kidOf(oldKey))

  // CR-13, CR-14, CR-15
  it.each([
    ['another key under the same id', wrongKey, 'encryption_key_unavailable', /is not the key that this database knows/],
    ['another key under the same id behind a new one', `${newKey},${wrongKey}`, 'encryption_key_unavailable', /is not the key that this database knows/],
    ['the key that is needed removed', newKey, 'encryption_key_unavailable', new RegExp(`"${kidOf(oldKey)}" is not configured.*the data of 3 tenants needs? it`)],
    ['no key', '', 'invalid_configuration', /There is no encryption key/],
    ['a short key', `k1:${Buffer.alloc(16, 'x').toString('base64')}`, 'invalid_configuration', /has 16 bytes instead of 32/],
    ['a key of zeros', `k1:${Buffer.alloc(32).toString('base64')}`, 'invalid_configuration', /repeats the same few bytes/],
    ['the key of the documentation', exampleKey, 'invalid_configuration', /example of the documentation/],
  ])('with %s is refused and changes no row', async (_, keys, code, message) => {
    await storeSecrets(world.authpipe, 3)
    await world.authpipe.close()
    const before = await world.database.rows()

    const refused = world.another({ keys, ...(keys === '' ? { database: world.database.openStore() } : {}) })

    await expect(refused.ready()).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(await world.database.rows()).toEqual(before)
  })
})
