import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { composeAuthpipe, type Authpipe } from '../src/createAuthpipe.ts'
import { inspectAuthpipe, type Inspection } from '../src/inspect/inspection.ts'
import type { RelayOptions } from '../src/relay/relayOptions.ts'
import { generateKey } from '../src/vault/keyring.ts'
import { randomSecret } from './relayWorld.ts'
import { serveHandler, type Served } from './serveHandler.ts'
import { openTestDatabase, type TestDatabase } from './testDatabase.ts'
import { plain } from './textbookProvider.ts'

const secret = randomSecret()
const preview = 'http://localhost:3001'

let database: TestDatabase
let staging: Served
let through: string
let authpipe: Authpipe | undefined
beforeEach(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  database = await openTestDatabase()
  staging = await serveHandler((request) => (authpipe ? authpipe.handler(request) : Promise.resolve(new Response('Something else.'))), 'http://app.localhost')
  through = `${staging.origin}/api/authpipe`
})
afterEach(async () => {
  await staging.close()
  await authpipe?.close()
  authpipe = undefined
  await database.close()
})

function compose(baseUrl: string, relay?: RelayOptions): Authpipe {
  const sandbox = 'http://127.0.0.1:1'
  return composeAuthpipe(
    {
      providers: [plain({ ...sandboxClient('plain'), endpoints: sandboxEndpoints('plain', sandbox) })],
      identify: () => null,
      baseUrl,
      ...(relay && { relay }),
      keys: generateKey(),
      database: database.url,
      allowInsecureLoopback: true,
      maintenance: 'manual',
    },
    { env: {}, now: Date.now },
  )
}

function look(relay: RelayOptions | undefined = { through, secret }): Inspection {
  const inspection = inspectAuthpipe(compose(`${preview}/api/authpipe`, relay), {})
  if (!inspection) throw new Error('Not one of ours.')
  return inspection
}

describe('an inspection of a preview', () => {
  it('names the URL of the deployment that relays as the one to register', () => {
    expect(look().listProviders().map(({ callback }) => callback)).toEqual([{ kind: 'url', url: `${through}/callback/plain` }])
  })

  it('finds that the other deployment relays', async () => {
    authpipe = compose(through, { to: [preview], secret })

    expect(await look().probeRelay()).toEqual({ through, verdict: 'relays' })
  })

  it.each([
    ['ignores', 'has another secret', () => compose(through, { to: [preview], secret: randomSecret() })],
    ['ignores', 'does not relay', () => compose(through)],
    ['refuses', 'relays to others', () => compose(through, { to: ['http://localhost:3002'], secret })],
    ['refuses', 'has another name for itself', () => compose(through.replace('127.0.0.1', 'localhost'), { to: [preview], secret })],
    ['no_answer', 'cannot start', () => compose(through, { to: [preview], secret: 'weak' })],
    ['no_answer', 'is something else', () => undefined],
  ])('finds %s where the other deployment %s', async (verdict, _, open) => {
    authpipe = open()

    expect(await look().probeRelay()).toEqual({ through, verdict })
  })

  it('finds that nobody is there', async () => {
    expect(await look({ through: 'http://127.0.0.1:1/api/authpipe', secret }).probeRelay()).toMatchObject({ verdict: 'no_answer' })
  })

  it('says nothing of a deployment that providers return to themselves', async () => {
    expect(await look({ to: [preview], secret }).probeRelay()).toBeUndefined()
  })

  it('refuses a secret that is missing', async () => {
    await expect(look({ through }).probeRelay()).rejects.toMatchObject({ code: 'invalid_configuration', message: expect.stringContaining('AUTHPIPE_RELAY_SECRET') as string })
  })
})
