import { createError, type Account } from '@authpipe/core'
import { commitChange } from '../commitChange.ts'
import { connectionNotFound, type ConnectionRef } from '../credentials/connectionErrors.ts'
import { endConnection } from '../credentials/disconnect.ts'
import { isUnverified } from '../credentials/unverifiedAccount.ts'
import type { Engine } from '../engine.ts'
import type { ConnectionRecord } from '../store/store.ts'

/** What became of a connection once its account is known. */
export interface Claim {
  readonly outcome: 'imported' | 'already_connected' | 'disconnected_before' | 'unchanged'
  /** The one that has the account. */
  readonly connection: ConnectionRecord
}

/**
 * Puts the account on a connection that has none yet. Where its owner has, or had, a connection of the account, that one stays as it is and
 * this one ends, without a word to the provider: its tokens may be of the same grant. It leaves a row, by which it is known again.
 *
 * @throws {AuthpipeError} `connection_not_found`; `store_unavailable` (retryable)
 */
export async function claimAccount(engine: Engine, { tenantId, connectionId }: ConnectionRef, account: Account): Promise<Claim> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const present = await engine.store.findConnection(tenantId, connectionId)
    if (!present) throw connectionNotFound()
    if (present.status === 'revoked') return { outcome: 'unchanged', connection: present }
    // Another import of the same was quicker, or the person has connected it anew.
    if (!isUnverified(present.account)) return { outcome: 'imported', connection: present }

    const { provider, ownerId, kind, credentialType } = present
    const other = await engine.store.findConnectionByAccount({ tenantId, provider, ownerId, kind, credentialType, accountId: account.id })
    if (other) {
      if (!(await endConnection(engine, present, 'disconnected', 'never'))) continue
      return { outcome: other.status === 'revoked' ? 'disconnected_before' : 'already_connected', connection: other }
    }
    const now = engine.now()
    const after: ConnectionRecord = { ...present, account, healthState: 'healthy', healthCheckedAt: now, updatedAt: now }
    if (await commitChange(engine, { tenantId, connectionId, expect: present, connection: after }, [])) return { outcome: 'imported', connection: after }
  }
  throw createError('store_unavailable', 'The connection was changed by others each time its account was to be stored. Import it again.')
}
