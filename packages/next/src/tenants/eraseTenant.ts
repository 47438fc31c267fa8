import { createError } from '@authpipe/core'
import { randomUUID } from 'node:crypto'
import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { isId } from '../principal.ts'
import type { ErasedRows } from '../store/store.ts'

/**
 * Destroys the keys of a tenant and removes its rows. A refresh or finish that is under way finds nothing to store its tokens for.
 *
 * @throws {AuthpipeError} see `Authpipe.eraseTenant`
 */
export async function eraseTenant(engine: Engine, tenantId: string): Promise<ErasedRows> {
  if (!isId(tenantId)) throw createError('invalid_request', 'eraseTenant needs the tenantId of the tenant to erase.')
  const event = { id: randomUUID(), type: 'tenant.erased', tenantId, connectionId: '', provider: '', data: {}, occurredAt: engine.now(), sinks: [] } as const
  const erased = await engine.store.eraseTenant(tenantId, event)
  engine.vault.forget(tenantId)
  engine.cache.forgetTenant(tenantId)
  log('a tenant was erased', { ...erased })
  return erased
}
