// Keys out of random bytes, in the forms that the server takes.
import { generateKeyPairSync, randomBytes } from 'node:crypto'

/** An entry of `AUTHPIPE_KEYS`: `id:base64-of-32-bytes`. */
export function createEncryptionKey(id = `k${randomBytes(4).toString('hex')}`): string {
  return `${id}:${randomBytes(32).toString('base64')}`
}

/** An entry of `AUTHPIPE_SECRET_KEYS`. */
export function createSecretKey(): string {
  return `ap_${randomBytes(32).toString('base64url')}`
}

/** A key pair for moving a tenant, in PEM. */
export function createTransferKeys(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}
