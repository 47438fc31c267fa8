import { describe, expect, test } from 'vitest'
import { sampleChange, sampleConnection, sampleEvent, sampleRevocation, sampleTime } from '../sampleRecords.ts'
import { type TestedStore } from './testedStore.ts'

export function describeEventsAndRevocations(tested: TestedStore): void {
  const { listEvents } = tested

  describe('events and revocations', () => {
    const connection = sampleConnection()

    const until = sampleTime + 100

    test('are claimed in the order of their commits, once until the claim is over, and never again when they are settled', async () => {
      const events = [
        sampleEvent(connection, { id: 'z' }),
        sampleEvent(connection, { id: 'a', userId: 'user_1', data: { reason: 'disconnected', attempts: 3, manual: true, scopes: ['a'] } }),
      ]
      await tested.store.commit(sampleChange(connection), events)
      expect(await tested.store.claimEvents('app', sampleTime - 1, until, 10)).toEqual([])
      expect(await tested.store.claimEvents('app', sampleTime, until, 10)).toEqual(events.map((event) => ({ event, attempts: 1 })))
      expect(await tested.store.claimEvents('app', sampleTime, until, 10)).toEqual([])
      await tested.store.settleEvents('app', ['z'])
      await tested.store.settleEvents('app', [])
      expect(await tested.store.claimEvents('app', until, until + 1, 10)).toEqual([{ event: events[1], attempts: 2 }])
    })

    test('go to one of ten callers each, and at most so many', async () => {
      const events = Array.from({ length: 20 }, (_, index) => sampleEvent(connection, { id: `event ${index}` }))
      await tested.store.commit(sampleChange(connection), events)
      const claimed = (await Promise.all(Array.from({ length: 10 }, () => tested.store.claimEvents('app', sampleTime, until, 3)))).flat()
      expect(new Set(claimed.map(({ event }) => event.id)).size).toBe(claimed.length)
      expect(claimed.length).toBeGreaterThan(15)
    })

    test('go to each sink that they are for, apart from the other', async () => {
      await tested.store.commit(sampleChange(connection), [sampleEvent(connection, { sinks: ['app', 'webhook'] }), sampleEvent(connection, { id: 'app only' })])
      const ids = async (sink: 'app' | 'webhook') => (await tested.store.claimEvents(sink, sampleTime, until, 10)).map(({ event }) => event.id)
      await tested.store.settleEvents('app', ['event of conn_1'])
      expect(await ids('webhook')).toEqual(['event of conn_1'])
      expect(await ids('app')).toEqual(['app only'])
    })

    test('are told again at the time that is named, unless they are settled', async () => {
      await tested.store.commit(sampleChange(connection), [sampleEvent(connection)])
      await tested.store.claimEvents('app', sampleTime, until, 10)
      await tested.store.postponeEvent('app', 'event of conn_1', sampleTime + 5)
      expect(await tested.store.claimEvents('app', sampleTime + 5, until, 10)).toHaveLength(1)
      await tested.store.settleEvents('app', ['event of conn_1'])
      await tested.store.postponeEvent('app', 'event of conn_1', sampleTime)
      expect(await tested.store.claimEvents('app', until, until + 1, 10)).toEqual([])
    })

    test('carry the revision that their connection has after the change', async () => {
      await tested.store.commit(sampleChange(connection), [sampleEvent(connection, { id: 'created', connectionRevision: 99 })])
      await tested.store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, connection }, [sampleEvent(connection, { id: 'changed' })])
      await tested.store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: { grantGeneration: 1 } }, [sampleEvent(connection, { id: 'only told' })])
      expect((await listEvents()).map(({ id, connectionRevision }) => [id, connectionRevision])).toEqual([['created', 1], ['changed', 2], ['only told', 2]])
    })

    test('are given up for one sink when nobody has tried since an instant, at most so many', async () => {
      const events = ['a', 'b', 'c', 'tried', 'young'].map((id) => sampleEvent(connection, { id, sinks: ['app', 'webhook'], occurredAt: id === 'young' ? 2 : 1 }))
      await tested.store.commit(sampleChange(connection), events)
      await tested.store.postponeEvent('webhook', 'tried', 2)
      expect(await tested.store.giveUpEvents('webhook', 2, 2)).toBe(2)
      expect(await tested.store.giveUpEvents('webhook', 2, 2)).toBe(1)
      expect((await tested.store.claimEvents('webhook', 9, 10, 9)).map(({ event }) => event.id).toSorted()).toEqual(['tried', 'young'])
      expect(await tested.store.claimEvents('app', 9, 10, 9)).toHaveLength(5)
    })

    test('are read page by page, newest first', async () => {
      const events = Array.from({ length: 5 }, (_, index) => sampleEvent(connection, { id: `event ${index}` }))
      await tested.store.commit(sampleChange(connection), events)
      const first = await tested.store.listEvents({ limit: 2 })
      const second = await tested.store.listEvents({ limit: 2, before: first[1]?.cursor ?? '' })
      expect([...first, ...second].map(({ event }) => event.id)).toEqual(['event 4', 'event 3', 'event 2', 'event 1'])
    })

    test('are forgotten when they are old and on their way to nobody, at most so many', async () => {
      const events = ['a', 'b', 'c', 'pending', 'young'].map((id) => sampleEvent(connection, { id, occurredAt: id === 'young' ? 2 : 1 }))
      await tested.store.commit(sampleChange(connection), events)
      await tested.store.settleEvents('app', ['a', 'b', 'c', 'young'])
      expect(await tested.store.deleteEvents(2, 2)).toBe(2)
      expect(await tested.store.deleteEvents(2, 2)).toBe(1)
      expect((await listEvents()).map(({ id }) => id)).toEqual(['pending', 'young'])
    })

    test('are looked at in vain only so many times: behind many that are on their way even an old one stays', async () => {
      const events = Array.from({ length: 11 }, (_, index) => sampleEvent(connection, { id: `event ${index}`, occurredAt: 1 }))
      await tested.store.commit(sampleChange(connection), events)
      await tested.store.settleEvents('app', ['event 10'])
      expect([await tested.store.deleteEvents(2, 1), await tested.store.deleteEvents(2, 2)]).toEqual([0, 1])
    })

    test('wait for their time, are taken once, and go when they are done', async () => {
      const revocation = sampleRevocation(connection, { settings: { subdomain: 'acme' } })
      await tested.store.commit(sampleChange(connection, { revocations: [revocation] }), [])
      expect(await tested.store.listDueRevocations(sampleTime - 1, 10)).toEqual([])
      expect(await tested.store.listDueRevocations(sampleTime, 10)).toEqual([revocation])
      const claims = await Promise.all([1, 2, 3].map(() => tested.store.claimRevocation(revocation.id, 0, sampleTime + 5)))
      expect(claims.filter(Boolean)).toHaveLength(1)
      expect(await tested.store.listDueRevocations(sampleTime, 10)).toEqual([])
      expect(await tested.store.listDueRevocations(sampleTime + 5, 10)).toEqual([{ ...revocation, attempts: 1, nextAttemptAt: sampleTime + 5 }])
      await tested.store.postponeRevocation(revocation.id, sampleTime + 3)
      expect(await tested.store.listDueRevocations(sampleTime + 3, 10)).toEqual([{ ...revocation, attempts: 1, nextAttemptAt: sampleTime + 3 }])
      await tested.store.deleteRevocation(revocation.id)
      expect(await tested.store.listDueRevocations(Number.MAX_SAFE_INTEGER, 10)).toEqual([])
    })

    test('are counted by provider, for all tenants or one', async () => {
      const other = sampleConnection({ id: 'conn_2', tenantId: 'org_other' })
      await tested.store.commit(sampleChange(connection, { revocations: [sampleRevocation(connection, { attempts: 2 }), sampleRevocation(connection, { id: 'fresh' })] }), [])
      await tested.store.commit(sampleChange(other, { revocations: [sampleRevocation(other)] }), [])
      expect(await tested.store.countRevocations('livechat')).toEqual({ waiting: 3, putOff: 1 })
      expect(await tested.store.countRevocations('livechat', 'org_other')).toEqual({ waiting: 1, putOff: 0 })
      expect(await tested.store.countRevocations('crisp')).toEqual({ waiting: 0, putOff: 0 })
    })
  })
}
