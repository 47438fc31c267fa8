// What every key service has in common: keys by our own ids, and wrapped keys that name theirs.
import { createError } from '@authpipe/core'
import type { KeyManager, WrapContext } from '../vault/keyManager.ts'

/** A key of a key service. */
export interface ServiceKey {
  /** Our id of it, as in `keys` of local ones; it is stored beside every tenant key and must not change. */
  readonly kid: string
  /** The service's name of it. */
  readonly key: string
}

/** What a key service does with a key of its own. Each rejects in its own words when the service does not answer. */
export interface KeyService {
  readonly name: string
  encrypt(key: string, plaintext: Uint8Array, context: WrapContext): Promise<string>
  /** @returns `undefined` when the service says that the ciphertext or its context is not genuine */
  decrypt(key: string, ciphertext: string, context: WrapContext): Promise<Uint8Array | undefined>
}

/** Longest that a question to a key service may take, in milliseconds, unless an option says otherwise. */
export const defaultTimeoutMs = 5_000

/** Makes a key manager over a key service. The first key is current. */
export function createServiceKeys(service: KeyService, keys: readonly ServiceKey[]): KeyManager {
  const [current] = keys
  if (!current) throw createError('invalid_configuration', `${service.name} needs at least one key, as { kid, key }; the first is current.`)
  for (const [index, { kid, key }] of keys.entries()) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(kid) || key === '') {
      throw createError('invalid_configuration', `Key ${index + 1} of ${service.name} needs a kid of 1 to 32 letters, digits, ".", "_" or "-", and the service's name of the key.`)
    }
    if (keys.findIndex((other) => other.kid === kid) !== index) throw createError('invalid_configuration', `Two keys of ${service.name} have the id "${kid}".`)
  }
  return {
    currentKid: current.kid,
    kids: keys.map(({ kid }) => kid),

    async wrap(key, context) {
      return `${current.kid}:${await service.encrypt(current.key, key, context)}`
    },

    async unwrap(wrapped, context) {
      const end = wrapped.indexOf(':')
      const kid = wrapped.slice(0, Math.max(end, 0))
      const known = keys.find((key) => key.kid === kid)
      if (!known && /^[A-Za-z0-9._-]{1,32}$/.test(kid)) {
        throw createError(
          'encryption_key_unavailable',
          `The encryption key "${kid}" is not configured, but data is encrypted with it. Add it back to the keys of ${service.name}, after the current one.`,
          { details: { kid } },
        )
      }
      const key = known && (await service.decrypt(known.key, wrapped.slice(end + 1), context))
      if (key) return key
      const problem = `The wrapped key "${context.keyId}" was changed, or belongs to another tenant or key. Restore the row from a backup.`
      throw createError('credential_undecryptable', problem, { details: { keyId: context.keyId } })
    },
  }
}

/** The context as bytes, where a service takes bytes; a length before the tenant keeps its parts apart. */
export function contextBytes({ tenantId, keyId }: WrapContext): Uint8Array {
  return Buffer.from(`authpipe 1 ${tenantId.length}:${tenantId}${keyId}`)
}
