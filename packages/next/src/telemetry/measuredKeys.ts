import type { KeyManager } from '../vault/keyManager.ts'
import { withKnownFailures } from '../vault/withKnownFailures.ts'
import type { Telemetry } from './telemetry.ts'

/** A key manager whose calls are measured, for those that ask a service. They fail by our codes, so that no word of the service is told. */
export function measuredKeys(keyManager: KeyManager, telemetry: Telemetry): KeyManager {
  const { wrap, unwrap, ...keys } = withKnownFailures(keyManager)
  return {
    ...keys,
    wrap: (key, context) => telemetry.measure('wrap', {}, () => wrap(key, context)),
    unwrap: (wrapped, context) => telemetry.measure('unwrap', {}, () => unwrap(wrapped, context)),
  }
}
