// Key-encryption keys from configuration. Nothing here ever prints one.
import { createError } from '@authpipe/core'
import { CompactEncrypt, compactDecrypt, errors } from 'jose'
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import type { KeyManager } from './keyManager.ts'

/** A key-encryption key. Printing it shows its id alone: Node's `KeyObject` keeps the bytes to itself. */
export interface KeyEncryptionKey {
  readonly kid: string
  readonly key: KeyObject
}

const keyBytes = 32

/** What documentation shows where a key would be; its bytes read "authpipe-example-key-do-not-use!". */
export const exampleKey = 'k1:YXV0aHBpcGUtZXhhbXBsZS1rZXktZG8tbm90LXVzZSE='

const howToMakeOne = `Make one with: node -e "console.log('k1:' + crypto.randomBytes(32).toString('base64'))"`

/**
 * Makes a random key-encryption key with a new id.
 *
 * @returns `id:base64-of-32-bytes`, as the option `keys` takes it
 * @security Keep it out of the database's backups: together they give every credential.
 */
export function generateKey(): string {
  return `k${randomBytes(4).toString('hex')}:${randomBytes(keyBytes).toString('base64')}`
}

/**
 * Reads the option `keys`: `id:base64-of-32-bytes`, comma separated, the first is current.
 *
 * @throws {AuthpipeError} `invalid_configuration` when there is no key, or one that a person may have typed or copied
 */
export function parseKeys(text: string): readonly KeyEncryptionKey[] {
  if (text.trim() === '') throw refusal('There is no encryption key.')
  const keys: KeyEncryptionKey[] = []
  for (const [index, entry] of text.split(',').map((part) => part.trim()).entries()) {
    const key = parseKey(entry, `Encryption key ${index + 1}`)
    const twin = keys.find((other) => other.kid === key.kid || other.key.equals(key.key))
    if (twin?.kid === key.kid) throw refusal(`Two encryption keys have the id "${key.kid}".`)
    if (twin) throw refusal(`The encryption keys "${twin.kid}" and "${key.kid}" are the same key under two ids.`)
    keys.push(key)
  }
  return keys
}

function parseKey(entry: string, name: string): KeyEncryptionKey {
  const [kid = '', encoded, ...rest] = entry.split(':')
  // An entry without an id is all key: nothing of it may be quoted.
  if (encoded === undefined || rest.length > 0) throw refusal(`${name} is not of the form id:base64-of-32-bytes.`)
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(kid)) throw refusal(`${name} has an id that is not 1 to 32 letters, digits, ".", "_" or "-".`)

  const bytes = Buffer.from(encoded, 'base64')
  try {
    const weakness = findKeyWeakness(encoded, bytes)
    if (weakness) throw refusal(`${name} ("${kid}") ${weakness}.`)
    return { kid, key: createSecretKey(bytes) }
  } finally {
    bytes.fill(0)
  }
}

/** Why 32 bytes, and the text that they were read from, cannot be a key; `undefined` for one that may be random. */
export function findKeyWeakness(encoded: string, bytes: Uint8Array): string | undefined {
  if (/^[0-9a-f]+$/i.test(encoded)) return 'is written in hex, not in base64'
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) return 'is not base64'
  if (bytes.length !== keyBytes) return `has ${bytes.length} bytes instead of ${keyBytes}`
  if (encoded === exampleKey.slice(exampleKey.indexOf(':') + 1)) return 'is the example of the documentation, which everybody knows'
  // Each of these happens to random bytes less than once in a billion keys.
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'is readable text, not random bytes'
  if (new Set(bytes).size <= 16) return 'repeats the same few bytes'
  if (new Set(bytes.map((byte, index) => byte - (bytes[index - 1] ?? 0))).size < 8) return 'follows a simple pattern'
  return undefined
}

const refusal = (problem: string): Error => createError('invalid_configuration', `${problem} ${howToMakeOne}`)

/**
 * A key manager over keys of this process: AES key wrap in a compact JWE (RFC 7516, `A256KW` and `A256GCM` of RFC 7518),
 * whose protected header names the tenant and the key that it belongs to.
 */
export function createKeyring(keys: readonly KeyEncryptionKey[]): KeyManager {
  const [current] = keys
  if (!current) throw refusal('There is no encryption key.')
  return {
    currentKid: current.kid,
    kids: keys.map(({ kid }) => kid),

    wrap(key, { tenantId, keyId }) {
      return new CompactEncrypt(key)
        .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM', kid: current.kid, tenant: tenantId, key_id: keyId })
        .encrypt(current.key)
    },

    async unwrap(wrapped, { tenantId, keyId }) {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(
          wrapped,
          ({ kid }) => {
            const known = keys.find((key) => key.kid === kid)
            if (known) return known.key
            throw createError(
              'encryption_key_unavailable',
              `The encryption key "${String(kid)}" is not configured, but data is encrypted with it. Add it back to "keys", after the current one.`,
              { details: { kid: String(kid) } },
            )
          },
          { keyManagementAlgorithms: ['A256KW'], contentEncryptionAlgorithms: ['A256GCM'] },
        )
        if (protectedHeader['tenant'] === tenantId && protectedHeader['key_id'] === keyId) return plaintext
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error
      }
      const problem = `The wrapped key "${keyId}" was changed, or belongs to another tenant or key. Restore the row from a backup.`
      throw createError('credential_undecryptable', problem, { details: { keyId } })
    },
  }
}
