import { describe, expect, test } from 'vitest'
import { sampleConnection, sampleTime } from '../sampleRecords.ts'
import { type TestedStore } from './testedStore.ts'

export function describeReads(tested: TestedStore): void {
  const { add } = tested

  describe('reads', () => {
    const read = { tenantId: 'org_acme', connectionId: 'conn_1', day: '2026-11-22', reads: 2, lastReadAt: sampleTime }

    test('are added up by connection and day, for connections that are there', async () => {
      await add(sampleConnection())
      await Promise.all([tested.store.addReads([read, { ...read, day: '2026-11-23' }]), tested.store.addReads([{ ...read, connectionId: 'gone' }])])
      await tested.store.addReads([{ ...read, reads: 3, lastReadAt: sampleTime + 1 }])
      await tested.store.addReads([])
      expect(await tested.store.listReads('org_acme')).toEqual([
        { ...read, day: '2026-11-23' },
        { ...read, reads: 5, lastReadAt: sampleTime + 1 },
      ])
      expect(await tested.store.listReads('org_acme', 'conn_2')).toEqual([])
      expect(await tested.store.deleteReads('2026-11-23')).toBe(1)
      expect(await tested.store.listReads('org_acme', 'conn_1')).toHaveLength(1)
    })
  })
}
