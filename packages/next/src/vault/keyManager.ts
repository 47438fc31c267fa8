// Who holds the key-encryption keys: the local keyring, or a key management service behind the same interface.

/** What a wrapped key belongs to. It is authenticated with the key, so a wrapped key moved to another tenant does not open. */
export interface WrapContext {
  readonly tenantId: string
  /** Names the wrapped key. */
  readonly keyId: string
}

/**
 * Wraps tenant keys (DEK) with key-encryption keys (KEK) that never enter the database. Asynchronous, so that a key
 * management service fits; such a one keeps its own deadline.
 */
export interface KeyManager {
  /** Names the key that {@link KeyManager.wrap} uses. */
  readonly currentKid: string
  /** Every key that {@link KeyManager.unwrap} knows, the current one included. */
  readonly kids: readonly string[]
  wrap(key: Uint8Array, context: WrapContext): Promise<string>
  /**
   * @throws {AuthpipeError} `encryption_key_unavailable` naming the `kid` that is not known here;
   * `credential_undecryptable` when the wrapped key was changed or belongs elsewhere
   */
  unwrap(wrapped: string, context: WrapContext): Promise<Uint8Array>
}
