import { createError } from '@authpipe/core'
import type { KeyManager } from '../vault/keyManager.ts'
import { checkServiceUrl, postJson, textAt } from './postJson.ts'
import { contextBytes, createServiceKeys, defaultTimeoutMs, type ServiceKey } from './serviceKeys.ts'

export interface VaultTransitOptions {
  /** Keys of the transit engine, of type `aes256-gcm96`: `key` is their name. The first wraps, the others only unwrap. */
  readonly keys: readonly ServiceKey[]
  /** Such as `https://vault.example.com:8200`. */
  readonly address: string
  /** A token that may update `<mount>/encrypt/<key>` and `<mount>/decrypt/<key>`, or what gives one at each question. */
  readonly token: string | (() => Promise<string> | string)
  /** @defaultValue `transit` */
  readonly mount?: string
  /** Of Vault Enterprise or HCP. */
  readonly namespace?: string
  /**
   * Longest that a question may take, in milliseconds.
   * @defaultValue `5_000` (5 seconds)
   */
  readonly timeoutMs?: number
  /**
   * Lets `address` be an http URL of this machine, for an agent beside the app or for tests.
   * @defaultValue `false`
   */
  readonly allowInsecureLoopback?: boolean
}

const segment = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/**
 * Tenant keys wrapped by the transit engine of HashiCorp Vault or OpenBao, for the option `keys`.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/transit#encrypt-data (2026-11-28): `associated_data`
 * @example
 * createAuthpipe({ keys: vaultTransit({ address, token, keys: [{ kid: 'vault1', key: 'authpipe' }] }), providers, identify })
 */
export function vaultTransit(options: VaultTransitOptions): KeyManager {
  const { keys, address, token, mount = 'transit', namespace, timeoutMs = defaultTimeoutMs, allowInsecureLoopback = false } = options
  const base = checkServiceUrl(address, 'address', allowInsecureLoopback)
  if (![...mount.split('/'), ...keys.map(({ key }) => key)].every((part) => segment.test(part))) {
    throw createError('invalid_configuration', 'The mount and the keys of vaultTransit are plain names of letters, digits, ".", "_" and "-".')
  }
  const ask = async (key: string, verb: 'encrypt' | 'decrypt', body: unknown) => {
    const headers = { 'x-vault-request': 'true', 'x-vault-token': typeof token === 'string' ? token : await token(), ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }) }
    return postJson({ url: new URL(`/v1/${mount}/${verb}/${key}`, base), headers, body, timeoutMs })
  }
  return createServiceKeys(
    {
      name: 'vaultTransit',

      async encrypt(key, plaintext, context) {
        const associated_data = Buffer.from(contextBytes(context)).toString('base64')
        const { status, body } = await ask(key, 'encrypt', { plaintext: Buffer.from(plaintext).toString('base64'), associated_data })
        if (status !== 200) throw new Error(`Vault answered ${status}.`)
        return textAt(body, 'data', 'ciphertext')
      },

      async decrypt(key, ciphertext, context) {
        const associated_data = Buffer.from(contextBytes(context)).toString('base64')
        const { status, body } = await ask(key, 'decrypt', { ciphertext, associated_data })
        if (status === 400 && isNotGenuine(body)) return undefined
        if (status !== 200) throw new Error(`Vault answered ${status}.`)
        return Buffer.from(textAt(body, 'data', 'plaintext'), 'base64')
      },
    },
    keys,
  )
}

/** Vault has no code for it: 400 is its answer to whatever is wrong with a question, a missing token too. */
function isNotGenuine(body: unknown): boolean {
  const errors: unknown = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : undefined
  return Array.isArray(errors) && errors.some((error) => /message authentication failed|invalid ciphertext/.test(String(error)))
}
