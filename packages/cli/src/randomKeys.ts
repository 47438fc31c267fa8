// Keys out of random bytes, in the forms that the server takes.
import { randomBytes } from 'node:crypto'

/** An entry of `AUTHPIPE_KEYS`: `id:base64-of-32-bytes`. */
export function createEncryptionKey(id = `k${randomBytes(4).toString('hex')}`): string {
  return `${id}:${randomBytes(32).toString('base64')}`
}

/** An entry of `AUTHPIPE_SECRET_KEYS`. */
export function createSecretKey(): string {
  return `ap_${randomBytes(32).toString('base64url')}`
}
