// A sealed value, in bytes: version (1) | key id (8) | key commitment (32) | nonce (12) | ciphertext | tag (16).
import { createError } from '@authpipe/core'
import { createHmac, createSecretKey, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto'
import { decryptAesGcm, encryptAesGcm, nonceLength, tagLength } from './aesGcm.ts'

/** A tenant's data-encryption key, ready for use. */
export interface TenantKey {
  /** 16 lower-case hex digits. */
  readonly keyId: string
  readonly key: KeyObject
  /** What every envelope of the key begins with: version, key id and commitment. */
  readonly head: Uint8Array
}

/** What a sealed value belongs to. It opens nowhere else. */
export interface SealContext {
  readonly tenantId: string
  /** The connection, or the session whose verifier it is. */
  readonly connectionId: string
  readonly provider: string
  /** What the value is, such as `credential`, `refresh_token` or `session`. */
  readonly field: string
  /** Which generation of the row: an older value put back does not open. */
  readonly generation: string
}

const version = 1
const keyIdStart = 1
const commitmentStart = 9
const nonceStart = 41
const ciphertextStart = nonceStart + nonceLength
const minimumLength = ciphertextStart + tagLength

/** Takes a raw key in and overwrites the bytes it came in. Node is several times faster with a key object than with bytes. */
export function importTenantKey(keyId: string, raw: Uint8Array): TenantKey {
  const key = createSecretKey(raw)
  raw.fill(0)
  // GCM alone lets somebody who knows two keys make a ciphertext that opens under both; no two keys have the same commitment.
  const commitment = createHmac('sha256', key).update('authpipe tenant key commitment 1').digest()
  return { keyId, key, head: Buffer.concat([Buffer.of(version), Buffer.from(keyId, 'hex'), commitment]) }
}

/**
 * Encrypts with AES-256-GCM under a random nonce, bound to its context.
 *
 * @see NIST SP 800-38D §8.2.2: 96-bit random nonces, at most 2^32 of them with one key
 */
export function sealEnvelope({ keyId, key, head }: TenantKey, context: SealContext, plaintext: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceLength)
  return Buffer.concat([head, nonce, encryptAesGcm(key, nonce, associatedData(keyId, context), plaintext)])
}

/**
 * Which key opens a sealed value.
 *
 * @throws {AuthpipeError} `credential_undecryptable` when it is no envelope, or of a version that this code does not know
 */
export function readKeyId(sealed: Uint8Array): string {
  if (sealed[0] !== version) {
    throw createError(
      'credential_undecryptable',
      'A sealed value has a format that this version of Authpipe does not know. It is never read as plain text: update @authpipe/next, or connect again.',
    )
  }
  if (sealed.length < minimumLength) throw refusal()
  return Buffer.from(sealed.buffer, sealed.byteOffset, commitmentStart).toString('hex', keyIdStart)
}

/**
 * Decrypts what {@link sealEnvelope} made.
 *
 * @throws {AuthpipeError} `credential_undecryptable` when any byte was changed, the key is another one, or the context differs
 */
export function openEnvelope({ keyId, key, head }: TenantKey, context: SealContext, sealed: Uint8Array): Uint8Array {
  if (sealed.length < minimumLength || !timingSafeEqual(sealed.subarray(0, nonceStart), head)) throw refusal()
  const nonce = sealed.subarray(nonceStart, ciphertextStart)
  const plaintext = decryptAesGcm(key, nonce, associatedData(keyId, context), sealed.subarray(ciphertextStart))
  if (plaintext) return plaintext
  throw refusal()
}

/** Lengths before parts: no two contexts give the same bytes. */
function associatedData(keyId: string, { tenantId, connectionId, provider, field, generation }: SealContext): Uint8Array {
  const joined =
    `${version} ${keyId} ${tenantId.length}:${tenantId}${connectionId.length}:${connectionId}` +
    `${provider.length}:${provider}${field.length}:${field}${generation.length}:${generation}`
  // A lone surrogate has no bytes of its own in UTF-8: two such ids would become one.
  if (!joined.isWellFormed()) throw createError('invalid_request', 'An id holds half of a character (a lone surrogate). Use well-formed text as ids.')
  return Buffer.from(joined)
}

const refusal = (): Error =>
  createError(
    'credential_undecryptable',
    'A sealed value was changed, or belongs to another tenant, connection, field or generation. Connect again, or restore the row from a backup.',
  )
