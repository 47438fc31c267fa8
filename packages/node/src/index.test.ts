import type { Authpipe, Credential as ServerCredential } from '@authpipe/next'
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import * as entry from './index.ts'
import * as inBrowser from './unsupportedRuntime.ts'

const options = { baseUrl: 'https://app.example.com/api/authpipe', secretKey: 'ap_0123456789abcdefghijkl' }

afterEach(() => vi.unstubAllGlobals())

describe('@authpipe/node', () => {
  it('exports just this', () => {
    expect(Object.keys(entry)).toEqual(['AuthpipeError', 'createAuthpipeClient'])
  })

  it('has the members of the server that mean the same, with the same types', () => {
    type Client = entry.AuthpipeClient
    expectTypeOf<entry.Credential>().toEqualTypeOf<ServerCredential>()
    expectTypeOf<Parameters<Client['getCredential']>[0]>().toEqualTypeOf<Parameters<Authpipe['getCredential']>[0]>()
    expectTypeOf<ReturnType<Client['getCredential']>>().toEqualTypeOf<ReturnType<Authpipe['getCredential']>>()
    expectTypeOf<Client['fetch']>().toEqualTypeOf<Authpipe['fetch']>()
    expectTypeOf<Parameters<Client['storeCredential']>[0]>().toEqualTypeOf<Parameters<Authpipe['storeCredential']>[0]>()
    expectTypeOf<ReturnType<Client['storeCredential']>>().toEqualTypeOf<ReturnType<Authpipe['storeCredential']>>()
  })

  it('takes what the environment may not have, and says so when it runs', () => {
    const secretKey = process.env.AUTHPIPE_SECRET_KEY_THAT_NOBODY_SET
    expect(() => entry.createAuthpipeClient({ ...options, secretKey })).toThrow(expect.objectContaining({ code: 'invalid_configuration' }))
  })

  // AZ-10
  it('needs a tenant for every question', () => {
    const { getCredential } = entry.createAuthpipeClient(options)
    // @ts-expect-error a tenant is required
    expectTypeOf(getCredential).toBeCallableWith({ provider: 'livechat' })
  })

  it.each([
    ['by its own check', () => entry.createAuthpipeClient(options), true],
    ['by what a bundler puts in its place', () => inBrowser.createAuthpipeClient(), false],
  ])('refuses a browser, %s', (_, create, needsBrowser) => {
    if (needsBrowser) {
      vi.stubGlobal('window', {})
      vi.stubGlobal('document', {})
    }
    expect(create).toThrow(expect.objectContaining({ code: 'invalid_configuration', message: expect.stringMatching(/holds a secret key/) as unknown }))
  })

  // Bundlers for workers at the edge look for what is meant for browsers, too, but not first.
  it.each([
    ['Node.js', ['node', 'import'], 'index'],
    ['a bundler for browsers', ['browser', 'import'], 'unsupportedRuntime'],
    ['a bundler for Cloudflare Workers', ['workerd', 'worker', 'browser'], 'index'],
    ['a bundler for the edge runtime', ['edge-light', 'worker', 'browser'], 'index'],
  ])('gives %s the right file', (_, conditions, file) => {
    const [, target] = Object.entries(manifest.exports['.']).find(([condition]) => [...conditions, 'default'].includes(condition)) ?? []
    expect(typeof target === 'string' ? target : target?.default).toBe(`./dist/${file}.js`)
  })

  it('opens nothing and keeps no process alive', () => {
    expect(() => entry.createAuthpipeClient(options).close()).not.toThrow()
  })
})
