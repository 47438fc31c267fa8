import { createError } from '@authpipe/core'
import type { KeyManager } from '../vault/keyManager.ts'
import { checkServiceUrl, postJson, textAt } from './postJson.ts'
import { contextBytes, createServiceKeys, defaultTimeoutMs, type ServiceKey } from './serviceKeys.ts'

export interface GcpKmsOptions {
  /** Symmetric keys: `key` is `projects/…/locations/…/keyRings/…/cryptoKeys/…`, without a version. The first wraps, the others only unwrap. */
  readonly keys: readonly ServiceKey[]
  /**
   * Gives an access token for `https://www.googleapis.com/auth/cloudkms`.
   * @defaultValue application default credentials, found by the package `google-auth-library`
   */
  readonly accessToken?: () => Promise<string>
  /** @defaultValue `https://cloudkms.googleapis.com` */
  readonly endpoint?: string
  /**
   * Longest that a question may take, in milliseconds.
   * @defaultValue `5_000` (5 seconds)
   */
  readonly timeoutMs?: number
  /**
   * Lets `endpoint` be an http URL of this machine, for tests.
   * @defaultValue `false`
   */
  readonly allowInsecureLoopback?: boolean
}

/**
 * Tenant keys wrapped by Google Cloud KMS, for the option `keys`. Needs the role Cloud KMS CryptoKey Encrypter/Decrypter.
 *
 * @see https://docs.cloud.google.com/kms/docs/additional-authenticated-data (2026-11-28)
 * @example
 * createAuthpipe({ keys: gcpKms({ keys: [{ kid: 'gcp1', key: 'projects/p/locations/europe-west1/keyRings/r/cryptoKeys/authpipe' }] }), providers, identify })
 */
export function gcpKms(options: GcpKmsOptions): KeyManager {
  const { keys, endpoint = 'https://cloudkms.googleapis.com', timeoutMs = defaultTimeoutMs, allowInsecureLoopback = false } = options
  const base = checkServiceUrl(endpoint, 'endpoint', allowInsecureLoopback)
  for (const { key } of keys) {
    if (/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/.test(key)) continue
    throw createError('invalid_configuration', 'A key of gcpKms is named projects/…/locations/…/keyRings/…/cryptoKeys/…, without a version.')
  }
  const accessToken = options.accessToken ?? applicationDefault()
  const ask = async (key: string, verb: 'encrypt' | 'decrypt', body: unknown) =>
    postJson({ url: new URL(`/v1/${key}:${verb}`, base), headers: { authorization: `Bearer ${await accessToken()}` }, body, timeoutMs })
  return createServiceKeys(
    {
      name: 'gcpKms',

      async encrypt(key, plaintext, context) {
        const additionalAuthenticatedData = Buffer.from(contextBytes(context)).toString('base64')
        const { status, body } = await ask(key, 'encrypt', { plaintext: Buffer.from(plaintext).toString('base64'), additionalAuthenticatedData })
        if (status !== 200) throw new Error(`Google Cloud KMS answered ${status}.`)
        return textAt(body, 'ciphertext')
      },

      async decrypt(key, ciphertext, context) {
        const additionalAuthenticatedData = Buffer.from(contextBytes(context)).toString('base64')
        const { status, body } = await ask(key, 'decrypt', { ciphertext, additionalAuthenticatedData })
        // INVALID_ARGUMENT is its word for a ciphertext or context that is not genuine.
        if (status === 400 && textAt(body, 'error', 'status') === 'INVALID_ARGUMENT') return undefined
        if (status !== 200) throw new Error(`Google Cloud KMS answered ${status}.`)
        return Buffer.from(textAt(body, 'plaintext'), 'base64')
      },
    },
    keys,
  )
}

/** The SDK is loaded when it is first needed: who gives a token needs none. */
function applicationDefault(): () => Promise<string> {
  let auth: Promise<{ getAccessToken(): Promise<string | null | undefined> }> | undefined
  return async () => {
    auth ??= import('google-auth-library').then(({ GoogleAuth }) => new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/cloudkms'] }))
    const token = await (await auth).getAccessToken()
    if (token) return token
    throw new Error('google-auth-library gave no access token.')
  }
}
