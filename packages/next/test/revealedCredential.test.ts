import { RevealedCredential } from '@authpipe/core/server'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { format, inspect, promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const parts = {
  credential: 'CANARY_token',
  credentialType: 'api_key',
  connectionId: 'conn_1',
  source: 'connection',
  expiresAt: Date.parse('2026-11-22T10:00:00.000Z'),
  scopes: ['chats--all:ro'],
  headers: { Authorization: 'Bearer CANARY_header' },
  searchParams: { key: 'CANARY_query' },
  fields: { apiKey: 'CANARY_field' },
  baseUrl: 'https://provider.example',
  settings: { subdomain: 'acme' },
  generation: 1,
} as const
const credential = new RevealedCredential(parts)

describe('RevealedCredential', () => {
  it('reveals each property that is read', () => {
    const { credential: token, credentialType, connectionId, source, expiresAt, scopes, refreshed, baseUrl, settings } = credential
    expect({ token, credentialType, connectionId, source, expiresAt, scopes, refreshed, baseUrl, settings }).toEqual({
      token: 'CANARY_token',
      credentialType: 'api_key',
      connectionId: 'conn_1',
      source: 'connection',
      expiresAt: '2026-11-22T10:00:00.000Z',
      scopes: ['chats--all:ro'],
      refreshed: false,
      baseUrl: 'https://provider.example',
      settings: { subdomain: 'acme' },
    })
    expect([credential.headers.Authorization, credential.searchParams?.key, credential.fields.apiKey]).toEqual([
      'Bearer CANARY_header',
      'CANARY_query',
      'CANARY_field',
    ])
  })

  it('gives headers that HTTP clients take as they are', () => {
    const { headers, searchParams } = credential
    expect(new Headers(headers).get('authorization')).toBe('Bearer CANARY_header')
    expect(new Request('https://provider.example', { headers: { ...headers, accept: '*/*' } }).headers.get('authorization')).toBe(
      'Bearer CANARY_header',
    )
    expect(new URLSearchParams(searchParams).toString()).toBe('key=CANARY_query')
  })

  it('leaves absent what the connection does not have', () => {
    const { expiresAt, searchParams } = new RevealedCredential({ ...parts, expiresAt: undefined, searchParams: undefined })
    expect([expiresAt, searchParams]).toEqual([undefined, undefined])
  })

  it('is marked as refreshed in a copy of its own', () => {
    expect([credential.asRefreshed().refreshed, credential.refreshed, credential.asRefreshed().credential]).toEqual([true, false, 'CANARY_token'])
  })

  it('is marked as stale in a copy of its own', () => {
    expect([credential.asStale().stale, credential.stale, credential.asStale().credential]).toEqual([true, false, 'CANARY_token'])
  })

  it('cannot be changed through what it hands out', () => {
    expect(() => Object.assign(credential.headers, { Authorization: 'other' })).toThrow(TypeError)
  })

  // LK-3
  const printers: readonly [string, (value: object) => string][] = [
    ['util.inspect to any depth', (value) => inspect({ value }, { depth: Infinity, showHidden: true, getters: true })],
    ['console.log', (value) => format('%s %o %O %j', value, value, value, value)],
    ['JSON.stringify', (value) => JSON.stringify({ value, list: [value] })],
    ['a template literal', (value) => `${String(value)}${value as unknown as string}`],
    ['an error message', (value) => inspect(new Error(String(value), { cause: value }), { depth: Infinity })],
  ]
  it.each(printers)('shows no secret to %s, nor do its parts', (_, print) => {
    for (const value of [credential, credential.headers, credential.searchParams ?? {}, credential.fields]) {
      expect(print(value)).not.toContain('CANARY')
      expect(print(value)).toContain('redacted')
    }
  })

  it('shows in JSON what is there, without what it holds', () => {
    expect(JSON.parse(JSON.stringify({ credential, headers: credential.headers }))).toEqual({
      credential: { credentialType: 'api_key', connectionId: 'conn_1', credential: '[redacted]' },
      headers: { Authorization: '[redacted]' },
    })
  })

  it('gives nothing to who enumerates, copies or clones it', () => {
    expect(Reflect.ownKeys(credential)).toEqual([])
    expect([Object.entries(credential), { ...credential }, Object.assign({}, credential), structuredClone(credential)]).toEqual([[], {}, {}, {}])
  })

  // LK-5
  it('is in nothing that a process writes which dies of an error that holds it, nor is what the server was made with', { timeout: 30_000 }, async () => {
    const script = fileURLToPath(new URL('dyingOfAnError.ts', import.meta.url))
    const dying = promisify(execFile)(process.execPath, ['--conditions=@authpipe/source', '--trace-warnings', script], { env: {}, maxBuffer: 64 * 1024 * 1024 })
    const { code, stdout, stderr } = await dying.then(() => ({ code: 0, stdout: '', stderr: '' }), (error: { code: number; stdout: string; stderr: string }) => error)

    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('Error: careless')
    expect(stderr).toContain('[redacted]')
    expect(stderr.match(/.{0,40}(CANARY|Q0FOQVJZ).{0,20}/g)).toBeNull()
  })

  // NX-2: the real serialiser of React Server Components, under the condition that it needs, in a process of its own.
  it('is refused by React Server Components, and so are its headers', async () => {
    const script = fileURLToPath(new URL('flight.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=react-server', '--conditions=@authpipe/source', '--no-warnings', script],
      { env: { NODE_ENV: 'production' } },
    )
    const flights = JSON.parse(stdout) as Record<string, { payload: string; error: string | null }>
    expect(Object.keys(flights)).toEqual(['a plain object', 'a credential', 'its headers', 'its search parameters', 'its fields'])
    for (const [name, { payload, error }] of Object.entries(flights)) {
      expect([name, error?.split('.', 1)[0] ?? null]).toEqual([
        name,
        name === 'a plain object' ? null : 'Only plain objects, and a few built-ins, can be passed to Client Components from Server Components',
      ])
      expect(payload).not.toContain('CANARY')
    }
  })
})
