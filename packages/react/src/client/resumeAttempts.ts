import { connectFlowOf } from './connectFlow.ts'
import type { ClientCore } from './createClientCore.ts'
import { pendingKeys } from './pendingSession.ts'

/** Goes on with every attempt that this tab remembers. */
export function resumeAttempts(client: ClientCore): void {
  for (const key of pendingKeys()) {
    const [provider = '', rest = ''] = key.split(':')
    const isKind = rest === 'user' || rest === 'installation'
    connectFlowOf(client, { provider, ...(isKind ? { kind: rest } : rest && { connectionId: rest }) }).resume()
  }
}
