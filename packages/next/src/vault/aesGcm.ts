// AES-256-GCM as this vault uses it: 96-bit nonce, 128-bit tag behind the ciphertext.
import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'

const algorithm = 'aes-256-gcm'

export const nonceLength = 12
export const tagLength = 16

/** @see NIST SP 800-38D §7.1 */
export function encryptAesGcm(key: KeyObject, nonce: Uint8Array, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength })
  cipher.setAAD(associatedData)
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/**
 * @returns `undefined` when the tag does not match
 * @see NIST SP 800-38D §7.2
 */
export function decryptAesGcm(key: KeyObject, nonce: Uint8Array, associatedData: Uint8Array, ciphertextAndTag: Uint8Array): Uint8Array | undefined {
  const tagStart = ciphertextAndTag.length - tagLength
  if (tagStart < 0) return undefined
  // Without authTagLength Node would accept a tag that was cut to four bytes.
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength })
  decipher.setAAD(associatedData)
  decipher.setAuthTag(ciphertextAndTag.subarray(tagStart))
  const plaintext = decipher.update(ciphertextAndTag.subarray(0, tagStart))
  try {
    decipher.final()
    return plaintext
  } catch {
    // Until final() has compared the tag, these bytes are whatever an attacker wanted them to be.
    plaintext.fill(0)
    return undefined
  }
}
