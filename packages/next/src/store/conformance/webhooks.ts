import { describe, expect, test } from 'vitest'
import { sampleTime, sampleWebhook, sampleWebhookEndpoint } from '../sampleRecords.ts'
import { type TestedStore } from './testedStore.ts'

export function describeWebhooks(tested: TestedStore): void {
  describe('webhooks', () => {
    test('have endpoints that come back by their hash with every member', async () => {
      const endpoint = sampleWebhookEndpoint({ isSigned: false })
      await tested.store.insertWebhookEndpoint(endpoint)
      expect(await tested.store.findWebhookEndpoint(endpoint.idHash)).toEqual(endpoint)
      expect(await tested.store.findWebhookEndpoint(Uint8Array.of(1))).toBeUndefined()
    })

    test('have endpoints that only their tenant removes', async () => {
      const { idHash } = sampleWebhookEndpoint()
      await tested.store.insertWebhookEndpoint(sampleWebhookEndpoint())
      expect(await tested.store.deleteWebhookEndpoint('org_other', idHash)).toBe(false)
      expect(await tested.store.deleteWebhookEndpoint('org_acme', idHash)).toBe(true)
      expect(await tested.store.findWebhookEndpoint(idHash)).toBeUndefined()
    })

    test('are taken in by one of ten callers', async () => {
      const taken = await Promise.all(Array.from({ length: 10 }, () => tested.store.insertWebhook(sampleWebhook())))
      expect(taken.filter(Boolean)).toHaveLength(1)
    })

    test('are due at their time, longest due first', async () => {
      const [late, later] = [sampleWebhook({ id: 'late' }), sampleWebhook({ id: 'later', nextAttemptAt: sampleTime + 1 })]
      await tested.store.insertWebhook(later)
      await tested.store.insertWebhook(late)
      expect(await tested.store.listDueWebhooks(sampleTime - 1, 10)).toEqual([])
      expect(await tested.store.listDueWebhooks(sampleTime + 1, 10)).toEqual([late, later])
      expect(await tested.store.listDueWebhooks(sampleTime + 1, 1)).toEqual([late])
    })

    test('are claimed once for each attempt', async () => {
      await tested.store.insertWebhook(sampleWebhook())
      const claims = await Promise.all([1, 2, 3].map(() => tested.store.claimWebhook('webhook_1', 0, sampleTime + 5)))
      expect(claims.filter(Boolean)).toHaveLength(1)
      expect(await tested.store.listDueWebhooks(sampleTime, 10)).toEqual([])
      expect(await tested.store.listDueWebhooks(sampleTime + 5, 10)).toEqual([sampleWebhook({ attempts: 1, nextAttemptAt: sampleTime + 5 })])
    })

    test('are never due or taken in again once they are delivered', async () => {
      await tested.store.insertWebhook(sampleWebhook())
      await tested.store.markWebhookDelivered('webhook_1')
      expect(await tested.store.listDueWebhooks(sampleTime, 10)).toEqual([])
      expect(await tested.store.claimWebhook('webhook_1', 0, sampleTime)).toBe(false)
      expect(await tested.store.insertWebhook(sampleWebhook())).toBe(false)
    })

    test('are forgotten when they are old, with the count of those that nobody took', async () => {
      for (const id of ['a', 'b']) await tested.store.insertWebhook(sampleWebhook({ id, receivedAt: 1 }))
      await tested.store.markWebhookDelivered('a')
      await tested.store.insertWebhook(sampleWebhook({ id: 'young', receivedAt: 2 }))
      expect(await tested.store.deleteWebhooks(2, 10)).toEqual({ count: 2, undelivered: 1 })
      expect(await tested.store.insertWebhook(sampleWebhook({ id: 'a' }))).toBe(true)
      expect(await tested.store.insertWebhook(sampleWebhook({ id: 'young' }))).toBe(false)
    })

    test('are forgotten at most so many at once', async () => {
      for (const id of ['a', 'b', 'c']) await tested.store.insertWebhook(sampleWebhook({ id, receivedAt: 1 }))
      expect((await tested.store.deleteWebhooks(2, 2)).count).toBe(2)
      expect((await tested.store.deleteWebhooks(2, 2)).count).toBe(1)
    })
  })
}
