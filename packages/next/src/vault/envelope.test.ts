import { createCipheriv, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decryptAesGcm } from './aesGcm.ts'
import { importTenantKey, openEnvelope, readKeyId, sealEnvelope, type SealContext } from './envelope.ts'

const keyId = '00112233445566aa'
const tenantKey = importTenantKey(keyId, randomBytes(32))
const context: SealContext = { tenantId: 'org_acme', connectionId: 'conn_1', provider: 'livechat', field: 'credential', generation: '1.1' }
const plaintext = Buffer.from('CANARY access token')

const refused = expect.objectContaining({
  code: 'credential_undecryptable',
  message: expect.stringMatching(/^A sealed value (was changed, or belongs to another|has a format)/),
})

test('overwrites the raw key that it takes in', () => {
  const raw = randomBytes(32)
  importTenantKey(keyId, raw)
  expect(raw).toEqual(Buffer.alloc(32))
})

test.each([
  ['nothing', Buffer.of()],
  ['one byte', Buffer.of(0)],
  ['a megabyte', randomBytes(1024 * 1024)],
  ['bytes that are no UTF-8', Buffer.from('c328a0ff', 'hex')],
])('gives back %s exactly', (_, bytes) => {
  expect(bytes.equals(openEnvelope(tenantKey, context, sealEnvelope(tenantKey, context, bytes)))).toBe(true)
})

test('lays out version, key id, commitment, nonce, ciphertext and tag', () => {
  const sealed = sealEnvelope(tenantKey, context, plaintext)
  expect(sealed).toHaveLength(1 + 8 + 32 + 12 + plaintext.length + 16)
  expect(sealed[0]).toBe(1)
  expect(readKeyId(sealed)).toBe(keyId)
})

test('never uses a nonce twice, and none follows from the one before', () => {
  const nonces = Array.from({ length: 10_000 }, () => Buffer.from(sealEnvelope(tenantKey, context, plaintext)).subarray(41, 53))
  expect(new Set(nonces.map((nonce) => nonce.toString('hex'))).size).toBe(nonces.length)
  // In each byte of a counter or of a fixed prefix a few values would dominate.
  for (let index = 0; index < 12; index += 1) expect(new Set(nonces.map((nonce) => nonce[index])).size).toBe(256)
})

test('gives another ciphertext for the same plaintext each time', () => {
  const [one, other] = [1, 2].map(() => Buffer.from(sealEnvelope(tenantKey, context, plaintext)).subarray(53))
  expect(one).not.toEqual(other)
})

describe('refuses', () => {
  const sealed = sealEnvelope(tenantKey, context, plaintext)

  test('a value of which any byte was changed', () => {
    for (const index of sealed.keys()) {
      const changed = Uint8Array.from(sealed)
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(() => openEnvelope(tenantKey, context, changed), `byte ${index}`).toThrow(refused)
    }
  })

  test('a value that was cut or grew anywhere', () => {
    for (const length of sealed.keys()) expect(() => openEnvelope(tenantKey, context, sealed.subarray(0, length)), `${length} bytes`).toThrow(refused)
    expect(() => openEnvelope(tenantKey, context, Buffer.concat([sealed, Buffer.of(0)]))).toThrow(refused)
  })

  test.each([
    { tenantId: 'org_other' },
    { connectionId: 'conn_2' },
    { provider: 'crisp' },
    { field: 'refresh_token' },
    { generation: '1.2' },
    // The same letters in other parts.
    { tenantId: 'org_acmec', connectionId: 'onn_1' },
    { field: 'credential1', generation: '.1' },
  ])('a value that belongs elsewhere than %o', (other) => {
    expect(() => openEnvelope(tenantKey, { ...context, ...other }, sealed)).toThrow(refused)
  })

  test('another key under the same id', () => {
    expect(() => openEnvelope(importTenantKey(keyId, randomBytes(32)), context, sealed)).toThrow(refused)
  })

  test('the same key under another id', () => {
    const raw = randomBytes(32)
    const [one, other] = [importTenantKey(keyId, Buffer.from(raw)), importTenantKey('ffffffffffffffff', raw)]
    expect(() => openEnvelope(other, context, sealEnvelope(one, context, plaintext))).toThrow(refused)
  })

  test.each([
    ['plain text', Buffer.from('CANARY access token that somebody wrote into the column, long enough for an envelope')],
    ['JSON', Buffer.from(JSON.stringify({ accessToken: 'CANARY' }))],
    ['a version to come', Buffer.from(sealed).fill(2, 0, 1)],
    ['nothing', Buffer.of()],
  ])('%s, saying that its format is not known', (_, value) => {
    const unknownFormat = expect.objectContaining({
      code: 'credential_undecryptable',
      message: expect.stringMatching(/^A sealed value has a format that this version of Authpipe does not know\. It is never read as plain text/),
    })
    expect(() => readKeyId(value)).toThrow(unknownFormat)
  })

  test('ids that only a lone surrogate tells apart', () => {
    const broken = { ...context, tenantId: 'org_\ud800' }
    expect(() => sealEnvelope(tenantKey, broken, plaintext)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining('lone surrogate') }),
    )
  })
})

describe('a ciphertext made to open under two keys', () => {
  // Dodis, Grubbs, Ristenpart, Woodage, "Fast Message Franking: From Invisible Salamanders to Encryptment" (2019), §3:
  // the tag is linear in each ciphertext block, so one block can be chosen such that two keys give the same tag.
  const [rawOne, rawOther] = [randomBytes(32), randomBytes(32)]
  const nonce = randomBytes(12)
  const one = importTenantKey(keyId, Buffer.from(rawOne))
  const other = importTenantKey(keyId, Buffer.from(rawOther))
  const associatedData = associatedDataOf(context)
  const salamander = makeSalamander(rawOne, rawOther, nonce, associatedData)

  test('does open under both where only GCM guards it', () => {
    expect(decryptAesGcm(one.key, nonce, associatedData, salamander)).toHaveLength(16)
    expect(decryptAesGcm(other.key, nonce, associatedData, salamander)).toHaveLength(16)
  })

  test('opens under the one key that its envelope commits to', () => {
    const sealed = Buffer.concat([one.head, nonce, salamander])
    expect(openEnvelope(one, context, sealed)).toHaveLength(16)
    expect(() => openEnvelope(other, context, sealed)).toThrow(refused)
  })
})

/** The format written down a second time. */
function associatedDataOf({ tenantId, connectionId, provider, field, generation }: SealContext): Buffer {
  return Buffer.from(`1 ${keyId} ${[tenantId, connectionId, provider, field, generation].map((part) => `${part.length}:${part}`).join('')}`)
}

/** One ciphertext block and a tag that are valid under both keys. */
function makeSalamander(rawOne: Uint8Array, rawOther: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array): Buffer {
  const sides = [rawOne, rawOther].map((raw) => {
    const hashKey = encryptBlock(raw, Buffer.alloc(16))
    const squared = multiply(hashKey, hashKey)
    const lengths = (BigInt(associatedData.length * 8) << 64n) | 128n
    const mask = encryptBlock(raw, Buffer.concat([nonce, Buffer.of(0, 0, 0, 1)]))
    return { squared, rest: multiply(hashOf(associatedData, hashKey), squared) ^ multiply(lengths, hashKey) ^ mask }
  })
  const [left = { squared: 0n, rest: 0n }, right = { squared: 0n, rest: 0n }] = sides
  const block = multiply(left.rest ^ right.rest, invert(left.squared ^ right.squared))
  return Buffer.concat([toBytes(block), toBytes(left.rest ^ multiply(block, left.squared))])
}

function encryptBlock(raw: Uint8Array, block: Uint8Array): bigint {
  return toNumber(createCipheriv('aes-256-ecb', raw, null).setAutoPadding(false).update(block))
}

/** GHASH (NIST SP 800-38D §6.4) over zero-padded data. */
function hashOf(data: Uint8Array, hashKey: bigint): bigint {
  let hash = 0n
  for (let start = 0; start < data.length; start += 16) {
    const block = Buffer.alloc(16)
    block.set(data.subarray(start, start + 16))
    hash = multiply(hash ^ toNumber(block), hashKey)
  }
  return hash
}

/** Multiplication in the field of GCM (NIST SP 800-38D §6.3). */
function multiply(left: bigint, right: bigint): bigint {
  let product = 0n
  for (let bit = 127n; bit >= 0n; bit -= 1n) {
    if ((left >> bit) & 1n) product ^= right
    right = right & 1n ? (right >> 1n) ^ (0xe1n << 120n) : right >> 1n
  }
  return product
}

/** The inverse of x is x^(2^128 - 2). */
function invert(value: bigint): bigint {
  let inverse = 1n << 127n
  for (let power = multiply(value, value), bit = 1; bit < 128; bit += 1, power = multiply(power, power)) inverse = multiply(inverse, power)
  return inverse
}

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
const toBytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(32, '0'), 'hex')
