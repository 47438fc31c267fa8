import { describe, expect, test } from 'vitest'
import { sampleSession, sampleTime } from '../sampleRecords.ts'
import { type TestedStore } from './testedStore.ts'

export function describeSessions(tested: TestedStore): void {
  describe('sessions', () => {
    test('come back with every member', async () => {
      const session = sampleSession({
        contextId: 'ctx',
        issuer: 'https://issuer.example.com',
        scopes: ['a'],
        settings: { subdomain: 'acme' },
        connectionId: 'conn_1',
        returnTo: 'https://app.example.com/done',
        mode: 'redirect',
        status: 'failed',
        errorCode: 'code_exchange_failed',
        resultConnectionId: 'conn_1',
        reconnected: true,
      })
      expect(await tested.store.insertSession(session)).toBe(true)
      expect(await tested.store.findSession('session_1')).toEqual(session)
      expect(await tested.store.findSessionByState(session.stateHash)).toEqual(session)
    })

    test('are not found by a name or state that is not theirs', async () => {
      await tested.store.insertSession(sampleSession())
      expect(await tested.store.findSession('session_2')).toBeUndefined()
      expect(await tested.store.findSessionByState(Uint8Array.of(1))).toBeUndefined()
    })

    test('are kept as they are when their id is taken', async () => {
      await tested.store.insertSession(sampleSession())
      expect(await tested.store.insertSession(sampleSession({ userId: 'user_2', stateHash: Uint8Array.of(1) }))).toBe(false)
      expect(await tested.store.findSession('session_1')).toEqual(sampleSession())
    })

    test('are consumed by one of ten callers', async () => {
      await tested.store.insertSession(sampleSession())
      const moved = await Promise.all(Array.from({ length: 10 }, () => tested.store.moveSession('session_1', 'pending', { status: 'redeeming' })))
      expect(moved.filter(Boolean)).toHaveLength(1)
    })

    test('move only from the status that is named', async () => {
      await tested.store.insertSession(sampleSession({ status: 'cancelled' }))
      expect(await tested.store.moveSession('session_1', 'pending', { status: 'redeeming' })).toBe(false)
      expect((await tested.store.findSession('session_1'))?.status).toBe('cancelled')
    })

    test('take another cookie while they are pending, and not after', async () => {
      await tested.store.insertSession(sampleSession())
      expect(await tested.store.rebindSession('session_1', Uint8Array.of(7))).toBe(true)
      await tested.store.moveSession('session_1', 'pending', { status: 'redeeming' })
      expect(await tested.store.rebindSession('session_1', Uint8Array.of(8))).toBe(false)
      expect((await tested.store.findSession('session_1'))?.bindingHash).toEqual(Uint8Array.of(7))
    })

    test('are counted per principal since an instant', async () => {
      await tested.store.insertSession(sampleSession({ id: 'old', createdAt: sampleTime - 1 }))
      await tested.store.insertSession(sampleSession({ id: 'new' }))
      await tested.store.insertSession(sampleSession({ id: 'other user', userId: 'user_2' }))
      await tested.store.insertSession(sampleSession({ id: 'other tenant', tenantId: 'org_other' }))
      expect(await tested.store.countSessions('org_acme', 'user_1', sampleTime)).toBe(1)
    })

    test('that ended are removed, oldest first, at most so many', async () => {
      for (const [id, expiresAt] of [['newer', 2], ['oldest', 1], ['running', 9]] as const) await tested.store.insertSession(sampleSession({ id, expiresAt }))
      expect(await tested.store.deleteSessions(9, 1)).toBe(1)
      expect(await tested.store.findSession('oldest')).toBeUndefined()
      expect(await tested.store.deleteSessions(9, 10)).toBe(1)
      expect(await tested.store.findSession('running')).toBeDefined()
    })
  })
}
