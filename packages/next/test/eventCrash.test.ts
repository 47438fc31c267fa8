// Events of processes that die, and of changes that never land. WO-… name rows of the threat catalogue.
import { execFile } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AuthpipeEvent } from '@authpipe/core'
import { generateKey } from '../src/vault/keyring.ts'
import type { DyingServer } from './dyingServer.ts'
import { startEventReceiver, verifyPosted, type EventReceiver } from './eventReceiver.ts'
import { isOnPostgres } from './testDatabase.ts'
import { openWorld, type World } from './world.ts'

// A server that closes waits for what is under way, and a busy machine takes its time.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const secret = `whsec_${Buffer.alloc(32, 'signs').toString('base64')}`
const keys = generateKey()

let receiver: EventReceiver
let world: World
let told: AuthpipeEvent[]
beforeEach(async () => {
  told = []
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  receiver = await startEventReceiver()
  world = await openWorld({ options: { keys, webhooks: { url: receiver.url, secrets: [secret] }, onEvent: (event) => void told.push(event) } })
})
afterEach(async () => {
  await world.close()
  await receiver.close()
  vi.restoreAllMocks()
})

/** Runs a server until it is killed. @returns the ids that its onEvent was told */
function runAndKill(step: DyingServer['step']): Promise<string[]> {
  const server: DyingServer = { url: world.database.url, keys, webhooks: { url: receiver.url, secrets: [secret] }, step }
  const script = new URL('./dyingServer.ts', import.meta.url).pathname
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--conditions=@authpipe/source', '--disable-warning=ExperimentalWarning', script, JSON.stringify(server)], (error, stdout, stderr) => {
      if (error?.signal === 'SIGKILL') resolve(stdout.split('\n').filter((line) => line !== ''))
      else reject(new Error(`The server was to be killed, and ended otherwise:\n${stderr}`))
    })
  })
}

// WO-3
it.each(['after the commit', 'after the claim', 'after the telling'] as const)('what happened is told when the server was killed %s, with its id', async (step) => {
  await world.authpipe.ready()
  const toldBefore = await runAndKill(step)
  const postedBefore = receiver.ids()
  // The claims of the dead run out.
  world.clock.now = Date.now() + 120_000

  await world.authpipe.maintain()

  expect(told).toEqual([expect.objectContaining({ type: 'credential.stored', tenantId: 'org_acme', provider: 'help-scout', connectionRevision: 1 })])
  expect(receiver.posted.map((posted) => verifyPosted(posted, secret)).at(-1)).toEqual(told[0])
  expect(new Set([...toldBefore, ...postedBefore, ...receiver.ids()])).toEqual(new Set([told[0]?.id]))
  if (step !== 'after the telling') expect([...toldBefore, ...postedBefore]).toEqual([])
  await world.authpipe.maintain()
  expect(told).toHaveLength(1)
})

/** Runs SQL beside the server. */
async function runSql(sql: { readonly sqlite: string; readonly postgres: string }): Promise<void> {
  const { url } = world.database
  if (!isOnPostgres) {
    const database = new DatabaseSync(url.slice('file:'.length))
    database.exec(sql.sqlite)
    return database.close()
  }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql.postgres)
  await client.end()
}

// WO-4
it('nothing is told of a change whose transaction is rolled back after its event was written, and nothing changed', async () => {
  await world.authpipe.ready()
  await runSql({
    sqlite: `CREATE TRIGGER refuse AFTER INSERT ON event BEGIN SELECT RAISE(ROLLBACK, 'refused'); END`,
    postgres: `CREATE FUNCTION authpipe.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
      CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON authpipe.event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION authpipe.refuse()`,
  })
  const attempt = world.authpipe.storeCredential({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 'hook_CANARY' } })
  await expect(attempt).rejects.toMatchObject({ code: 'store_unavailable' })
  await runSql({ sqlite: 'DROP TRIGGER refuse', postgres: 'DROP TRIGGER refuse ON authpipe.event' })

  world.clock.now += 120_000
  await world.authpipe.maintain()

  const store = world.database.openStore()
  await store.open()
  expect(await store.listEvents({ limit: 10 })).toEqual([])
  expect(await store.listConnections({ tenantId: 'org_acme', credentialType: 'webhook_secret' })).toEqual([])
  await store.close()
  expect({ told, posted: receiver.posted }).toEqual({ told: [], posted: [] })
})
