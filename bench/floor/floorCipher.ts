import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'

/** AES-256-GCM and nothing around it. */
export function createFloorCipher(): { readonly seal: (plaintext: string) => Buffer; readonly open: (sealed: Uint8Array) => string } {
  const key = createSecretKey(randomBytes(32))
  return {
    seal(plaintext) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
      decipher.setAuthTag(sealed.subarray(-16))
      const plaintext = decipher.update(sealed.subarray(12, -16), undefined, 'utf8')
      return plaintext + decipher.final('utf8')
    },
  }
}
