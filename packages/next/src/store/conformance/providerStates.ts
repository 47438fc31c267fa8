import { describe, expect, test } from 'vitest'
import { sampleTime } from '../sampleRecords.ts'
import type { EventRecord } from '../store.ts'
import { type TestedStore } from './testedStore.ts'

export function describeProviderStates(tested: TestedStore): void {
  const { listEvents } = tested

  describe('the state of a provider', () => {
    const state = { provider: 'livechat', recent: '', version: 1 }

    test('comes back with every member', async () => {
      const whole = { ...state, recent: '0101', openedAt: 1, probeAt: 2, blockedUntil: 3 }
      expect(await tested.store.findProviderState('livechat')).toBeUndefined()
      expect(await tested.store.putProviderState(whole)).toBe(true)
      expect(await tested.store.findProviderState('livechat')).toEqual(whole)
      expect(await tested.store.putProviderState({ ...state, version: 2 })).toBe(true)
      expect(await tested.store.findProviderState('livechat')).toEqual({ ...state, version: 2 })
    })

    test('lands together with its events, which are about no connection, or not at all', async () => {
      const event: EventRecord = { id: 'event 1', type: 'provider.outage', tenantId: '', connectionId: '', provider: 'livechat', data: {}, occurredAt: sampleTime }
      expect(await tested.store.putProviderState(state, [event])).toBe(true)
      expect(await tested.store.putProviderState(state, [{ ...event, id: 'event 2' }])).toBe(false)
      expect(await listEvents()).toEqual([event])
      expect((await tested.store.claimEvents('app', sampleTime, sampleTime + 1, 10)).map((claimed) => claimed.event.id)).toEqual(['event 1'])
    })

    test('is written by one of ten who read it together', async () => {
      for (const version of [1, 2]) {
        const written = await Promise.all(Array.from({ length: 10 }, (_, index) => tested.store.putProviderState({ ...state, recent: String(index), version })))
        expect(written.filter(Boolean)).toHaveLength(1)
      }
    })
  })
}
