import { CompactEncrypt } from 'jose'
import { createSecretKey, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createKeyring, exampleKey, generateKey, parseKeys } from './keyring.ts'

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const key = (kid: string): string => `${kid}:${encode(randomBytes(32))}`

describe('parseKeys', () => {
  test('reads keys in their order, the current one first', () => {
    expect(parseKeys(`${key('k2')}, ${key('k1')}\n`).map(({ kid }) => kid)).toEqual(['k2', 'k1'])
  })

  test('takes what generateKey makes', () => {
    expect(parseKeys(generateKey())).toHaveLength(1)
  })

  const random = encode(randomBytes(32))
  test.each([
    ['no key', '', 'There is no encryption key.'],
    ['blanks', '  ', 'There is no encryption key.'],
    ['a key without an id', random, 'Encryption key 1 is not of the form id:base64-of-32-bytes.'],
    ['an empty entry', `k1:${random},`, 'Encryption key 2 is not of the form id:base64-of-32-bytes.'],
    ['a part too many', `k1:${random}:x`, 'Encryption key 1 is not of the form id:base64-of-32-bytes.'],
    ['an empty id', `:${random}`, 'Encryption key 1 has an id that is not 1 to 32 letters, digits, ".", "_" or "-".'],
    ['an id with a blank', `my key:${random}`, 'Encryption key 1 has an id that is not 1 to 32 letters, digits, ".", "_" or "-".'],
    ['an id that is too long', `${'k'.repeat(33)}:${random}`, 'Encryption key 1 has an id that is not 1 to 32 letters, digits, ".", "_" or "-".'],
    ['16 bytes', `k1:${encode(randomBytes(16))}`, 'Encryption key 1 ("k1") has 16 bytes instead of 32.'],
    ['33 bytes', `k1:${encode(randomBytes(33))}`, 'Encryption key 1 ("k1") has 33 bytes instead of 32.'],
    ['an empty key', 'k1:', 'Encryption key 1 ("k1") is not base64.'],
    ['blanks inside', `k1:${random.slice(0, 20)} ${random.slice(20)}`, 'Encryption key 1 ("k1") is not base64.'],
    ['a sentence', 'k1:correct horse battery staple', 'Encryption key 1 ("k1") is not base64.'],
    ['hex', `k1:${randomBytes(32).toString('hex')}`, 'Encryption key 1 ("k1") is written in hex, not in base64.'],
    ['hex in base64', `k1:${encode(Buffer.from(randomBytes(16).toString('hex')))}`, 'Encryption key 1 ("k1") is readable text, not random bytes.'],
    ['a passphrase', `k1:${encode(Buffer.from('correct horse battery staple 123'))}`, 'Encryption key 1 ("k1") is readable text, not random bytes.'],
    ['zeros', `k1:${encode(Buffer.alloc(32))}`, 'Encryption key 1 ("k1") repeats the same few bytes.'],
    ['one byte', `k1:${encode(Buffer.alloc(32, 0xa7))}`, 'Encryption key 1 ("k1") repeats the same few bytes.'],
    ['16 bytes twice', `k1:${encode(Buffer.alloc(32, randomBytes(16)))}`, 'Encryption key 1 ("k1") repeats the same few bytes.'],
    ['counting bytes', `k1:${encode(Uint8Array.from({ length: 32 }, (_, index) => 200 + index))}`, 'Encryption key 1 ("k1") follows a simple pattern.'],
    ['the example', exampleKey, 'Encryption key 1 ("k1") is the example of the documentation, which everybody knows.'],
    ['the same id twice', `${key('k1')},${key('k1')}`, 'Two encryption keys have the id "k1".'],
    ['the same key twice', `k1:${random},k2:${random}`, 'The encryption keys "k1" and "k2" are the same key under two ids.'],
  ])('refuses %s, says how to make one and does not print it', (_, text, problem) => {
    const parse = (): unknown => parseKeys(text)
    expect(parse).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: `${problem} Make one with: node -e "console.log('k1:' + crypto.randomBytes(32).toString('base64'))"`,
      }),
    )
  })

  test('gives keys that no printer prints', () => {
    const text = generateKey()
    const secret = Buffer.from(text.slice(text.indexOf(':') + 1), 'base64')
    const keys = parseKeys(text)
    for (const value of [keys, createKeyring(keys)]) {
      const printed = inspect(value, { depth: null, showHidden: true }) + JSON.stringify(value)
      for (const form of ['base64', 'hex', 'latin1'] as const) expect(printed).not.toContain(secret.toString(form))
      expect(printed).not.toContain([...secret.subarray(0, 4)].join(', '))
    }
  })
})

describe('a keyring', () => {
  const context = { tenantId: 'org_acme', keyId: '00000000000000aa' }
  const keys = parseKeys(`${key('k2')},${key('k1')}`)
  const keyring = createKeyring(keys)
  const old = createKeyring(keys.slice(1))
  const tenantKey = randomBytes(32)

  test('unwraps what it wrapped, as a JWE that names the current key and the place', async () => {
    const wrapped = await keyring.wrap(tenantKey, context)
    expect(JSON.parse(Buffer.from(wrapped.split('.')[0] ?? '', 'base64url').toString())).toEqual({
      alg: 'A256KW',
      enc: 'A256GCM',
      kid: 'k2',
      tenant: 'org_acme',
      key_id: '00000000000000aa',
    })
    expect(Buffer.from(await keyring.unwrap(wrapped, context))).toEqual(tenantKey)
  })

  test('unwraps what an earlier key wrapped', async () => {
    expect(Buffer.from(await keyring.unwrap(await old.wrap(tenantKey, context), context))).toEqual(tenantKey)
  })

  test('names the key that it lacks', async () => {
    const wrapped = await keyring.wrap(tenantKey, context)
    await expect(old.unwrap(wrapped, context)).rejects.toMatchObject({
      code: 'encryption_key_unavailable',
      message: expect.stringMatching(/^The encryption key "k2" is not configured/),
      details: { kid: 'k2' },
    })
  })

  const refused = { code: 'credential_undecryptable', message: expect.stringMatching(/^The wrapped key "[0-9a-f]+" was changed/) }

  test.each([{ tenantId: 'org_other' }, { keyId: '00000000000000bb' }])('does not unwrap a key for another %o', async (other) => {
    const wrapped = await keyring.wrap(tenantKey, context)
    await expect(keyring.unwrap(wrapped, { ...context, ...other })).rejects.toMatchObject(refused)
  })

  test('does not unwrap a key of which any part was changed', async () => {
    const parts = (await keyring.wrap(tenantKey, context)).split('.')
    for (const index of parts.keys()) {
      // The first part is our header with another tenant in it.
      const changed = index === 0 ? encodeHeader({ kid: 'k2', alg: 'A256KW', enc: 'A256GCM', tenant: 'org_other', key_id: context.keyId }) : flip(parts[index] ?? '')
      await expect(keyring.unwrap(parts.with(index, changed).join('.'), { ...context, tenantId: 'org_other' })).rejects.toMatchObject(refused)
    }
  })

  test('takes no other algorithm than its own', async () => {
    const [current] = keys
    const header = { enc: 'A256GCM', kid: 'k2', tenant: 'org_acme', key_id: context.keyId }
    for (const alg of ['dir', 'A256GCMKW']) {
      const wrapped = await new CompactEncrypt(tenantKey).setProtectedHeader({ ...header, alg }).encrypt(current?.key ?? createSecretKey(tenantKey))
      await expect(keyring.unwrap(wrapped, context)).rejects.toMatchObject(refused)
    }
  })

  test.each(['', 'plain text', 'a.b.c.d.e'])('does not take %j for a wrapped key', async (text) => {
    await expect(keyring.unwrap(text, context)).rejects.toMatchObject(refused)
  })

  test('cannot be made of no keys', () => {
    expect(() => createKeyring([])).toThrow(expect.objectContaining({ code: 'invalid_configuration', message: expect.stringContaining('There is no encryption key.') }))
  })
})

const encodeHeader = (header: object): string => Buffer.from(JSON.stringify(header)).toString('base64url')

/** Changes the first character of a base64url text, so that its first byte changes. */
const flip = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
