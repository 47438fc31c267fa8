import { describe, expect, it } from 'vitest'
import { isId, isSamePrincipal, maxIdLength, resolvePrincipal, type Identify } from './principal.ts'

const request = new Request('http://localhost:3000/')
const resolve = (identify: unknown, timeoutMs = 1_000) => resolvePrincipal(identify as Identify, request, timeoutMs)
const ada = { tenantId: 'org_acme', userId: 'ada' }

describe('resolvePrincipal', () => {
  it('believes a whole answer, at once or later, and nothing beside it', async () => {
    expect(await resolve(() => ({ ...ada, role: 'admin' }))).toEqual(ada)
    expect(await resolve(() => Promise.resolve(ada))).toEqual(ada)
  })

  it('hands the request to the app', async () => {
    const seen: Request[] = []
    await resolve((given: Request) => {
      seen.push(given)
      return ada
    })
    expect(seen).toEqual([request])
  })

  it.each([null, undefined])('takes %s for nobody', async (nobody) => {
    await expect(resolve(() => nobody)).rejects.toMatchObject({
      code: 'unauthenticated',
      status: 401,
      message: 'Nobody is signed in. Sign in to the app and try again.',
    })
  })

  // AZ-3
  it.each([
    {},
    [],
    ['org_acme', 'ada'],
    'org_acme/ada',
    '',
    7,
    true,
    () => ada,
    { tenantId: 'org_acme' },
    { userId: 'ada' },
    { tenantId: undefined, userId: 'ada' },
    { tenantId: null, userId: 'ada' },
    { tenantId: '', userId: 'ada' },
    { tenantId: 'org_acme', userId: '' },
    { tenantId: 7, userId: 'ada' },
    { tenantId: {}, userId: 'ada' },
    { tenantId: ['org_acme'], userId: 'ada' },
    { tenantId: 'org\u0000acme', userId: 'ada' },
    { tenantId: 'org_acme', userId: 'ada\n' },
    { tenantId: 'o'.repeat(maxIdLength + 1), userId: 'ada' },
  ])('takes junk for nobody: %j', async (junk) => {
    await expect(resolve(() => junk)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: '"identify" must answer { tenantId, userId } with two non-empty strings, or null when nobody is signed in.',
    })
  })

  // AZ-4, ST-25
  it.each([
    [
      'throws',
      () => {
        throw new Error('CANARY')
      },
    ],
    ['rejects', () => Promise.reject(new Error('CANARY'))],
    ['hangs', () => new Promise(() => undefined)],
  ])('takes an app that %s for nobody, and does not repeat its words', async (_, identify) => {
    const error: unknown = await resolve(identify, 20).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'unauthenticated',
      message: 'The app could not tell who is signed in. Try again; if it stays, see what "identify" does.',
    })
  })
})

describe('isId', () => {
  it.each(['a', '7', 'org_acme', 'ACME', 'acme ', 'a/b', 'a%2Fb', '..', '__proto__', 'Ünïcödé', '👩‍🚀', 'x'.repeat(maxIdLength)])(
    'takes %j as it is',
    (id) => {
      expect(isId(id)).toBe(true)
    },
  )

  // AZ-8
  it.each(['', 'x'.repeat(maxIdLength + 1), 'a\u0000', 'a\tb', 'a\r\nb', '\u007f', '\ud800', 'a\udc00', undefined, null, 7, {}, ['a'], Object('a')])(
    'refuses %j',
    (id) => {
      expect(isId(id)).toBe(false)
    },
  )
})

describe('isSamePrincipal', () => {
  // AZ-8, AZ-9
  it.each([
    { tenantId: 'ORG_ACME', userId: 'ada' },
    { tenantId: 'org_acme ', userId: 'ada' },
    { tenantId: 'org_acme', userId: 'Ada' },
    { tenantId: 'org_acme', userId: 'аda' },
    { tenantId: 'org_acmea', userId: 'da' },
    { tenantId: 'ada', userId: 'org_acme' },
  ])('tells %j from another', (other) => {
    expect(isSamePrincipal(ada, other)).toBe(false)
  })

  it('knows the same', () => {
    expect(isSamePrincipal(ada, { ...ada })).toBe(true)
  })
})
