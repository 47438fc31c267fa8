import { describe, expect, it, vi } from 'vitest'
import { CredentialCache } from './credentialCache.ts'
import { FramedCredential } from './framedCredential.ts'

type Question = readonly [provider: string, tenantId: string, userId: string | undefined]

const credential = (provider: string, token: string, expiresAt?: number): FramedCredential => {
  const frame = { provider, credentialType: 'oauth_token', source: 'connection', scopes: [], settings: {}, baseUrl: 'https://provider.example' } as const
  return new FramedCredential({ ...frame, apply: () => ({ headers: {}, searchParams: undefined, fields: {} }) }, token, 'conn_1', expiresAt, 1)
}

const put = (cache: CredentialCache, [provider, tenantId, userId]: Question, token: string, freshUntil = 1_000): void =>
  cache.put({ provider, tenantId, userId }, credential(provider, token), { freshUntil }, cache.epochOf(tenantId))
const find = (cache: CredentialCache, [provider, tenantId, userId]: Question, now = 0): string | undefined =>
  cache.find(provider, tenantId, userId, now)?.credential

const atZero = (): number => 0

const ada: Question = ['livechat', 'org_acme', 'ada']

describe('CredentialCache', () => {
  it('remembers an answer until it is no longer fresh', () => {
    const cache = new CredentialCache(10, atZero)
    put(cache, ada, 'token', 1_000)
    expect(find(cache, ada, 999)).toBe('token')
    expect(find(cache, ada, 1_000)).toBeUndefined()
  })

  it('gives the newest of several answers to one question', () => {
    const cache = new CredentialCache(10, atZero)
    put(cache, ada, 'old')
    put(cache, ada, 'new')
    expect(find(cache, ada)).toBe('new')
  })

  it('finds answers that have no user', () => {
    const cache = new CredentialCache(10, atZero)
    put(cache, ['livechat', 'org_acme', undefined], 'token')
    expect(find(cache, ['livechat', 'org_acme', undefined])).toBe('token')
  })

  it('forgets everything of one tenant and nothing of another', () => {
    const cache = new CredentialCache(10, atZero)
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
    const cache = new CredentialCache(10, atZero)
    const epoch = cache.epochOf('org_acme')
    cache.forgetTenant('org_acme')
    cache.put({ provider: 'livechat', tenantId: 'org_acme', userId: 'ada' }, credential('livechat', 'before'), { freshUntil: 1_000 }, epoch)
    expect(find(cache, ada)).toBeUndefined()
  })

  it('does not let such an answer displace a newer one', () => {
    const cache = new CredentialCache(10, atZero)
    const epoch = cache.epochOf('org_acme')
    cache.forgetTenant('org_acme')
    put(cache, ada, 'after')
    cache.put({ provider: 'livechat', tenantId: 'org_acme', userId: 'ada' }, credential('livechat', 'before'), { freshUntil: 1_000 }, epoch)
    expect(find(cache, ada)).toBe('after')
  })

  it('refuses it also when the tenant was dropped in between', () => {
    const cache = new CredentialCache(2, atZero)
    const epoch = cache.epochOf('org_acme')
    for (let index = 0; index < 10; index += 1) put(cache, ['livechat', `org_${index}`, 'ada'], 'other')
    cache.put({ provider: 'livechat', tenantId: 'org_acme', userId: 'ada' }, credential('livechat', 'before'), { freshUntil: 1_000 }, epoch)
    expect(find(cache, ada)).toBeUndefined()
  })

  it('forgets everything when cleared', () => {
    const cache = new CredentialCache(10, atZero)
    put(cache, ada, 'token')
    cache.clear()
    expect(find(cache, ada)).toBeUndefined()
  })

  // CA-7
  it('holds no more than it may, and keeps what is still read', () => {
    const cache = new CredentialCache(100, atZero)
    put(cache, ada, 'read')
    const others = Array.from({ length: 1_000 }, (_, index): Question => ['livechat', 'org_acme', `user_${index}`])
    for (const other of others) {
      put(cache, other, 'other')
      expect(find(cache, ada)).toBe('read')
    }
    expect(others.filter((other) => find(cache, other) !== undefined).length).toBeLessThanOrEqual(100)
  })

  it('finds each of many tenants that share one user id', () => {
    const cache = new CredentialCache(10_000, atZero)
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
      const cache = new CredentialCache(10, atZero)
      put(cache, stored, 'of another')
      expect(find(cache, asked)).toBeUndefined()
    }
  })

  it('keeps them apart also where many share a user id', () => {
    const cache = new CredentialCache(10_000, atZero)
    put(cache, ['livechat', 'org_evil', '["livechat","org_acme","default"]'], 'evil')
    for (let index = 0; index < 20; index += 1) put(cache, ['livechat', `org_${index}`, 'default'], 'other')
    expect(find(cache, ['livechat', 'org_acme', 'default'])).toBeUndefined()
  })

  // AZ-8
  it.each(['ORG_ACME', 'org_acme ', 'org_acmｅ', 'org_acme\u0301', 'org/acme', 'org%5Facme', '..', '__proto__', 'constructor'])(
    'compares ids exactly: %j',
    (tenantId) => {
      const cache = new CredentialCache(10, atZero)
      put(cache, ada, 'token')
      expect(find(cache, ['livechat', tenantId, 'ada'])).toBeUndefined()
      put(cache, ['livechat', tenantId, 'ada'], 'look-alike')
      expect([find(cache, ada), find(cache, ['livechat', tenantId, 'ada'])]).toEqual(['token', 'look-alike'])
    },
  )

  describe('while nobody can be asked', () => {
    const question = { provider: 'livechat', tenantId: 'org_acme', userId: 'ada' }
    const outlasting = (cache: CredentialCache, now: number): string | undefined => cache.findOutlasting(question, now, 500)?.credential

    // CA-5
    it('gives an answer for a while longer, marked as stale', () => {
      const cache = new CredentialCache(10, atZero)
      put(cache, ada, 'token', 1_000)
      expect([find(cache, ada, 1_000), outlasting(cache, 1_499), outlasting(cache, 1_500)]).toEqual([undefined, 'token', undefined])
      expect(cache.findOutlasting(question, 1_200, 500)?.stale).toBe(true)
    })

    it('gives none past the end of its token', () => {
      const cache = new CredentialCache(10, atZero)
      cache.put(question, credential('livechat', 'token', 1_200), { freshUntil: 1_000 }, cache.epochOf('org_acme'))
      expect([outlasting(cache, 1_199), outlasting(cache, 1_200)]).toEqual(['token', undefined])
    })

    it('gives none of a tenant that is known to have changed', () => {
      const cache = new CredentialCache(10, atZero)
      put(cache, ada, 'token', 1_000)
      cache.forgetTenant('org_acme')
      expect(outlasting(cache, 1_100)).toBeUndefined()
    })
  })

  it('has an answer renewed before it is too old, once at a time, and gives it meanwhile', async () => {
    const renewal = Promise.withResolvers<void>()
    const renew = vi.fn(() => renewal.promise)
    const cache = new CredentialCache(10, atZero, renew)
    cache.put({ provider: 'livechat', tenantId: 'org_acme', userId: 'ada' }, credential('livechat', 'token'), { freshUntil: 1_000, renewFrom: 800 }, cache.epochOf('org_acme'))
    expect(find(cache, ada, 799)).toBe('token')
    expect(renew).not.toHaveBeenCalled()
    expect([find(cache, ada, 800), find(cache, ada, 900)]).toEqual(['token', 'token'])
    expect(renew.mock.calls).toEqual([[{ provider: 'livechat', tenantId: 'org_acme', userId: 'ada' }]])
    renewal.resolve()
    await renewal.promise
    await vi.waitFor(() => {
      find(cache, ada, 950)
      expect(renew).toHaveBeenCalledTimes(2)
    })
  })

  it('goes on for as long as a server runs', () => {
    let now = 0
    const cache = new CredentialCache(10, () => now)
    for (let day = 0; day < 400; day += 1) {
      now += 86_400_000
      cache.age()
      put(cache, ada, `of day ${day}`, now + 5_000)
      expect([find(cache, ada, now + 4_999), find(cache, ada, now + 5_000)]).toEqual([`of day ${day}`, undefined])
    }
  })

  // CA-10
  it('drops what nobody has asked for between two rounds', () => {
    const cache = new CredentialCache(10, atZero)
    put(cache, ada, 'read')
    put(cache, ['livechat', 'org_acme', 'bob'], 'idle')
    cache.age()
    expect(find(cache, ada)).toBe('read')
    cache.age()
    expect([find(cache, ada), find(cache, ['livechat', 'org_acme', 'bob'])]).toEqual(['read', undefined])
  })
})
