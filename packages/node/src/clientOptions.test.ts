import { livechat } from '@authpipe/core/providers'
import { describe, expect, it } from 'vitest'
import { checkOptions, type AuthpipeClientOptions } from './clientOptions.ts'

const options: AuthpipeClientOptions = { baseUrl: 'https://app.example.com/api/authpipe', secretKey: 'ap_0123456789abcdefghijkl' }
const check = (change: object) => checkOptions({ ...options, ...change }, [livechat])

describe('checkOptions', () => {
  it('fills in every default', () => {
    const { fetch, definitions, ...rest } = check({})
    expect(rest).toEqual({ ...options, maxStaleMs: Infinity, maxOutageMs: 300_000, maxEntries: 10_000, deadlineMs: 30_000 })
    expect([...definitions.keys(), typeof fetch]).toEqual(['livechat', 'function'])
  })

  it('keeps what is given and fills in the rest of a group', () => {
    expect(check({ cache: { maxOutageMs: 0 }, deadlineMs: 1 })).toMatchObject({ maxOutageMs: 0, maxEntries: 10_000, deadlineMs: 1 })
  })

  it('lets a provider of the app take the place of a built-in one', () => {
    const own = { definition: { ...livechat.definition, name: 'Mine' } }
    expect(check({ providers: [own] }).definitions.get('livechat')?.name).toBe('Mine')
  })

  it.each([
    ['https://app.example.com/api/authpipe/', 'https://app.example.com/api/authpipe'],
    ['HTTPS://App.Example.com:443', 'https://app.example.com'],
    ['http://localhost:3000/api/authpipe', 'http://localhost:3000/api/authpipe'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://127.1:3000', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000/x', 'http://[::1]:3000/x'],
  ])('reads the base URL %s', (baseUrl, read) => {
    expect(check({ baseUrl }).baseUrl).toBe(read)
  })

  it.each([
    'http://app.example.com',
    'http://10.0.0.1:3000',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://0.0.0.0:3000',
    'http://[::ffff:127.0.0.1]:3000',
  ])('refuses %s, where secrets would travel in the open', (baseUrl) => {
    expect(() => check({ baseUrl })).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: `createAuthpipeClient: "baseUrl" must start with https://, since ${new URL(baseUrl).hostname} is not this machine: the secret key and every credential would travel in the open.`,
      }),
    )
  })

  it.each([
    [{ baseUrl: undefined }, '"baseUrl" must be the public URL of the mounted routes, such as https://app.example.com/api/authpipe.'],
    [{ baseUrl: '' }, '"baseUrl" must be the public URL of the mounted routes, such as https://app.example.com/api/authpipe.'],
    [{ baseUrl: '/api/authpipe' }, '"baseUrl" must be a plain https URL such as https://app.example.com/api/authpipe.'],
    [{ baseUrl: 'ftp://app.example.com' }, '"baseUrl" must be a plain https URL such as https://app.example.com/api/authpipe.'],
    [{ baseUrl: 'https://user:password@app.example.com' }, '"baseUrl" must be a plain https URL such as https://app.example.com/api/authpipe.'],
    [{ baseUrl: 'https://app.example.com?x=1' }, '"baseUrl" must be a plain https URL such as https://app.example.com/api/authpipe.'],
    [{ secretKey: undefined }, '"secretKey" is missing. Set it, from the environment, to one of the server\'s AUTHPIPE_SECRET_KEYS.'],
    [{ secretKey: '' }, '"secretKey" is missing. Set it, from the environment, to one of the server\'s AUTHPIPE_SECRET_KEYS.'],
    [{ secretKey: 'ap_CANARY1,ap_CANARY2' }, '"secretKey" takes one key, not the list of the server.'],
    [{ secretKey: 'CANARY' }, '"secretKey" does not look like one: a secret key starts with "ap_" and has no blanks.'],
    [{ secretKey: 'ap_CANARY\r\nx: y' }, '"secretKey" does not look like one: a secret key starts with "ap_" and has no blanks.'],
    [{ secretKey: 'ap_CANÄRY' }, '"secretKey" does not look like one: a secret key starts with "ap_" and has no blanks.'],
    [{ deadlineMs: 0 }, '"deadlineMs" must be a whole number from 1 up.'],
    [{ deadlineMs: '30s' }, '"deadlineMs" must be a whole number from 1 up.'],
    [{ cache: { maxStaleMs: -1 } }, '"cache.maxStaleMs" must be a whole number from 0 up.'],
    [{ cache: { maxOutageMs: Number.NaN } }, '"cache.maxOutageMs" must be a whole number from 0 up.'],
    [{ cache: { maxEntries: 0 } }, '"cache.maxEntries" must be a whole number from 1 up.'],
    [{ cache: { ttl: 1 } }, '"cache.ttl" is not an option of this version.'],
    [{ cache: null }, '"cache" must be an object.'],
    [{ providers: [{}] }, '"providers" must be a list of what defineProvider makes.'],
    [{ providers: livechat }, '"providers" must be a list of what defineProvider makes.'],
    [{ fetch: 'fetch' }, '"fetch" must be a function like the global one.'],
    [{ baseURL: 'https://app.example.com' }, '"baseURL" is not an option of this version.'],
  ])('refuses %j with the fix, and quotes no value', (change, problem) => {
    const attempt = (): unknown => check(change)
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid_configuration', message: `createAuthpipeClient: ${problem}` }))
    expect(attempt).not.toThrow(/CANARY|password/)
  })
})
