// Imports whose process is killed, at a provider that ends a grant when its refresh token comes back.
import type { ConnectionToImport } from '@authpipe/core/server'
import { execFile } from 'node:child_process'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { App } from '../../sandbox/test/App.ts'
import { generateKey } from '../src/vault/keyring.ts'
import type { DyingImport } from './dyingImport.ts'
import { openWorld, type World } from './world.ts'

// A busy machine takes its time to start a process.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const keys = generateKey()
let world: World
beforeEach(async () => {
  world = await openWorld({ options: { keys } })
  world.sandbox['help-scout'].set({ rotation: 'strict' })
  await world.authpipe.ready()
})
afterEach(() => world.close())

function runAndKill(row: ConnectionToImport, step: DyingImport['step']): Promise<void> {
  const dying: DyingImport = { url: world.database.url, keys, sandboxUrl: world.sandbox.url, row, step }
  const script = new URL('./dyingImport.ts', import.meta.url).pathname
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--conditions=@authpipe/source', '--disable-warning=ExperimentalWarning', script, JSON.stringify(dying)], (error, _, stderr) => {
      if (error?.signal === 'SIGKILL') resolve()
      else reject(new Error(`The import was to be killed, and ended otherwise:\n${stderr}`))
    })
  })
}

it.each([
  ['before it stored anything', 'before given', 'imported'],
  ['after it stored the tokens', 'after given', 'imported'],
  ['before it asked for a new token', 'with the lease', 'imported'],
  ['after it stored the new token', 'after renewed', 'imported'],
  ['before it stored the account', 'before named', 'imported'],
  ['after it stored the account', 'after named', 'unchanged'],
] as const)('an import that is killed %s goes on where it was, and no refresh token is used twice', async (_, step, outcome) => {
  const row = { provider: 'help-scout', tenantId: 'org_acme', userId: 'user_1', sourceId: 'row_1', ...(await new App(world.sandbox, 'help-scout').connect()) }
  await runAndKill(row, step)
  // The lease of the dead runs out.
  world.clock.now = Date.now() + 60_000

  const answer = await world.authpipe.importConnection(row)

  expect(answer).toMatchObject({ outcome, connection: { status: 'active', account: { id: '42001:301' } } })
  expect(world.sandbox['help-scout'].rotationLedger().map(({ event }) => event)).toEqual(['granted', 'refreshed'])
  expect(await world.authpipe.fetch({ provider: 'help-scout', tenantId: 'org_acme', userId: 'user_1' }, '/users/me').then(({ status }) => status)).toBe(200)
  expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toHaveLength(1)
})
