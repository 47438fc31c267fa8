import { RevealedCredential } from '@authpipe/core/server'
import { describe, expect, it } from 'vitest'
import { CredentialCache } from './credentialCache.ts'

type Question = readonly [provider: string, tenantId: string, userId: string | undefined]

const credential = (token: string): RevealedCredential =>
  new RevealedCredential({
    credential: token,
    credentialType: 'oauth_token',
    connectionId: 'conn_1',
    source: 'connection',
    expiresAt: undefined,
    scopes: [],
    headers: {},
    searchParams: undefined,
    fields: {},
    baseUrl: 'https://provider.example',
    settings: {},
    generation: 1,
  })

const put = (cache: CredentialCache, [provider, tenantId, userId]: Question, token: string, freshUntil = 1_000): void =>
  cache.put({ provider, tenantId, userId }, credential(token), freshUntil, cache.epochOf(tenantId))
const find = (cache: CredentialCache, [provider, tenantId, userId]: Question, now = 0): string | undefined =>
  cache.find(provider, tenantId, userId, now)?.credential

const ada: Question = ['livechat', 'org_acme', 'ada']

describe('CredentialCache', () => {
  it('remembers an answer until it is no longer fresh', () => {
    const cache = new CredentialCache(10)
    put(cache, ada, 'token', 1_000)
    expect(find(cache, ada, 999)).toBe('token')
    expect(find(cache, ada, 1_000)).toBeUndefined()
  })

  it('gives the newest of several answers to one question', () => {
    const cache = new CredentialCache(10)
    put(cache, ada, 'old')
    put(cache, ada, 'new')
    expect(find(cache, ada)).toBe('new')
  })

  it('finds answers that have no user', () => {
    const cache = new CredentialCache(10)
    put(cache, ['livechat', 'org_acme', undefined], 'token')
    expect(find(cache, ['livechat', 'org_acme', undefined])).toBe('token')
  })

  it('forgets everything of one tenant and nothing of another', () => {
    const cache = new CredentialCache(10)
    put(cache, ada, 'acme')
    put(cache, ['plain', 'org_acme', undefined], 'acme plain')
    put(cache, ['livechat', 'org_other', 'ada'], 'other')
    cache.forgetTenant('org_acme')
    expect([find(cache, ada), find(cache, ['plain', 'org_acme', undefined]), find(cache, ['livechat', 'org_other', 'ada'])]).toEqual([
      undefined,
      undefined,
      'other',
    ])
  })

  // CA-8
  it('refuses an answer that was read before something changed', () => {
    const cache = new CredentialCache(10)
    const epoch = cache.epochOf('org_acme')
    cache.forgetTenant('org_acme')
    cache.put({ provider: 'livechat', tenantId: 'org_acme', userId: 'ada' }, credential('before'), 1_000, epoch)
    expect(find(cache, ada)).toBeUndefined()
  })

  it('does not let such an answer displace a newer one', () => {
    const cache = new CredentialCache(10)
    const epoch = cache.epochOf('org_acme')
    cache.forgetTenant('org_acme')
    put(cache, ada, 'after')
    cache.put({ provider: 'livechat', tenantId: 'org_acme', userId: 'ada' }, credential('before'), 1_000, epoch)
    expect(find(cache, ada)).toBe('after')
  })

  it('refuses it also when the tenant was dropped in between', () => {
    const cache = new CredentialCache(2)
    const epoch = cache.epochOf('org_acme')
    for (let index = 0; index < 10; index += 1) put(cache, ['livechat', `org_${index}`, 'ada'], 'other')
    cache.put({ provider: 'livechat', tenantId: 'org_acme', userId: 'ada' }, credential('before'), 1_000, epoch)
    expect(find(cache, ada)).toBeUndefined()
  })

  it('forgets everything when cleared', () => {
    const cache = new CredentialCache(10)
    put(cache, ada, 'token')
    cache.clear()
    expect(find(cache, ada)).toBeUndefined()
  })

  // CA-7
  it('holds no more than it may, and keeps what is still read', () => {
    const cache = new CredentialCache(100)
    put(cache, ada, 'read')
    const others = Array.from({ length: 1_000 }, (_, index): Question => ['livechat', 'org_acme', `user_${index}`])
    for (const other of others) {
      put(cache, other, 'other')
      expect(find(cache, ada)).toBe('read')
    }
    expect(others.filter((other) => find(cache, other) !== undefined).length).toBeLessThanOrEqual(100)
  })

  it('finds each of many tenants that share one user id', () => {
    const cache = new CredentialCache(10_000)
    const questions = Array.from({ length: 40 }, (_, index): Question => ['livechat', `org_${index}`, 'default'])
    for (const question of questions) put(cache, question, question[1])
    for (const question of questions) expect(find(cache, question)).toBe(question[1])
    cache.forgetTenant('org_30')
    expect(find(cache, ['livechat', 'org_30', 'default'])).toBeUndefined()
  })

  // AZ-9: with nobody's ids can anybody be given what is another's.
  it.each([
    [
      ['livechat', 'a:b', 'c'],
      ['livechat', 'a', 'b:c'],
    ],
    [
      ['livechat', 'a', 'b'],
      ['livechat', 'b', 'a'],
    ],
    [
      ['livechat', 'a', undefined],
      ['livechat', 'b', 'a'],
    ],
    [
      ['livechat', 'a', undefined],
      ['livechat', 'a', 'a'],
    ],
    [
      ['livechat', 'a', 'null'],
      ['livechat', 'a', undefined],
    ],
    [
      ['live', 'chat', 'a'],
      ['livechat', '', 'a'],
    ],
    [
      ['livechat', 'org_acme', 'default'],
      ['livechat', 'org_evil', '["livechat","org_acme","default"]'],
    ],
    [
      ['livechat', 'org_acme', undefined],
      ['livechat', 'org_evil', '["livechat","org_acme",null]'],
    ],
  ] satisfies [Question, Question][])('keeps %j and %j apart', (one, other) => {
    for (const [stored, asked] of [
      [one, other],
      [other, one],
    ] as const) {
      const cache = new CredentialCache(10)
      put(cache, stored, 'of another')
      expect(find(cache, asked)).toBeUndefined()
    }
  })

  it('keeps them apart also where many share a user id', () => {
    const cache = new CredentialCache(10_000)
    put(cache, ['livechat', 'org_evil', '["livechat","org_acme","default"]'], 'evil')
    for (let index = 0; index < 20; index += 1) put(cache, ['livechat', `org_${index}`, 'default'], 'other')
    expect(find(cache, ['livechat', 'org_acme', 'default'])).toBeUndefined()
  })

  // AZ-8
  it.each(['ORG_ACME', 'org_acme ', 'org_acmｅ', 'org_acme\u0301', 'org/acme', 'org%5Facme', '..', '__proto__', 'constructor'])(
    'compares ids exactly: %j',
    (tenantId) => {
      const cache = new CredentialCache(10)
      put(cache, ada, 'token')
      expect(find(cache, ['livechat', tenantId, 'ada'])).toBeUndefined()
      put(cache, ['livechat', tenantId, 'ada'], 'look-alike')
      expect([find(cache, ada), find(cache, ['livechat', tenantId, 'ada'])]).toEqual(['token', 'look-alike'])
    },
  )
})
