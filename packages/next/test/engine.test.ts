// One engine for a process, nothing opened before it is needed, and a clear word where something is missing.
import { randomBytes } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { livechat } from '@authpipe/core/providers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthpipeOptions } from '../src/config.ts'
import { composeAuthpipe, createAuthpipe, type Authpipe } from '../src/createAuthpipe.ts'
import { generateKey } from '../src/vault/keyring.ts'
import { baseUrl, openWorld } from './world.ts'

let directory: string
let opened: Authpipe[]
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'authpipe-test-'))
  opened = []
})
afterEach(async () => {
  await Promise.all(opened.map((authpipe) => authpipe.close()))
  await rm(directory, { recursive: true, force: true })
})

const providers = [livechat({ clientId: 'id', clientSecret: 'secret' })]
const identify = (): null => null

function compose(options: Partial<AuthpipeOptions> = {}, env: Readonly<Record<string, string>> = {}): Authpipe {
  const authpipe = composeAuthpipe({ providers, identify, database: `file:${join(directory, 'authpipe.db')}`, maintenance: 'manual', ...options }, { env, now: Date.now })
  opened.push(authpipe)
  return authpipe
}

describe('createAuthpipe', () => {
  it('opens nothing and needs no secret until it is used', () => {
    compose({}, { NODE_ENV: 'production' })

    expect(existsSync(join(directory, 'authpipe.db'))).toBe(false)
  })

  it.each([
    ['no providers', { providers: [] }, /"providers" needs at least one provider/],
    ['a provider that was not called', { providers: [livechat as never] }, /made by calling a provider/],
    ['no identify', { identify: undefined as never }, /"identify" must be a function/],
    ['a duration in words', { identifyTimeoutMs: '5s' as never }, /"identifyTimeoutMs"/],
    ['an option nobody knows', { redirectUrl: '/x' } as never, /"redirectUrl" is not an option of this version/],
    ['a nested option nobody knows', { refresh: { ahead: 1 } as never }, /"ahead" is not an option|"refresh/],
    ['a mode nobody knows', { maintenance: 'sometimes' as never }, /"maintenance"/],
  ])('refuses %s at once, with the fix', (_, options, sentence) => {
    expect(() => createAuthpipe({ providers, identify, ...options } as AuthpipeOptions)).toThrow(expect.objectContaining({ code: 'invalid_configuration', message: expect.stringMatching(sentence) }))
  })

  it.each([
    ['without keys', {}, /no encryption key/],
    ['without a base URL', { keys: generateKey() }, /AUTHPIPE_BASE_URL/],
    ['with a base URL in the open', { keys: generateKey(), baseUrl: 'http://app.example.com/api/authpipe' }, /https/],
    ['with a database of another kind', { keys: generateKey(), baseUrl, database: 'mysql://x' }, /"file:"/],
    ['with a local endpoint that was not allowed', { keys: generateKey(), baseUrl, providers: [livechat({ clientId: 'i', clientSecret: 's', endpoints: { tokenEndpoint: 'http://127.0.0.1:1/t' } })] }, /allowInsecureLoopback/],
    ['with an endpoint nobody knows', { keys: generateKey(), baseUrl, providers: [livechat({ clientId: 'i', clientSecret: 's', endpoints: { tokenUrl: 'https://x.example/t' } })] }, /tokenUrl/],
    ['without a client secret', { keys: generateKey(), baseUrl, providers: [livechat({ clientId: 'i' })] }, /clientSecret/],
  ])('%s does not get ready in production, and says the fix', async (_, options, sentence) => {
    const authpipe = compose(options, { NODE_ENV: 'production', AUTHPIPE_BASE_URL: 'keys' in options ? '' : baseUrl })

    await expect(authpipe.ready()).rejects.toMatchObject({ code: 'invalid_configuration', message: expect.stringMatching(sentence) })
  })

  it('answers a request with a problem that tells nothing while it cannot start', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)

    const answer = await compose({}, { NODE_ENV: 'production', AUTHPIPE_BASE_URL: baseUrl }).handler(new Request(`${baseUrl}/providers`))
    stderr.mockRestore()

    expect(answer.status).toBe(500)
    expect(await answer.json()).toMatchObject({ code: 'invalid_configuration', detail: expect.not.stringContaining('key') })
  })

  it('makes a key of its own in development, for its owner alone, and finds it again', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const first = compose({}, {})
    await first.ready()
    await first.close()
    await compose({}, {}).ready()
    const said = stderr.mock.calls.filter(([line]) => String(line).includes('made an encryption key'))
    stderr.mockRestore()

    expect(statSync(join(directory, 'development.key')).mode & 0o777).toBe(0o600)
    expect(said).toHaveLength(1)
  })

  it('refuses a wrong key under a known id, and works again with the right one', async () => {
    const keys = generateKey()
    const [kid] = keys.split(':')
    const first = compose({ keys, baseUrl })
    await first.ready()
    await first.close()

    await expect(compose({ keys: `${kid}:${generateKey().split(':')[1]}`, baseUrl }).ready()).rejects.toMatchObject({ code: 'encryption_key_unavailable' })
    await expect(compose({ keys, baseUrl }).ready()).resolves.toBeUndefined()
  })
})

describe('two of one database and base URL', () => {
  // NX-8, RF-4
  it('share one engine, as copies of a module in one process would, and close it for both', async () => {
    const world = await openWorld()
    try {
      const copy = world.another()
      const browser = world.browser()
      await browser.connect('plain')
      const question = { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' }

      await copy.ready()
      const [one, other] = [await world.authpipe.getCredential(question), await copy.getCredential(question)]
      await copy.close()

      expect(other.scopes).toBe(one.scopes)
      expect((await world.authpipe.getCredential(question)).credential).toBe(one.credential)
    } finally {
      await world.close()
    }
  })

  it('go by the newest options, as after a hot reload', async () => {
    const keys = generateKey()
    const older = compose({ keys, baseUrl })
    await older.ready()
    const newer = compose({ keys, baseUrl, identify: () => ({ tenantId: 'org_acme', userId: 'user_1' }) })
    await newer.ready()

    const answer = await older.handler(new Request(`${baseUrl}/connections`))

    expect(answer.status).toBe(200)
  })

  it('relay by the newest options', async () => {
    const keys = generateKey()
    const secret = randomBytes(32).toString('base64')
    const older = compose({ keys, baseUrl })
    await older.ready()
    await compose({ keys, baseUrl, relay: { through: 'https://staging.example.com/api/authpipe', secret } }).ready()

    expect(await older.callbackUrl({ provider: 'livechat' })).toBe('https://staging.example.com/api/authpipe/callback/livechat')
  })
})

describe('maintain', () => {
  it('refreshes ahead of expiry what nobody reads', async () => {
    const world = await openWorld()
    await world.browser().connect('plain')
    world.clock.now += 56 * 60_000

    const counts = await world.authpipe.maintain()
    await world.close()

    // The session of the connect is over for long.
    expect(counts).toEqual({ refreshed: 1, failed: 0, checked: 0, warned: 0, revoked: 0, webhooks: 0, forgotten: 1 })
  })
})
