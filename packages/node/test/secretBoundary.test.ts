// A secret is in the hands of who calls getCredential and nowhere else: no printer, error or line of output has one. LK-… name rows
// of the threat catalogue.
import { format, inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findSecrets } from '../../next/test/findSecrets.ts'
import type { AuthpipeClient } from '../src/createAuthpipeClient.ts'
import { openServedWorld, secretKeys, type Interception, type ServedWorld } from './servedWorld.ts'

const question = { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' }

let world: ServedWorld
let client: AuthpipeClient
let output: string[]
beforeEach(async () => {
  output = []
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation((text) => output.push(String(text)) > 0)
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...values) => void output.push(inspect(values, { depth: Infinity })))
  }
  world = await openServedWorld('sqlite')
  client = world.client({ deadlineMs: 1_000 })
  await world.browser().connect('plain')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.close()
})

const secrets = (): string[] => {
  const { accessTokens, refreshTokens } = world.sandbox.plain.issuedSecrets()
  return [...secretKeys, ...accessTokens, ...refreshTokens]
}
const printed = (value: unknown): string => inspect(value, { depth: Infinity, showHidden: true, getters: true }) + format('%s %o %O %j', value, value, value, value)

// LK-3
describe('no printer shows a secret of', () => {
  it('a credential, fresh or stale, or of its parts', async () => {
    const fresh = await client.getCredential(question)
    await world.goDown()
    world.clock.now += 6_000
    const stale = await client.getCredential(question)

    expect([fresh.stale, stale.stale, stale.credential === fresh.credential]).toEqual([false, true, true])
    for (const value of [fresh, stale, fresh.headers, stale.headers, fresh.fields]) {
      const texts = [printed(value), JSON.stringify({ value }), String(value), inspect(new Error(String(value), { cause: value })), inspect(structuredClone(value === fresh || value === stale ? value : {}))]
      for (const text of texts) expect(findSecrets(secrets(), text)).toEqual([])
    }
    expect([Reflect.ownKeys(fresh), { ...stale }, structuredClone(stale)]).toEqual([[], {}, {}])
  })

  it('the client, however long it has been used', async () => {
    await client.getCredential(question)
    await client.fetch(question, '/me')
    expect(findSecrets(secrets(), printed(client) + JSON.stringify(client))).toEqual([])
  })
})

// LK-2, LK-8
describe('no error holds a secret where the server', () => {
  const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
  const faults: readonly [string, Interception | 'down'][] = [
    ['is down', 'down'],
    ['answers with a broken credential', (request) => world.authpipe.handler(request).then(async (answer) => json({ ...((await answer.json()) as object), scopes: 'all' }))],
    ['answers with half a credential', (request) => world.authpipe.handler(request).then(async (answer) => new Response((await answer.text()).slice(0, -1)))],
    ['answers with a name for each of its secrets', (request) => world.authpipe.handler(request).then(async (answer) => json({ headers: { [((await answer.json()) as { credential: string }).credential]: 1 } }))],
    ['redirects', () => new Response(null, { status: 308, headers: { location: 'https://evil.example' } })],
    ['sends too much', () => json({ detail: 'x'.repeat(5_000_000) })],
    ['refuses the key', () => json({ code: 'unauthenticated', detail: 'No.' }, 401)],
    ['is in trouble', () => json({ code: 'store_unavailable', retryable: true }, 503)],
  ]
  it.each(faults)('%s', async (_, fault) => {
    if (fault === 'down') await world.goDown()
    else world.intercept(fault)
    const asked = [client.getCredential(question), client.fetch(question, '/me'), client.storeCredential({ ...question, credentialType: 'webhook_secret', fields: { secret: 'whsec_CANARY_0123456789' } }), client.listEvents().then(() => undefined)]
    const errors = await Promise.all(asked.map((one) => one.then(() => undefined, (error: unknown) => error)))

    expect(errors.filter((error) => error !== undefined).length).toBeGreaterThanOrEqual(2)
    for (const error of errors) expect(findSecrets([...secrets(), 'whsec_CANARY_0123456789'], `${printed(error)} ${JSON.stringify(error)}`)).toEqual([])
    expect(findSecrets(secrets(), output.join(''))).toEqual([])
  })
})

// LK-1
it('writes nothing, whatever happens', async () => {
  const before = output.length
  await client.getCredential(question)
  await world.goDown()
  world.clock.now += 6_000
  await client.getCredential(question)
  await client.getCredential({ ...question, forceRefresh: true }).catch(() => undefined)

  expect(output.slice(before)).toEqual([])
})
