import { describe, expect, test } from 'vitest'
import { sampleConnection, sampleTime } from '../sampleRecords.ts'
import { answering, lookup, type TestedStore } from './testedStore.ts'

export function describeConnections(tested: TestedStore): void {
  const { add } = tested

  describe('connections', () => {
    test('come back with every member', async () => {
      const connection = sampleConnection({
        account: { id: 'a', label: 'ann@example.com' },
        status: 'needs_reauth',
        statusReason: 'grant_revoked',
        isDefault: true,
        scopes: ['chats--all:ro', 'a b'],
        missingScopes: ['agents--my:rw'],
        settings: { subdomain: 'acme' },
        healthState: 'degraded',
        healthCheckedAt: sampleTime + 1,
        connectedAt: sampleTime + 2,
        updatedAt: sampleTime + 3,
        expiresAt: sampleTime + 4,
        grantGeneration: 5,
        tokenGeneration: 6,
      })
      await add(connection)
      expect(await tested.store.findConnection('org_acme', 'conn_1')).toEqual(connection)
      expect((await tested.store.findCredential(lookup))?.connection).toEqual(answering(connection))
    })

    test('are listed newest first without the revoked ones', async () => {
      await add(sampleConnection({ id: 'old' }))
      await add(sampleConnection({ id: 'revoked', status: 'revoked' }))
      await add(sampleConnection({ id: 'new', ownerId: 'user_2', connectedAt: sampleTime + 1 }))
      expect((await tested.store.listConnections({ tenantId: 'org_acme' })).map(({ id }) => id)).toEqual(['new', 'old'])
    })

    test('are listed without webhook secrets unless those are asked for', async () => {
      await add(sampleConnection({ id: 'account' }))
      await add(sampleConnection({ id: 'hook', credentialType: 'webhook_secret' }))
      expect((await tested.store.listConnections({ tenantId: 'org_acme' })).map(({ id }) => id)).toEqual(['account'])
      expect((await tested.store.listConnections({ tenantId: 'org_acme', credentialType: 'webhook_secret' })).map(({ id }) => id)).toEqual(['hook'])
    })

    test('are listed by their account for every tenant, without revoked ones', async () => {
      const account = { id: 'the same' }
      await add(sampleConnection({ id: 'ours', account }))
      await add(sampleConnection({ id: 'theirs', tenantId: 'org_other', account }))
      await add(sampleConnection({ id: 'lapsed', ownerId: 'user_2', account, status: 'needs_reauth' }))
      await add(sampleConnection({ id: 'dead', ownerId: 'user_3', account, status: 'revoked' }))
      await add(sampleConnection({ id: 'elsewhere', provider: 'crisp', account }))
      await add(sampleConnection({ id: 'other account' }))
      expect((await tested.store.listConnectionsOfAccount('livechat', 'the same')).map(({ id }) => id).toSorted()).toEqual(['lapsed', 'ours', 'theirs'])
    })

    test('are listed by their provider for every tenant or one, page by page, without revoked ones and webhook secrets', async () => {
      const [one, other] = [{ id: 'one' }, { id: 'other' }]
      await add(sampleConnection({ id: 'b', account: other }))
      await add(sampleConnection({ id: 'a', tenantId: 'org_other', account: other }))
      await add(sampleConnection({ id: 'c', account: one, status: 'failed' }))
      await add(sampleConnection({ id: 'dead', status: 'revoked' }))
      await add(sampleConnection({ id: 'hook', credentialType: 'webhook_secret' }))
      await add(sampleConnection({ id: 'elsewhere', provider: 'crisp' }))
      const first = await tested.store.listConnectionsOfProvider({ provider: 'livechat', limit: 2 })
      const second = await tested.store.listConnectionsOfProvider({ provider: 'livechat', limit: 2, ...(first[1] && { after: first[1] }) })
      expect([first, second].map((page) => page.map(({ id }) => id))).toEqual([['c', 'b'], ['a']])
      expect((await tested.store.listConnectionsOfProvider({ provider: 'livechat', tenantId: 'org_other', limit: 9 })).map(({ id }) => id)).toEqual(['a'])
    })

    test('are listed for some owners, of one provider, never of another tenant', async () => {
      await add(sampleConnection({ id: 'mine' }))
      await add(sampleConnection({ id: 'ours', ownerId: '', attachment: 'tenant', connectedAt: sampleTime + 1 }))
      await add(sampleConnection({ id: 'theirs', ownerId: 'user_2' }))
      await add(sampleConnection({ id: 'other provider', provider: 'crisp' }))
      await add(sampleConnection({ id: 'mine', tenantId: 'org_other' }))
      const ids = async (filter: { ownerIds?: string[]; provider?: string }) =>
        (await tested.store.listConnections({ tenantId: 'org_acme', ...filter })).map(({ id }) => id)
      expect(await ids({ ownerIds: ['user_1', ''], provider: 'livechat' })).toEqual(['ours', 'mine'])
      expect(await ids({ ownerIds: [] })).toEqual([])
    })

    test('are found by account even when they are revoked', async () => {
      const connection = sampleConnection({ status: 'revoked', account: { id: 'acct' } })
      await add(connection)
      const key = { tenantId: 'org_acme', provider: 'livechat', ownerId: 'user_1', kind: 'user', credentialType: 'oauth_token', accountId: 'acct' } as const
      expect(await tested.store.findConnectionByAccount(key)).toEqual(connection)
      expect(await tested.store.findConnectionByAccount({ ...key, accountId: 'other' })).toBeUndefined()
      expect(await tested.store.findConnectionByAccount({ ...key, tenantId: 'org_other' })).toBeUndefined()
    })

    test('of two tenants may have the same id and stay apart', async () => {
      const ours = sampleConnection({ account: { id: 'ours' } })
      const theirs = sampleConnection({ account: { id: 'theirs' }, tenantId: 'org_other' })
      await add(ours)
      await add(theirs)
      expect(await tested.store.findConnection('org_acme', 'conn_1')).toEqual(ours)
      expect(await tested.store.findConnection('org_other', 'conn_1')).toEqual(theirs)
      expect(await tested.store.findSecret('org_third', 'conn_1', 'credential')).toBeUndefined()
    })
  })
}
