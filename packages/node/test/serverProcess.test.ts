// The server as a process of its own, which is killed, stopped and started again while a client reads.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { createDatabase } from '../../next/test/createDatabase.ts'
import { openWorld, type World } from '../../next/test/world.ts'
import { generateKey } from '../../next/src/vault/keyring.ts'
import { createAuthpipeClient, type AuthpipeClient } from '../src/index.ts'
import { databases, freePort, secretKeys, watchLog } from './servedWorld.ts'
import type { ServerSetUp } from './serverProcess.ts'

const question = { provider: 'livechat', tenantId: 'org_acme', userId: 'user_1' }

describe.each(databases)('on %s', { timeout: 60_000 }, (database) => {
  let directory: string
  let world: World
  let setUp: ServerSetUp
  let server: ChildProcess | undefined
  let client: AuthpipeClient
  let sent: number

  beforeEach(async () => {
    watchLog()
    directory = await mkdtemp(join(tmpdir(), 'authpipe-test-'))
    const keys = generateKey()
    const url = database === 'sqlite' ? `file:${join(directory, 'authpipe.db')}` : await createDatabase(inject('postgresUrl'))
    world = await openWorld({ options: { database: url, keys } })
    await world.browser().connect('livechat')
    setUp = { database: url, keys, secretKeys: secretKeys.join(','), sandboxUrl: world.sandbox.url, port: await freePort() }
    sent = 0
    client = createAuthpipeClient({
      baseUrl: `http://127.0.0.1:${setUp.port}/api/authpipe`,
      secretKey: secretKeys[0],
      cache: { maxStaleMs: 100 },
      fetch: (input, init) => {
        sent += 1
        return fetch(input, init)
      },
    })
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    client.close()
    await kill()
    await world.close()
    await rm(directory, { recursive: true, force: true })
  })

  async function start(): Promise<void> {
    server = fork(fileURLToPath(new URL('serverProcess.ts', import.meta.url)), [JSON.stringify(setUp)], {
      execArgv: ['--conditions=@authpipe/source', '--no-warnings'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    await once(server, 'message')
  }

  async function kill(): Promise<void> {
    const child = server
    server = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  const isStale = async (): Promise<boolean> => (await client.getCredential(question)).stale === true
  const becomes = (stale: boolean): Promise<void> => vi.waitFor(async () => expect(await isStale()).toBe(stale), { timeout: 20_000, interval: 20 })

  // CA-5
  it('a reader has its credential before, while and after the server is killed', async () => {
    await start()
    const { credential } = await client.getCredential(question)
    const seen = new Set<string>()
    let isOver = false
    const reading = (async () => {
      while (!isOver) {
        seen.add((await client.getCredential(question)).credential)
        await nextTurn()
      }
    })()
    await kill()
    await becomes(true)
    await start()
    await becomes(false)
    isOver = true
    await reading

    expect([...seen]).toEqual([credential])
  })

  it('a reader has its credential while the server is stopped and does not answer, and a fresh one soon after it goes on', async () => {
    await start()
    await client.getCredential(question)
    server?.kill('SIGSTOP')
    await becomes(true)
    server?.kill('SIGCONT')
    await becomes(false)
  })

  // CA-6
  it('readers who hold nothing wait for a server that is killed under their request and started again', async () => {
    const waiting = Promise.all(Array.from({ length: 50 }, () => client.getCredential(question)))
    await start()
    expect(new Set((await waiting).map(({ connectionId }) => connectionId)).size).toBe(1)

    server?.kill('SIGSTOP')
    const before = sent
    const forced = client.getCredential({ ...question, forceRefresh: true })
    forced.catch(() => undefined)
    await vi.waitFor(() => expect(sent).toBeGreaterThan(before))
    await kill()
    await start()
    expect((await forced).credentialType).toBe('oauth_token')
  })
})
