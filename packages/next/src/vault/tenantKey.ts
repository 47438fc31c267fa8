import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/** A tenant's data-encryption key, ready for use. */
export interface TenantKey {
  /** 16 lower-case hex digits. */
  readonly keyId: string
  readonly key: KeyObject
  /** 32 bytes that no other key gives: a ciphertext made to open under two keys is caught by them. */
  readonly commitment: Uint8Array
}

/** Takes a raw key in and overwrites the bytes it came in. Node is several times faster with a key object than with bytes. */
export function importTenantKey(keyId: string, raw: Uint8Array): TenantKey {
  const key = createSecretKey(raw)
  raw.fill(0)
  return { keyId, key, commitment: createHmac('sha256', key).update('authpipe tenant key commitment 1').digest() }
}
