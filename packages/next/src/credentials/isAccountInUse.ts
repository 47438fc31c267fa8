import type { Engine } from '../engine.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { isUnverified } from './unverifiedAccount.ts'

/**
 * Whether a connection lives that acts by our app for the same account and could end with one of its tokens. Some providers end every token
 * of an app and account when one of them is revoked, so none is revoked while somebody still needs the others.
 */
export async function isAccountInUse(engine: Engine, provider: RegisteredProvider, { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string }): Promise<boolean> {
  if (provider.definition.auth.some((way) => way.kind === 'oauth2' && way.revocationEnds === 'grant')) return false
  // Where each tenant has an app of its own, another tenant's tokens are another app's.
  if (isUnverified({ id: accountId })) {
    // It may be the account of any other connection.
    const others = await engine.store.listConnectionsOfProvider({ provider: provider.id, limit: 1, ...(provider.isPerTenant ? { tenantId } : {}) })
    return others.length > 0
  }
  const connections = await engine.store.listConnectionsOfAccount(provider.id, accountId)
  return connections.some((one) => one.credentialType === 'oauth_token' && (!provider.isPerTenant || one.tenantId === tenantId))
}
