import { createHmac, randomBytes, type KeyObject } from 'node:crypto'
import { CompactSign } from 'jose'
import { describe, expect, it } from 'vitest'
import { deriveRelayKey, readRelayState, signRelayState } from './relayState.ts'

const secret = randomBytes(32)
const key = deriveRelayKey(secret)
const claims = { aud: 'https://staging.example.com/api/authpipe', sub: 'https://pr-7.preview.example.com/api/authpipe', exp: 1_800_000_000 }
const typ = 'authpipe-relay+jwt'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const sign = (header: { readonly alg: string; readonly typ?: string }, payload: unknown, by: KeyObject | Uint8Array = key): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(payload))).setProtectedHeader(header).sign(by)

describe('a relay state', () => {
  it('is read with what was written', async () => {
    expect(await readRelayState([key], await signRelayState(key, claims))).toEqual(claims)
  })

  it('is believed while its secret is any of those known', async () => {
    const state = await signRelayState(key, claims)
    expect(await readRelayState([deriveRelayKey(randomBytes(32)), key], state)).toEqual(claims)
  })

  // ST-15
  it('has 256 random bits, anew each time', async () => {
    const states = await Promise.all(Array.from({ length: 100 }, () => signRelayState(key, claims)))
    const ids = states.map((state) => (JSON.parse(Buffer.from(state.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }).jti)

    expect(new Set(ids).size).toBe(100)
    expect(ids.every((id) => Buffer.from(id, 'base64url').length === 32)).toBe(true)
  })

  it('is short enough for any URL, and needs no encoding there', async () => {
    // As long as a label of a host may be (RFC 1035 §2.3.4).
    const state = await signRelayState(key, { ...claims, sub: `https://${'p'.repeat(63)}.vercel.app/api/authpipe` })
    expect(state.length).toBeLessThan(512)
    expect(encodeURIComponent(state)).toBe(state)
  })

  // ST-13, ST-17
  it.each([
    ['nothing', () => ''],
    ['a state of an ordinary session', () => randomBytes(32).toString('base64url')],
    ['another secret', () => signRelayState(deriveRelayKey(randomBytes(32)), claims)],
    ['the secret itself in place of the key derived from it', () => sign({ alg: 'HS256', typ }, claims, secret)],
    ['no signature', async () => (await signRelayState(key, claims)).replace(/[^.]+$/, '')],
    ['no algorithm', () => `${part({ alg: 'none', typ })}.${part(claims)}.`],
    ['another algorithm', () => {
      const signed = `${part({ alg: 'HS512', typ })}.${part(claims)}`
      return `${signed}.${createHmac('sha512', key).update(signed).digest('base64url')}`
    }],
    ['another use of the key', () => sign({ alg: 'HS256', typ: 'JWT' }, claims)],
    ['no use', () => sign({ alg: 'HS256' }, claims)],
    ['another target in the place of the signed one', async () => {
      const [header, , signature] = (await signRelayState(key, claims)).split('.')
      return `${header}.${part({ ...claims, sub: 'https://evil.com' })}.${signature}`
    }],
    ['the HMAC of something else', () => `${part({ alg: 'HS256', typ })}.${part(claims)}.${createHmac('sha256', secret).update(part(claims)).digest('base64url')}`],
    ['a part too many', async () => `${await signRelayState(key, claims)}.x`],
    ['ten kilobytes', () => `${'a'.repeat(5_000)}.${'b'.repeat(5_000)}.c`],
    ['claims that are no object', () => sign({ alg: 'HS256', typ }, 'evil')],
    ['a claim of another type', () => sign({ alg: 'HS256', typ }, { ...claims, exp: '1800000000' })],
    ['several audiences', () => sign({ alg: 'HS256', typ }, { ...claims, aud: [claims.aud] })],
    ['no target', () => sign({ alg: 'HS256', typ }, { aud: claims.aud, exp: claims.exp })],
  ])('is nothing with %s', async (_, make) => {
    expect(await readRelayState([key], await make())).toBeUndefined()
  })
})
