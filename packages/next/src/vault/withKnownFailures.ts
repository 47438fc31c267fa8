import { AuthpipeError, createError } from '@authpipe/core'
import type { KeyManager } from './keyManager.ts'

/**
 * Makes every failure of a key manager one of ours. It may fail in its own words, and these may hold anything: they stay in `cause`.
 */
export function withKnownFailures(keyManager: KeyManager): KeyManager {
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    try {
      return await question()
    } catch (cause) {
      if (cause instanceof AuthpipeError) throw cause
      throw createError('vault_unavailable', 'The key manager does not answer, so no tenant key can be used. Nothing was changed; try again later.', { cause })
    }
  }
  return {
    currentKid: keyManager.currentKid,
    kids: keyManager.kids,
    wrap: (key, context) => ask(() => keyManager.wrap(key, context)),
    async unwrap(wrapped, context) {
      const key = await ask(() => keyManager.unwrap(wrapped, context))
      if (key.length === 32) return key
      throw createError('vault_unavailable', `The key manager gave ${key.length} bytes for "${context.keyId}" instead of 32. Check what it answers.`)
    },
  }
}
