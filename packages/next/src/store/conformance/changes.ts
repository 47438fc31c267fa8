import { describe, expect, test } from 'vitest'
import { sampleChange, sampleConnection, sampleEvent, sampleRevocation, sampleSchedule, sampleSecret, sampleSession, sampleTime } from '../sampleRecords.ts'
import { type TestedStore } from './testedStore.ts'

export function describeChanges(tested: TestedStore): void {
  const { add, listEvents } = tested

  describe('commit', () => {
    const connection = sampleConnection()
    const renewed = sampleConnection({ tokenGeneration: 2, updatedAt: sampleTime + 1, revision: 2 })
    const event = sampleEvent(connection)

    /** Everything that a change of `connection` could have touched. */
    const snapshot = async () => [
      await tested.store.findConnection('org_acme', 'conn_1'),
      await tested.store.findSecret('org_acme', 'conn_1', 'credential'),
      await tested.store.findSecret('org_acme', 'conn_1', 'refresh_token'),
      await tested.store.findSchedule('org_acme', 'conn_1'),
      await tested.store.findSession('session_1'),
      await tested.store.listDueRevocations(Number.MAX_SAFE_INTEGER, 10),
      await listEvents(),
    ]

    test('lands a connection with its secrets, schedule, revocations, session and events', async () => {
      await tested.store.insertSession(sampleSession({ status: 'redeeming' }))
      const secrets = [sampleSecret(connection), sampleSecret(connection, { field: 'refresh_token', sealed: Uint8Array.of(1, 2, 3) })]
      const schedule = sampleSchedule(connection, { refreshAt: sampleTime })
      const revocation = sampleRevocation(connection)
      const outcome = { status: 'complete', resultConnectionId: 'conn_1', reconnected: false } as const
      const change = sampleChange(connection, { secrets, schedule, revocations: [revocation], session: { id: 'session_1', outcome } })
      expect(await tested.store.commit(change, [event])).toBe(true)
      expect(await snapshot()).toEqual([connection, ...secrets, schedule, sampleSession(outcome), [revocation], [event]])
    })

    test('keeps secrets and schedule that the change does not name', async () => {
      const refreshToken = sampleSecret(connection, { field: 'refresh_token' })
      const schedule = sampleSchedule(connection, { refreshAt: sampleTime })
      await tested.store.commit(sampleChange(connection, { secrets: [sampleSecret(connection), refreshToken], schedule }), [])
      const credential = sampleSecret(renewed, { sealed: Uint8Array.of(2) })
      await tested.store.commit(sampleChange(renewed, { expect: connection, secrets: [credential] }), [])
      expect(await tested.store.findSecret('org_acme', 'conn_1', 'credential')).toEqual(credential)
      expect(await tested.store.findSecret('org_acme', 'conn_1', 'refresh_token')).toEqual(refreshToken)
      expect(await tested.store.findSchedule('org_acme', 'conn_1')).toEqual(schedule)
      expect(await tested.store.findRefreshable('org_acme', 'conn_1')).toEqual({ connection: renewed, schedule, refreshToken })
    })

    test('removes the secrets and the schedule that it is told to', async () => {
      await add(connection, { refreshAt: sampleTime })
      const { tenantId, id: connectionId } = connection
      await tested.store.commit({ tenantId, connectionId, expect: connection, removeSecrets: ['credential', 'refresh_token'], schedule: 'remove' }, [])
      expect(await tested.store.findSecret(tenantId, connectionId, 'credential')).toBeUndefined()
      expect(await tested.store.findSchedule(tenantId, connectionId)).toBeUndefined()
      expect(Object.keys((await tested.store.findRefreshable(tenantId, connectionId)) ?? {})).toEqual(['connection'])
      expect(await tested.store.findRefreshable(tenantId, 'conn_2')).toBeUndefined()
    })

    test('clears optional members that the new row leaves out', async () => {
      await add(sampleConnection({ statusReason: 'grant_revoked', expiresAt: sampleTime, healthCheckedAt: sampleTime }))
      await tested.store.commit(sampleChange(renewed, { expect: connection }), [])
      expect(await tested.store.findConnection('org_acme', 'conn_1')).toEqual(renewed)
    })

    test('compares the grant alone where no token generation is expected', async () => {
      await add(sampleConnection({ tokenGeneration: 7 }))
      expect(await tested.store.commit(sampleChange(renewed, { expect: { grantGeneration: 1 } }), [])).toBe(true)
    })

    test.each([
      ['a connection is there already', { expect: 'absent' }],
      ['the grant is another one', { expect: { grantGeneration: 2 } }],
      ['the token is another one', { expect: { grantGeneration: 1, tokenGeneration: 2 } }],
      ['the connection is gone', { connectionId: 'conn_gone', expect: { grantGeneration: 1 } }],
      ['the session is not being redeemed', { expect: connection, session: { id: 'session_1', outcome: { status: 'complete' } } }],
      ['the session is unknown', { expect: connection, session: { id: 'session_gone', outcome: { status: 'complete' } } }],
    ] as const)('writes nothing at all when %s', async (_, broken) => {
      await tested.store.insertSession(sampleSession())
      await add(connection)
      const before = await snapshot()
      const secrets = [sampleSecret(renewed, { sealed: Uint8Array.of(9) })]
      const everything = { secrets, schedule: 'remove', revocations: [sampleRevocation(renewed)] } as const
      expect(await tested.store.commit(sampleChange(renewed, { ...everything, ...broken }), [event])).toBe(false)
      expect(await snapshot()).toEqual(before)
    })

    test("does not end another tenant's session", async () => {
      await tested.store.insertSession(sampleSession({ tenantId: 'org_other', status: 'redeeming' }))
      expect(await tested.store.commit(sampleChange(connection, { session: { id: 'session_1', outcome: { status: 'complete' } } }), [event])).toBe(false)
      expect((await tested.store.findSession('session_1'))?.status).toBe('redeeming')
    })

    test.each([
      ['another row has the account', { account: { id: 'account of conn_1' } }],
      ['another row is the default', { isDefault: true }],
    ])('writes nothing at all when %s', async (_, taken) => {
      await tested.store.insertSession(sampleSession({ status: 'redeeming' }))
      await add(sampleConnection({ isDefault: true }))
      const session = { id: 'session_1', outcome: { status: 'complete' } } as const
      expect(await tested.store.commit(sampleChange(sampleConnection({ id: 'conn_2', ...taken }), { session }), [event])).toBe(false)
      expect(await tested.store.findConnection('org_acme', 'conn_2')).toBeUndefined()
      expect((await tested.store.findSession('session_1'))?.status).toBe('redeeming')
      expect(await listEvents()).toEqual([])
    })

    test('refuses secrets of a connection that is not there, and writes nothing before or after', async () => {
      const { tenantId, id: connectionId } = connection
      const orphan = { tenantId, connectionId, expect: 'absent', secrets: [sampleSecret(connection)] } as const
      await tested.store.insertSession(sampleSession({ status: 'redeeming' }))
      await expect(tested.store.commit({ ...orphan, session: { id: 'session_1', outcome: { status: 'complete' } } }, [event])).rejects.toMatchObject({
        code: 'internal_error',
        message: 'A change writes a secret or a schedule without the connection that they belong to.',
      })
      expect((await tested.store.findSession('session_1'))?.status).toBe('redeeming')
      expect(await tested.store.commit(sampleChange(connection), [])).toBe(true)
    })

    test('lets one of two first connects of the same account win', async () => {
      const both = ['conn_1', 'conn_2'].map((id) => tested.store.commit(sampleChange(sampleConnection({ id, account: { id: 'same' } })), []))
      expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1)
    })

    test('lets one of two refreshes of the same token win', async () => {
      await add(connection)
      const both = [1, 2].map(() => tested.store.commit(sampleChange(renewed, { expect: connection }), []))
      expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1)
    })

    test.each([{ ownerId: 'user_2' }, { tenantId: 'org_other' }, { provider: 'crisp' }, { kind: 'installation' }, { credentialType: 'api_key' }] as const)(
      'allows the same account and a default of their own for another %o',
      async (other) => {
        await add(sampleConnection({ isDefault: true, account: { id: 'same' } }))
        const another = sampleConnection({ id: 'conn_2', isDefault: true, account: { id: 'same' }, ...other })
        expect(await tested.store.commit(sampleChange(another), [])).toBe(true)
      },
    )

    test('lets a new default follow a revoked one', async () => {
      await add(sampleConnection({ isDefault: true, status: 'revoked' }))
      await add(sampleConnection({ id: 'conn_2', isDefault: true }))
      expect(await tested.store.commit(sampleChange(sampleConnection({ isDefault: true }), { expect: connection }), [])).toBe(false)
    })
  })
}
