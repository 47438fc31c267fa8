import { createError } from '@authpipe/core'
import type { KeyManager, WrapContext } from '../../src/vault/keyManager.ts'

/**
 * A key service that can be kept from answering, so that its process waits between what it has read and what it does with it, and that
 * can fail.
 */
export class GatedKeys implements KeyManager {
  readonly #keys: KeyManager
  #gate: Promise<void> | undefined
  #open = (): void => undefined
  #waiting = 0
  isDown = false

  constructor(keys: KeyManager) {
    this.#keys = keys
  }

  get currentKid(): string {
    return this.#keys.currentKid
  }

  get kids(): readonly string[] {
    return this.#keys.kids
  }

  /** How many keys are being waited for. */
  get waiting(): number {
    return this.#waiting
  }

  hold(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve))
  }

  release(): void {
    this.#gate = undefined
    this.#open()
  }

  wrap(key: Uint8Array, context: WrapContext): Promise<string> {
    return this.#keys.wrap(key, context)
  }

  async unwrap(wrapped: string, context: WrapContext): Promise<Uint8Array> {
    this.#waiting += 1
    await this.#gate
    this.#waiting -= 1
    if (this.isDown) throw createError('vault_unavailable', 'The key service does not answer.')
    return this.#keys.unwrap(wrapped, context)
  }
}
