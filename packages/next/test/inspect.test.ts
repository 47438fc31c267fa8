import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Inspection, inspectAuthpipe } from '../src/inspect/inspection.ts'
import { migrateSchema, readSchema } from '../src/inspect/schema.ts'
import { shardCount, type Store } from '../src/store/store.ts'
import { generateKey } from '../src/vault/keyring.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const look = (target = world.authpipe): Inspection => {
  const inspection = inspectAuthpipe(target, {})
  if (!inspection) throw new Error('Not one of ours.')
  return inspection
}
const never = 3_600_000_000
const readNow = (inspection: Inspection, overdueAfterMs = never) => inspection.readDatabase(() => world.clock.now, overdueAfterMs)

async function connect(): Promise<void> {
  await world.authpipe.storeCredential({ provider: 'freshdesk', tenantId: 'org_acme', userId: 'user_1', credentialType: 'api_key', fields: { apiKey: 'fd-key-CANARY' }, settings: { subdomain: 'northwind' }, verify: false })
}

describe('inspectAuthpipe', () => {
  it('knows what createAuthpipe made, and nothing else', () => {
    expect(inspectAuthpipe(world.authpipe, {})).toBeInstanceOf(Inspection)
    expect(inspectAuthpipe({ ...world.authpipe }, {})).toBeUndefined()
    expect(inspectAuthpipe(undefined, {})).toBeUndefined()
  })

  // LK-3
  it('prints no option', () => {
    expect(inspect(look(), { depth: Infinity, showHidden: true })).not.toContain('CANARY')
  })

  it('names the URL to register at each provider that comes back to one', () => {
    const callbacks = look().listProviders().map(({ id, callback }) => [id, callback.kind === 'url' ? callback.url : callback.kind])

    expect(callbacks).toEqual([
      ['livechat', 'http://localhost:3000/api/authpipe/callback/livechat'],
      ['help-scout', 'http://localhost:3000/api/authpipe/callback/help-scout'],
      ['freshdesk', 'none'],
      ['freshservice', 'per_tenant'],
      ['crisp', 'http://localhost:3000/api/authpipe/callback/crisp'],
      ['plain', 'http://localhost:3000/api/authpipe/callback/plain'],
    ])
  })

  it('reads a database that no server has opened yet, and leaves it so', async () => {
    const url = world.database.url
    const state = await readSchema(url, {})

    expect(state).toMatchObject({ version: 0 })
    expect(await readSchema(url, {})).toEqual(state)
    expect(await migrateSchema(url, {})).toEqual({ ...state, version: state.newestVersion })
    expect(state.newestVersion).toBeGreaterThan(0)
  })

  it('names a database without its user and password', async () => {
    expect((await readSchema(world.database.url, {})).database).not.toMatch(/postgres:postgres/)
  })

  it('says nothing of a database that is well', async () => {
    await connect()

    expect(await readNow(look())).toMatchObject({ overdueMs: undefined, keyProblem: undefined })
  })

  it('says how long work of maintenance has been waiting', async () => {
    await connect()
    await makeDue(Date.now() - 7_200_000)

    const seen = await readNow(look(), 600_000)
    expect(typeof seen === 'object' && Math.round((seen.overdueMs ?? 0) / 60_000)).toBe(120)
    expect(await readNow(look(), 7_300_000)).toMatchObject({ overdueMs: undefined })
  })

  it('takes a row that somebody has put off for not waiting', async () => {
    await connect()
    await makeDue(Date.now() - 7_200_000)
    await withStore(async (store) => {
      const now = Date.now()
      for (let shard = 0; shard < shardCount; shard += 1) await store.claimDue({ shard, now, until: now + 3_600_000, limit: 10 })
    })

    expect(await readNow(look(), 600_000)).toMatchObject({ overdueMs: undefined })
  })

  it('finds keys that are not those of the database, and writes none down', async () => {
    await connect()
    const [known] = await withStore((store) => store.countTenantKeys())
    const kid = known?.kid ?? ''

    for (const [keys, sentence] of [
      [`other:${generateKey().split(':')[1]}`, /is not configured\. Add it back to "keys"/],
      [`${kid}:${generateKey().split(':')[1]}`, /is not the key that this database knows under that id/],
    ] as const) {
      const seen = await readNow(look(world.another({ keys })))
      expect(seen).toMatchObject({ keyProblem: { code: 'encryption_key_unavailable', message: expect.stringMatching(sentence) as string } })
    }
    expect(await withStore((store) => store.findKeyCheck('other'))).toBeUndefined()
  })

  it('tells a client that is accepted from one that is refused, where the provider does', async () => {
    expect(await look().probeClient('plain')).toBe('accepted')
    expect(await look().probeClient('help-scout')).toBe('accepted')

    world.sandbox.plain.set({ clientSecret: 'another' })
    world.sandbox['help-scout'].set({ clientSecret: 'another' })
    expect(await look().probeClient('plain')).toBe('refused')
    expect(await look().probeClient('help-scout')).toBe('refused')
  })

  it('does not guess where a provider answers a wrong code as it does a wrong secret', async () => {
    expect(await look().probeClient('livechat')).toBe('cannot_tell')
  })

  it('does not blame our secret for an answer that is none', async () => {
    world.sandbox.plain.fault('token', { kind: 'answer', status: 502, body: '<h1>Bad gateway</h1>' })

    expect(await look().probeClient('plain')).toBe('no_answer')
  })

  it.each(['plain', 'livechat'] as const)('tells whether %s knows our callback URL', async (provider) => {
    expect(await look().probeRedirectUri(provider)).toBe('accepted')

    world.sandbox[provider].set({ redirectUris: ['https://app.example.com/api/authpipe/callback/other'] })
    expect(await look().probeRedirectUri(provider)).toBe('refused')
  })

  it('does not guess where a provider takes no callback URL from a request', async () => {
    expect(await look().probeRedirectUri('help-scout')).toBe('cannot_tell')
  })

  it('starts nothing at a provider that it asks', async () => {
    await look().probeClient('plain')
    await look().probeRedirectUri('plain')

    expect(world.sandbox.plain.issuedSecrets()).toEqual({ codes: [], accessTokens: [], refreshTokens: [] })
  })
})

describe('a database file that is not there', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'authpipe-inspect-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  it('is not made by looking', async () => {
    const path = join(directory, 'later', 'authpipe.db')
    const inspection = new Inspection({ database: `file:${path}` }, {})

    expect(await inspection.readDatabase(Date.now, never)).toBe('none_yet')
    expect(await inspection.findKeys()).toBe('made_at_start')
    expect(existsSync(join(directory, 'later'))).toBe(false)
  })

  it('is told from one that belongs to somebody else', async () => {
    await writeFile(join(directory, 'notes.db'), 'these are notes, and no database')
    const inspection = new Inspection({ database: `file:${join(directory, 'notes.db')}` }, {})

    await expect(inspection.readDatabase(Date.now, never)).rejects.toMatchObject({ code: 'invalid_configuration' })
    expect(await readdir(directory)).toEqual(['notes.db'])
  })
})

/** Makes what maintenance has to do for the one connection due at an instant. */
async function makeDue(refreshAt: number): Promise<void> {
  await withStore(async (store) => {
    for (const connection of await store.listConnections({ tenantId: 'org_acme' })) {
      await store.commit({ tenantId: connection.tenantId, connectionId: connection.id, expect: connection, schedule: { refreshAt, checkAt: null } }, [])
    }
  })
}

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = world.database.openStore()
  await store.open()
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
