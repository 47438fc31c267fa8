// What a flood costs. LM-… names rows of docs/security-cases.md.
import { readdirSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { catalog } from '@authpipe/core/providers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readLifetimeSeconds } from '../src/oauth/tokenResponse.ts'
import { RegisteredProvider } from '../src/registrations.ts'
import { readBindingCookie } from '../src/routes/bindingCookie.ts'
import { resolveReturnTo } from '../src/routes/returnTo.ts'
import { parseSecretKeys } from '../src/secretKeys.ts'
import { checkSettings } from '../src/settings.ts'
import type { Store } from '../src/store/store.ts'
import { parseKeys } from '../src/vault/keyring.ts'
import { baseUrl, consent, openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

/** A store that notes which of its methods are called. */
function watched(store: Store): { readonly store: Store; readonly calls: string[] } {
  const calls: string[] = []
  const noting = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...values: unknown[]): unknown => {
        calls.push(String(name))
        return Reflect.apply(member, target, values)
      }
    },
  })
  return { store: noting, calls }
}

describe('a flood of callbacks', () => {
  // LM-2
  it('asks the database for nothing, and one of made-up answers writes nothing to it', async () => {
    const { store, calls } = watched(world.database.openStore())
    const browser = world.browser()
    const authpipe = world.another({ database: store })
    browser.moveTo(authpipe)
    await authpipe.ready()
    calls.length = 0

    for (let count = 0; count < 500; count += 1) expect((await browser.request(`/callback/plain?code=${count}&state=${count}`)).status).toBe(200)
    expect(calls).toEqual([])
    for (let count = 0; count < 500; count += 1) {
      expect((await browser.form('/sessions/finish', { provider: 'plain', state: `${count}`, code: 'made up' })).status).toBe(400)
    }
    expect(new Set(calls)).toEqual(new Set(['findSessionByState']))
  })
})

describe('flows that are broken off', () => {
  const openFiles = (): number => readdirSync('/proc/self/fd').length
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length

  // LM-7
  it.runIf(process.platform === 'linux')('leave no file, socket or timer behind', async () => {
    const breakOff = async (index: number): Promise<void> => {
      const browser = world.browser('org_acme', `user_${index}`)
      const { sessionId, authorizationUrl } = await browser.start('plain')
      if (index % 4 === 0) return
      if (index % 4 === 1) {
        await browser.request(`/sessions/${sessionId}`, { method: 'DELETE' })
        return
      }
      world.sandbox.plain.fault('token', index % 4 === 2 ? { kind: 'drop' } : { kind: 'answer', status: 400, body: { error: 'invalid_grant' } })
      await browser.followCallback(await consent(authorizationUrl))
    }
    for (let index = 0; index < 15; index += 1) await breakOff(index)
    const before = { files: openFiles(), timers: timers() }

    for (let index = 15; index < 105; index += 1) await breakOff(index)
    await setImmediate()

    // A few connections are kept open to be used again.
    expect(openFiles() - before.files).toBeLessThan(10)
    expect(timers() - before.timers).toBeLessThan(10)
  }, 60_000)
})

describe('a text made to keep a regular expression busy', () => {
  const own = { href: baseUrl, origin: 'http://localhost:3000', pathname: '/api/authpipe', secure: false }
  const n = 100_000
  const texts = ['a', '-', 'a-', '0', '.', ',', ' ', ';', 'authpipe=', '/', '\\', '%', '{', '[', '"', '=', 'a.', 'https://', '\t', ':', '\ud83d\ude00'].flatMap((part) => [part.repeat(n / part.length), `${part.repeat(n / part.length)}!`, `!${part.repeat(n / part.length)}`])
  const providers = catalog.map((provider) => new RegisteredProvider(provider({ clientId: 'id', clientSecret: 'secret' } as never), false)).filter(({ definition }) => definition.settings?.length)

  // LM-5: one that backtracks takes seconds, or years.
  it.each<[string, (text: string) => unknown]>([
    ['a setting', (text) => providers.map((provider) => checkSettings(provider, 'api_key', Object.fromEntries((provider.definition.settings ?? []).map(({ id }) => [id, text]))))],
    ['the way back', (text) => resolveReturnTo(own, text.slice(0, 2_000))],
    ['a cookie', (text) => readBindingCookie(own, { headers: { get: () => `authpipe=${text}` } })],
    ['a life in seconds', readLifetimeSeconds],
    ['keys', (text) => parseKeys(`k1:${text}`)],
    ['secret keys', (text) => parseSecretKeys(`ap_${text}`)],
  ])('is read or refused at once where it is %s', (_, read) => {
    const started = performance.now()
    for (const text of texts) {
      try {
        read(text)
      } catch {
        // Refused, which is as good as read.
      }
    }
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('is refused at once where it is an address, a type or a key of a request', async () => {
    const started = performance.now()
    for (const text of texts.map((one) => one.replace(/[^\x20-\x7e]/g, 'a').slice(0, 60_000))) {
      const url = `${baseUrl}/${encodeURIComponent(text).slice(0, 60_000)}`
      const answers = [
        await world.authpipe.handler(new Request(url)),
        await world.authpipe.handler(new Request(`${baseUrl}/credentials`, { method: 'POST', headers: { authorization: `Bearer ${text}`, 'content-type': text } })),
        await world.authpipe.handler(new Request(`${baseUrl}/sessions`, { method: 'POST', headers: { 'content-type': text, 'sec-fetch-site': 'same-origin', cookie: `app=org_acme/user_1; ${text}` } })),
      ]
      for (const { status } of answers) expect(status).toBeGreaterThanOrEqual(400)
    }
    expect(performance.now() - started).toBeLessThan(10_000)
  }, 30_000)
})
