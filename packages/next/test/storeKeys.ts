import { sandboxAccounts } from '@authpipe/sandbox'
import type { World } from './world.ts'

/** Connects many tenants, `org_0` and so on, to a helpdesk by the same key. @returns the ids of their connections */
export async function storeKeys(world: World, count: number, { from = 0, provider = 'freshdesk' }: { from?: number; provider?: 'freshdesk' | 'freshservice' } = {}): Promise<string[]> {
  const account = sandboxAccounts(provider).find(({ kind }) => kind === 'admin')
  const ids: string[] = []
  for (let index = from; index < from + count; index += 1) {
    const { id } = await world.authpipe.storeCredential({
      provider,
      tenantId: `org_${index}`,
      userId: 'user_1',
      credentialType: 'api_key',
      fields: { ...account?.fields },
      settings: { ...account?.settings },
    })
    ids.push(id)
  }
  return ids
}
