import { createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { decryptAesGcm, encryptAesGcm } from './aesGcm.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

// McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", Appendix B, Test Case 16.
const vector = {
  key: createSecretKey(hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308')),
  nonce: hex('cafebabefacedbaddecaf888'),
  associatedData: hex('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
  plaintext: hex('d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39'),
  ciphertext: hex('522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662'),
  tag: hex('76fc6ece0f4e1768cddf8853bb2d551b'),
}
const { key, nonce, associatedData, plaintext } = vector
const sealed = Buffer.concat([vector.ciphertext, vector.tag])

test('encrypts as test case 16 of the GCM specification says', () => {
  expect(encryptAesGcm(key, nonce, associatedData, plaintext)).toEqual(sealed)
})

test('decrypts as test case 16 of the GCM specification says', () => {
  expect(decryptAesGcm(key, nonce, associatedData, sealed)).toEqual(plaintext)
})

test('gives nothing under another key, nonce or associated data', () => {
  expect(decryptAesGcm(createSecretKey(randomBytes(32)), nonce, associatedData, sealed)).toBeUndefined()
  expect(decryptAesGcm(key, randomBytes(12), associatedData, sealed)).toBeUndefined()
  expect(decryptAesGcm(key, nonce, Buffer.of(), sealed)).toBeUndefined()
})

test.each([0, 4, 8, 12, 15])('gives nothing when the tag is cut to %i bytes', (length) => {
  const cut = sealed.subarray(0, sealed.length - 16 + length)
  expect(decryptAesGcm(key, nonce, associatedData, cut)).toBeUndefined()
})

test('overwrites what it decrypted before it knew that the tag is wrong', () => {
  const update = vi.spyOn(Object.getPrototypeOf(createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })), 'update')
  try {
    const forged = Buffer.concat([vector.ciphertext, randomBytes(16)])
    expect(decryptAesGcm(key, nonce, associatedData, forged)).toBeUndefined()
    expect(update.mock.results).toEqual([{ type: 'return', value: Buffer.alloc(plaintext.length) }])
  } finally {
    update.mockRestore()
  }
})
