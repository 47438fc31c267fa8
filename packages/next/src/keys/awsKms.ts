import { DecryptCommand, EncryptCommand, IncorrectKeyException, InvalidCiphertextException, KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms'
import type { KeyManager, WrapContext } from '../vault/keyManager.ts'
import { createServiceKeys, defaultTimeoutMs, type ServiceKey } from './serviceKeys.ts'

export interface AwsKmsOptions {
  /** Symmetric encryption keys: `key` is an ARN, a key id or an alias. The first wraps, the others only unwrap. */
  readonly keys: readonly ServiceKey[]
  /**
   * A client of your own, or how to make one.
   * @defaultValue region and credentials from the environment, as the SDK finds them
   */
  readonly client?: KMSClient | KMSClientConfig
  /**
   * Longest that a question may take with all its retries, in milliseconds.
   * @defaultValue `5_000` (5 seconds)
   */
  readonly timeoutMs?: number
}

/**
 * Tenant keys wrapped by AWS KMS, for the option `keys`. Needs `@aws-sdk/client-kms` and the rights `kms:Encrypt` and `kms:Decrypt`.
 *
 * @security The encryption context names the tenant and the tenant key, and AWS writes it into CloudTrail in clear.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html (2026-11-28)
 * @example
 * createAuthpipe({ keys: awsKms({ keys: [{ kid: 'aws1', key: 'alias/authpipe' }] }), providers, identify })
 */
export function awsKms({ keys, client, timeoutMs = defaultTimeoutMs }: AwsKmsOptions): KeyManager {
  const kms = client instanceof KMSClient ? client : new KMSClient(client ?? {})
  return createServiceKeys(
    {
      name: 'awsKms',

      async encrypt(key, plaintext, context) {
        const command = new EncryptCommand({ KeyId: key, Plaintext: plaintext, EncryptionContext: encryptionContext(context) })
        const { CiphertextBlob } = await kms.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) })
        if (!CiphertextBlob) throw new Error('AWS KMS answered without a ciphertext.')
        return Buffer.from(CiphertextBlob).toString('base64')
      },

      async decrypt(key, ciphertext, context) {
        // The key is named, so that a ciphertext of another key that this role may use is refused.
        const command = new DecryptCommand({ KeyId: key, CiphertextBlob: Buffer.from(ciphertext, 'base64'), EncryptionContext: encryptionContext(context) })
        try {
          const { Plaintext } = await kms.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) })
          if (Plaintext) return Plaintext
        } catch (error) {
          if (error instanceof InvalidCiphertextException || error instanceof IncorrectKeyException) return undefined
          throw error
        }
        throw new Error('AWS KMS answered without a plaintext.')
      },
    },
    keys,
  )
}

/** A key check belongs to no tenant, and then none is named: some tenant's key always names one. */
function encryptionContext({ tenantId, keyId }: WrapContext): Record<string, string> {
  return { ...(tenantId === '' ? {} : { 'authpipe:tenant': tenantId }), 'authpipe:key': keyId }
}
