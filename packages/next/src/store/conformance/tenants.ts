import { describe, expect, test } from 'vitest'
import { sampleChange, sampleConnection, sampleEvent, sampleRevocation, sampleSession, sampleTenantKey, sampleTime, sampleWebhook, sampleWebhookEndpoint } from '../sampleRecords.ts'
import { type TestedStore } from './testedStore.ts'

export function describeTenants(tested: TestedStore): void {
  const { add } = tested

  describe('eraseTenant', () => {
    test('removes everything of a tenant and nothing of another one, and numbers no event twice', async () => {
      const mine = sampleConnection()
      const theirs = sampleConnection({ tenantId: 'org_other' })
      for (const connection of [theirs, mine]) {
        const { tenantId } = connection
        await tested.store.insertTenantKey(sampleTenantKey({ tenantId }), undefined)
        await tested.store.commit(sampleChange(connection, { schedule: { refreshAt: sampleTime }, revocations: [sampleRevocation(connection, { id: tenantId })] }), [sampleEvent(connection, { id: tenantId })])
        await tested.store.addReads([{ tenantId, connectionId: 'conn_1', day: '2026-11-22', reads: 1, lastReadAt: sampleTime }])
        await tested.store.insertSession(sampleSession({ id: tenantId, tenantId, stateHash: Buffer.from(tenantId) }))
        await tested.store.insertWebhook(sampleWebhook({ id: tenantId, tenantId }))
        await tested.store.insertWebhookEndpoint(sampleWebhookEndpoint({ tenantId, idHash: Buffer.from(tenantId) }))
      }
      const [last] = await tested.store.listEvents({ limit: 1 })
      const event = sampleEvent({ ...mine, id: '' }, { id: 'erasure', type: 'tenant.erased', sinks: [] })

      const erased = await tested.store.eraseTenant('org_acme', event)

      expect(erased).toEqual({ tenantKeys: 1, connections: 1, sessions: 1, events: 1, revocations: 1, webhooks: 1, webhookEndpoints: 1 })
      const [newest] = await tested.store.listEvents({ limit: 1 })
      expect(newest?.event.id).toBe('erasure')
      expect(Number(newest?.cursor)).toBeGreaterThan(Number(last?.cursor))
      for (const [tenantId, isThere] of [['org_acme', false], ['org_other', true]] as const) {
        const found = [
          await tested.store.findTenantKey(tenantId),
          await tested.store.findConnection(tenantId, 'conn_1'),
          await tested.store.findSecret(tenantId, 'conn_1', 'credential'),
          await tested.store.findSchedule(tenantId, 'conn_1'),
          await tested.store.findSession(tenantId),
          await tested.store.findWebhookEndpoint(Buffer.from(tenantId)),
          (await tested.store.listReads(tenantId))[0],
          (await tested.store.listDueRevocations(sampleTime, 10)).find(({ id }) => id === tenantId),
          (await tested.store.listDueWebhooks(sampleTime, 10)).find(({ id }) => id === tenantId),
        ]
        expect(found.map((one) => one !== undefined)).toEqual(found.map(() => isThere))
      }
    })
  })

  describe('all of a tenant', () => {
    test('is every connection of it, revoked ones and webhook secrets too, and of no other', async () => {
      const mine = [sampleConnection({ id: 'a', status: 'revoked' }), sampleConnection({ id: 'b', credentialType: 'webhook_secret' }), sampleConnection({ id: 'c' })]
      for (const connection of [...mine.toReversed(), sampleConnection({ id: 'd', tenantId: 'org_other' })]) await add(connection)
      expect((await tested.store.listConnectionsOfTenant('org_acme')).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
      expect(await tested.store.listConnectionsOfTenant('org_nobody')).toEqual([])
    })

    test('is every revocation of it, and one that comes again stays as it is', async () => {
      const connection = sampleConnection()
      const later = sampleRevocation(connection, { id: 'later', nextAttemptAt: sampleTime + 1 })
      await tested.store.commit(sampleChange(connection, { revocations: [later, sampleRevocation(connection)] }), [])
      const other = sampleConnection({ tenantId: 'org_other' })
      await tested.store.commit(sampleChange(other, { revocations: [sampleRevocation(other, { id: 'other' })] }), [])
      const again = { ...later, nextAttemptAt: sampleTime - 1 }
      expect(await tested.store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, revocations: [again] }, [])).toBe(true)
      expect(await tested.store.listRevocationsOfTenant('org_acme')).toEqual([sampleRevocation(connection), later])
    })

    test('is every webhook endpoint of it, and one that comes again stays as it is', async () => {
      const endpoint = sampleWebhookEndpoint()
      expect(await tested.store.insertWebhookEndpoint(endpoint)).toBe(true)
      expect(await tested.store.insertWebhookEndpoint({ ...endpoint, tenantId: 'org_other' })).toBe(false)
      await tested.store.insertWebhookEndpoint(sampleWebhookEndpoint({ tenantId: 'org_other', idHash: Buffer.from('other') }))
      expect(await tested.store.listWebhookEndpoints(endpoint.tenantId)).toEqual([endpoint])
    })
  })
}
