import { createError } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import { createTenantEvent } from '../events/authpipeEvent.ts'
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
  const erased = await engine.store.eraseTenant(tenantId, createTenantEvent('tenant.erased', tenantId, engine.now()))
  engine.vault.forget(tenantId)
  engine.cache.forgetTenant(tenantId)
  log('a tenant was erased', { ...erased })
  return erased
}
