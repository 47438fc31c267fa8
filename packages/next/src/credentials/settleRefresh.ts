import type { Engine } from '../engine.ts'
import type { ConnectionRecord } from '../store/store.ts'
import { connectionNotFound, needsReauth } from './connectionErrors.ts'
import type { Refreshed } from './refreshCredential.ts'

/** Ends a refresh that something else overtook: what is stored now answers. */
export async function settleRefresh(engine: Engine, present: ConnectionRecord): Promise<Refreshed> {
  await engine.store.releaseLease(present.tenantId, present.id, engine.owner)
  if (present.status === 'revoked') throw connectionNotFound()
  if (present.status === 'needs_reauth') throw needsReauth(present.statusReason)
  return { connection: present }
}
