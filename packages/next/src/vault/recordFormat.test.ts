// docs/record-format.md, held to the code by its own test vectors. CR-4, CR-7, CR-9, CR-19.
import { createHash, createSecretKey, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { importTenantKey, openEnvelope, sealEnvelope, type SealContext } from './envelope.ts'
import { createKeyring, exampleKey } from './keyring.ts'

vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:crypto')>()
  return { ...original, randomBytes: vi.fn<(size: number) => Buffer>(original.randomBytes) }
})

interface Vectors {
  readonly kek: string
  readonly tenantKey: { readonly tenantId: string; readonly keyId: string; readonly key: string; readonly wrapped: string }
  readonly keyCheck: { readonly value: string; readonly digest: string; readonly wrapped: string }
  readonly sealed: readonly { readonly name: string; readonly context: SealContext; readonly plaintext: string; readonly nonce: string; readonly sealed: string }[]
}

const page = readFileSync(join(import.meta.dirname, '../../../../docs/record-format.md'), 'utf8')
const vectors: Vectors = JSON.parse(/```json\n([^]+?)\n```/.exec(page)?.[1] ?? '')
const { tenantKey, keyCheck } = vectors

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const openTenantKey = () => importTenantKey(tenantKey.keyId, hex(tenantKey.key))

/** The local key manager over the key of the page, which an app could not configure. */
function keyringOfPage() {
  const [kid = '', encoded = ''] = vectors.kek.split(':')
  return createKeyring([{ kid, key: createSecretKey(Buffer.from(encoded, 'base64')) }])
}

describe.each(vectors.sealed)('the sealed value of $name', ({ context, plaintext, nonce, sealed }) => {
  test('opens', () => {
    expect(Buffer.from(openEnvelope(openTenantKey(), context, hex(sealed))).toString()).toBe(plaintext)
  })

  test('is what sealing under its nonce gives', () => {
    vi.mocked<(size: number) => Buffer>(randomBytes).mockReturnValueOnce(hex(nonce))
    expect(Buffer.from(sealEnvelope(openTenantKey(), context, Buffer.from(plaintext))).toString('hex')).toBe(sealed)
  })
})

test('the wrapped tenant key opens for its tenant', async () => {
  const { tenantId, keyId, key, wrapped } = tenantKey
  expect(Buffer.from(await keyringOfPage().unwrap(wrapped, { tenantId, keyId })).toString('hex')).toBe(key)
})

test('the wrapped tenant key has the header of the page', () => {
  const header = Buffer.from(tenantKey.wrapped.split('.', 1)[0] ?? '', 'base64url').toString()
  const [kid] = vectors.kek.split(':')
  const form = /`(\{"alg".+?\})`/.exec(page)?.[1]
  expect(header).toBe(form?.replace('<KEK id>', kid ?? '').replace('<tenant id>', tenantKey.tenantId).replace('<key id>', tenantKey.keyId))
})

test('the key check value opens into what its digest is of', async () => {
  const value = await keyringOfPage().unwrap(keyCheck.wrapped, { tenantId: '', keyId: 'check k1' })
  expect(Buffer.from(value).toString('hex')).toBe(keyCheck.value)
  expect(createHash('sha256').update(value).digest('hex')).toBe(keyCheck.digest)
})

test('the key of the page is the one that "keys" refuses', () => {
  expect(vectors.kek).toBe(exampleKey)
})
