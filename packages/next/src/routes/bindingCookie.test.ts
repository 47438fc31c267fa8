import { describe, expect, it } from 'vitest'
import type { BaseUrl } from '../baseUrl.ts'
import { bindingCookie, createBinding, hashOf, isSameHash, readBindingCookie } from './bindingCookie.ts'

const secure: BaseUrl = { href: 'https://app.example.com/api/authpipe', origin: 'https://app.example.com', pathname: '/api/authpipe', secure: true }
const local: BaseUrl = { href: 'http://localhost:3000/api/authpipe', origin: 'http://localhost:3000', pathname: '/api/authpipe', secure: false }
const value = 'A'.repeat(43)
const read = (baseUrl: BaseUrl, cookie?: string) =>
  readBindingCookie(baseUrl, new Request(baseUrl.href, { headers: cookie === undefined ? {} : { cookie } }))

describe('bindingCookie', () => {
  // BR-3
  it('is a __Host- cookie on https, which no sub-domain can plant', () => {
    expect(bindingCookie(secure, value)).toBe(`__Host-authpipe=${value}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure`)
  })

  it('does without the prefix on http of this machine, where no browser would take it', () => {
    expect(bindingCookie(local, value)).toBe(`authpipe=${value}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax`)
  })
})

describe('createBinding', () => {
  // ST-8
  it('makes 256 random bits, anew each time', () => {
    const made = Array.from({ length: 1_000 }, createBinding)
    expect(new Set(made).size).toBe(1_000)
    for (const one of made) expect(Buffer.from(one, 'base64url')).toHaveLength(32)
  })
})

describe('readBindingCookie', () => {
  it('finds the value among other cookies', () => {
    expect(read(secure, `a=1; __Host-authpipe=${value}; b=2`)).toBe(value)
    expect(read(local, `authpipe=${value}`)).toBe(value)
    expect(read(local, ` a=1;authpipe=${value};b=2 `)).toBe(value)
  })

  it('takes the name of http for nothing on https, and the other way round', () => {
    expect([read(secure, `authpipe=${value}`), read(local, `__Host-authpipe=${value}`)]).toEqual([undefined, undefined])
  })

  // ST-16
  it('believes neither of two', () => {
    expect(read(secure, `__Host-authpipe=${'B'.repeat(43)}; __Host-authpipe=${value}`)).toBeUndefined()
    expect(read(secure, `__Host-authpipe=; __Host-authpipe=${value}`)).toBeUndefined()
  })

  // ST-8, HT-15
  it.each([
    undefined,
    '',
    'authpipe',
    'authpipe=',
    'authpipe=1',
    'authpipe=%',
    `authpipe=${value}A`,
    `authpipe=${'A'.repeat(42)}`,
    `authpipe=${'%41'.repeat(43)}`,
    `authpipe="${value}"`,
    `xauthpipe=${value}`,
    `AUTHPIPE=${value}`,
    ';;;=;',
    `authpipe=${'A'.repeat(100_000)}`,
  ])('finds nothing in %j', (cookie) => {
    expect(read(local, cookie)).toBeUndefined()
  })
})

describe('isSameHash', () => {
  // CR-26
  it('compares, and does not throw for another length', () => {
    expect([
      isSameHash(hashOf('a'), hashOf('a')),
      isSameHash(hashOf('a'), hashOf('b')),
      isSameHash(hashOf('a'), new Uint8Array(3)),
      isSameHash(new Uint8Array(), hashOf('a')),
    ]).toEqual([true, false, false, false])
  })
})
