import { describe, expect, test } from 'vitest'
import { isHandedOver } from '../handOver.ts'
import { sampleConnection, sampleSchedule, sampleTime } from '../sampleRecords.ts'
import { leaseExpectation, type TestedStore } from './testedStore.ts'

export function describeLeases(tested: TestedStore): void {
  const { add } = tested

  describe('leases', () => {
    const lease = { tenantId: 'org_acme', connectionId: 'conn_1', owner: 'a', now: sampleTime, until: sampleTime + 1000, expect: leaseExpectation() }

    test('go to one of ten callers, with the intent noted', async () => {
      await add(sampleConnection())
      const taken = await Promise.all(Array.from({ length: 10 }, (_, index) => tested.store.acquireLease({ ...lease, owner: `caller ${index}` })))
      expect(taken.filter((generation) => generation !== undefined)).toEqual([2])
      expect(await tested.store.findSchedule('org_acme', 'conn_1')).toMatchObject({ intentAt: sampleTime, intentGeneration: 2, leaseUntil: sampleTime + 1000 })
    })

    // RF-12
    test('are free again once they are over, and each is given a higher generation than any before it', async () => {
      await add(sampleConnection())
      await tested.store.acquireLease(lease)
      const next = { ...lease, owner: 'b', expect: leaseExpectation({}, 2) }
      expect(await tested.store.acquireLease({ ...next, now: sampleTime + 999 })).toBeUndefined()
      expect(await tested.store.acquireLease({ ...next, now: sampleTime + 1000, until: sampleTime + 2000 })).toBe(3)
      await tested.store.releaseLease('org_acme', 'conn_1', 'b')
      expect(await tested.store.acquireLease({ ...lease, owner: 'c', now: sampleTime + 1001, expect: leaseExpectation({}, 3) })).toBe(4)
    })

    test('are not to be had by whoever has not seen the last one', async () => {
      await add(sampleConnection())
      await tested.store.acquireLease(lease)
      await tested.store.releaseLease('org_acme', 'conn_1', 'a')
      expect(await tested.store.acquireLease({ ...lease, owner: 'b' })).toBeUndefined()
      expect(await tested.store.acquireLease({ ...lease, owner: 'b', expect: leaseExpectation({}, 2) })).toBe(3)
    })

    test('are given a higher generation than the token that is stored', async () => {
      const connection = sampleConnection({ tokenGeneration: 7 })
      await add(connection)
      expect(await tested.store.acquireLease({ ...lease, expect: leaseExpectation(connection) })).toBe(8)
    })

    // RF-14
    test('are freed with their intent by whoever holds them, and by nobody else', async () => {
      const connection = sampleConnection()
      await add(connection)
      await tested.store.acquireLease(lease)
      await tested.store.releaseLease('org_acme', 'conn_1', 'b')
      expect(await tested.store.findSchedule('org_acme', 'conn_1')).toMatchObject({ leaseOwner: 'a', intentAt: sampleTime })
      await tested.store.releaseLease('org_acme', 'conn_1', 'a')
      expect(await tested.store.findSchedule('org_acme', 'conn_1')).toEqual({ ...sampleSchedule(connection), intentGeneration: 2 })
    })

    test.each([
      ['its owner', { endLease: { owner: 'a' } }, undefined],
      ['somebody else', { endLease: { owner: 'b' } }, 'a'],
      ['whoever knows that it is over', { endLease: 'any' }, undefined],
      ['nobody', {}, 'a'],
    ] as const)('that a change ends as %s go or stay, whatever it writes to the schedule', async (_, ends, owner) => {
      const connection = sampleConnection()
      await add(connection)
      await tested.store.acquireLease(lease)
      const schedule = { refreshAt: sampleTime + 9 }
      expect(await tested.store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, connection, schedule, ...ends }, [])).toBe(true)
      const after = await tested.store.findSchedule('org_acme', 'conn_1')
      expect([after?.leaseOwner, after?.refreshAt]).toEqual([owner, sampleTime + 9])
    })

    test('are handed over for good by a change, until one ends that', async () => {
      const connection = sampleConnection()
      await add(connection)
      const change = { tenantId: 'org_acme', connectionId: 'conn_1' } as const
      expect(await tested.store.commit({ ...change, expect: connection, connection, handOver: true }, [])).toBe(true)
      const present = await tested.store.findConnection('org_acme', 'conn_1')
      if (!present) throw new Error('It is gone.')
      expect(isHandedOver(await tested.store.findSchedule('org_acme', 'conn_1'))).toBe(true)
      expect(await tested.store.acquireLease({ ...lease, now: sampleTime + 1e12, until: sampleTime + 2e12 })).toBeUndefined()
      expect(await tested.store.commit({ ...change, expect: present, handOver: true }, [])).toBe(true)
      expect(await tested.store.commit({ ...change, expect: present, endLease: 'any' }, [])).toBe(true)
      expect(await tested.store.acquireLease(lease)).toBe(2)
    })

    test('are not handed over while a request may still bring a token, be it that its lease is over', async () => {
      const connection = sampleConnection()
      await add(connection)
      await tested.store.acquireLease({ ...lease, now: 1, until: 2 })
      const change = { tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, connection, schedule: { refreshAt: 9 }, handOver: true } as const
      expect(await tested.store.commit(change, [])).toBe(false)
      expect(await tested.store.findSchedule('org_acme', 'conn_1')).toMatchObject({ leaseOwner: 'a', intentAt: 1 })
      expect((await tested.store.findSchedule('org_acme', 'conn_1'))?.refreshAt).not.toBe(9)
      await tested.store.releaseLease('org_acme', 'conn_1', 'a')
      expect(await tested.store.commit(change, [])).toBe(true)
    })

    test('and a hand-over at the same moment never both land', async () => {
      for (let round = 0; round < 20; round += 1) {
        const connection = sampleConnection({ id: `conn ${round}` })
        await add(connection)
        const place = { tenantId: 'org_acme', connectionId: connection.id }
        const [generation, landed] = await Promise.all([
          tested.store.acquireLease({ ...lease, ...place }),
          tested.store.commit({ ...place, expect: connection, connection, handOver: true }, []),
        ])
        expect([generation !== undefined, landed].filter(Boolean)).toHaveLength(1)
      }
    })

    test('are not to be had without a schedule row or for another tenant', async () => {
      await add(sampleConnection())
      expect(await tested.store.acquireLease({ ...lease, connectionId: 'conn_2' })).toBeUndefined()
      expect(await tested.store.acquireLease({ ...lease, tenantId: 'org_other' })).toBeUndefined()
    })

    test.each([{ tokenGeneration: 2 }, { grantGeneration: 2 }, { status: 'needs_reauth' }, { status: 'revoked' }] as const)(
      'are not to be had for a connection that has become %o since it was read',
      async (change) => {
        await add(sampleConnection(change), { refreshAt: sampleTime })
        expect(await tested.store.acquireLease(lease)).toBeUndefined()
        expect(await tested.store.findSchedule('org_acme', 'conn_1')).not.toHaveProperty('intentAt')
      },
    )

    test('and the commit that ends them keep to an order: no lease is given for a token that is just being replaced', async () => {
      let present = sampleConnection()
      await add(present)
      for (let round = 0; round < 20; round += 1) {
        const next = { ...present, tokenGeneration: present.tokenGeneration + 1 }
        const schedule = await tested.store.findSchedule('org_acme', 'conn_1')
        const [landed, generation] = await Promise.all([
          tested.store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: present, connection: next, endLease: 'any' }, []),
          tested.store.acquireLease({ ...lease, owner: String(round), expect: leaseExpectation(present, schedule?.intentGeneration) }),
        ])
        const after = await tested.store.findConnection('org_acme', 'conn_1')
        expect([landed, after?.tokenGeneration]).toEqual([true, next.tokenGeneration])
        const { leaseOwner } = (await tested.store.findSchedule('org_acme', 'conn_1')) ?? {}
        // Whoever got one before the commit lost it by the commit; after it there was none to be had.
        expect([generation === undefined || generation > present.tokenGeneration, leaseOwner]).toEqual([true, undefined])
        if (!after) throw new Error('The connection is gone.')
        present = after
      }
    })
  })
}
