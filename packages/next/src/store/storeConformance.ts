// What every database must do, whichever it is.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  sampleChange,
  sampleConnection,
  sampleEvent,
  sampleRevocation,
  sampleSchedule,
  sampleSecret,
  sampleSession,
  sampleTenantKey,
  sampleTime,
  sampleWebhook,
  sampleWebhookEndpoint,
} from './sampleRecords.ts'
import { isHandedOver } from './handOver.ts'
import type { AnsweringConnection, ConnectionRecord, CredentialLookup, EventRecord, Lease, ScheduleRecord, Store } from './store.ts'
import { shardCount } from './store.ts'

const lookup: CredentialLookup = { tenantId: 'org_acme', provider: 'livechat', ownerId: 'user_1' }

/** What the hot read gives of a connection. */
function answering(connection: ConnectionRecord): AnsweringConnection {
  const { ownerId, attachment, account, isDefault, missingScopes, healthState, healthCheckedAt, connectedAt, revision, ...answers } = connection
  return answers
}

/**
 * Runs the conformance suite.
 *
 * @param makeStore makes a store over an empty database of its own, not yet opened
 */
/** What a lease expects of a connection as it was read, and the last lease that was seen. */
function leaseExpectation({ grantGeneration = 1, tokenGeneration = 1 }: Partial<ConnectionRecord> = {}, intentGeneration?: number): Lease['expect'] {
  return { grantGeneration, tokenGeneration, intentGeneration }
}

export function describeStore(name: string, makeStore: () => Store | Promise<Store>): void {
  describe(`${name} as a store`, () => {
    let store: Store

    beforeEach(async () => {
      store = await makeStore()
      await store.open()
    })
    afterEach(() => store.close())

    const add = async (connection: ConnectionRecord, schedule: Partial<ScheduleRecord> = {}): Promise<void> => {
      const change = sampleChange(connection, { schedule: sampleSchedule(connection, schedule) })
      expect(await store.commit(change, [])).toBe(true)
    }

    /** Every event, in the order in which they were committed. */
    const listEvents = async (): Promise<EventRecord[]> => (await store.listEvents({ limit: 100 })).map(({ event }) => event).toReversed()

    describe('findCredential', () => {
      const find = async (changes: Partial<CredentialLookup> = {}): Promise<string | undefined> =>
        (await store.findCredential({ ...lookup, ...changes }))?.connection.id

      test('gives the connection, its sealed credential and when to refresh it', async () => {
        const connection = sampleConnection()
        await add(connection, { refreshAt: sampleTime + 1 })
        expect(await store.findCredential(lookup)).toEqual({ connection: answering(connection), sealed: sampleSecret(connection).sealed, refreshAt: sampleTime + 1 })
      })

      test('knows when to refresh after a change of the schedule alone', async () => {
        const connection = sampleConnection()
        await add(connection, { refreshAt: sampleTime })
        const change = { tenantId: 'org_acme', connectionId: 'conn_1', expect: connection } as const
        await store.commit({ ...change, schedule: { refreshAt: sampleTime + 5 } }, [])
        expect((await store.findCredential(lookup))?.refreshAt).toBe(sampleTime + 5)
        await store.commit({ ...change, expect: { grantGeneration: 1 }, schedule: 'remove' }, [])
        expect(await store.findCredential(lookup)).not.toHaveProperty('refreshAt')
      })

      test('gives the connection alone once its secret is gone', async () => {
        const connection = sampleConnection()
        await store.commit(sampleChange(connection, { secrets: [] }), [])
        expect(await store.findCredential(lookup)).toEqual({ connection: answering(connection) })
      })

      test.each([{ tenantId: 'org_other' }, { ownerId: 'user_2' }, { ownerId: '' }, { provider: 'crisp' }])('finds nothing for another %o', async (other) => {
        await add(sampleConnection())
        expect(await find(other)).toBeUndefined()
        expect(await find({ ...other, connectionId: 'conn_1' })).toBeUndefined()
      })

      test('prefers the default one to newer ones', async () => {
        await add(sampleConnection({ id: 'default', isDefault: true, status: 'needs_reauth' }))
        await add(sampleConnection({ id: 'newer', connectedAt: sampleTime + 1 }))
        expect(await find()).toBe('default')
      })

      test('takes the newest active one where none is the default', async () => {
        await add(sampleConnection({ id: 'old' }))
        await add(sampleConnection({ id: 'new', connectedAt: sampleTime + 1 }))
        await add(sampleConnection({ id: 'newest but dead', connectedAt: sampleTime + 2, status: 'needs_reauth' }))
        expect(await find()).toBe('new')
      })

      test('takes the newest one that is not revoked where none is active', async () => {
        await add(sampleConnection({ id: 'old', status: 'failed' }))
        await add(sampleConnection({ id: 'new', status: 'needs_reauth', connectedAt: sampleTime + 1 }))
        await add(sampleConnection({ id: 'gone', status: 'revoked', connectedAt: sampleTime + 2, isDefault: true }))
        expect(await find()).toBe('new')
      })

      test('decides between equally new ones by id, the same in every process', async () => {
        await add(sampleConnection({ id: 'b' }))
        await add(sampleConnection({ id: 'c' }))
        await add(sampleConnection({ id: 'a' }))
        expect(await find()).toBe('c')
      })

      test('gives the one that is named, revoked or not', async () => {
        await add(sampleConnection({ id: 'default', isDefault: true }))
        await add(sampleConnection({ id: 'named', status: 'revoked' }))
        expect(await find({ connectionId: 'named' })).toBe('named')
      })

      test('gives a webhook secret only when asked for one', async () => {
        await add(sampleConnection({ id: 'hook', credentialType: 'webhook_secret', isDefault: true }))
        expect(await find()).toBeUndefined()
        expect(await find({ connectionId: 'hook' })).toBeUndefined()
        expect(await find({ credentialType: 'webhook_secret' })).toBe('hook')
      })

      test('keeps to the kind and the credential type that are asked for', async () => {
        await add(sampleConnection({ id: 'default', isDefault: true }))
        await add(sampleConnection({ id: 'installation', kind: 'installation' }))
        await add(sampleConnection({ id: 'key', credentialType: 'api_key' }))
        expect(await find({ kind: 'installation' })).toBe('installation')
        expect(await find({ credentialType: 'api_key' })).toBe('key')
        expect(await find({ kind: 'installation', credentialType: 'api_key' })).toBeUndefined()
      })
    })

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
        expect(await store.findConnection('org_acme', 'conn_1')).toEqual(connection)
        expect((await store.findCredential(lookup))?.connection).toEqual(answering(connection))
      })

      test('are listed newest first without the revoked ones', async () => {
        await add(sampleConnection({ id: 'old' }))
        await add(sampleConnection({ id: 'revoked', status: 'revoked' }))
        await add(sampleConnection({ id: 'new', ownerId: 'user_2', connectedAt: sampleTime + 1 }))
        expect((await store.listConnections({ tenantId: 'org_acme' })).map(({ id }) => id)).toEqual(['new', 'old'])
      })

      test('are listed without webhook secrets unless those are asked for', async () => {
        await add(sampleConnection({ id: 'account' }))
        await add(sampleConnection({ id: 'hook', credentialType: 'webhook_secret' }))
        expect((await store.listConnections({ tenantId: 'org_acme' })).map(({ id }) => id)).toEqual(['account'])
        expect((await store.listConnections({ tenantId: 'org_acme', credentialType: 'webhook_secret' })).map(({ id }) => id)).toEqual(['hook'])
      })

      test('are listed by their account for every tenant, without revoked ones', async () => {
        const account = { id: 'the same' }
        await add(sampleConnection({ id: 'ours', account }))
        await add(sampleConnection({ id: 'theirs', tenantId: 'org_other', account }))
        await add(sampleConnection({ id: 'lapsed', ownerId: 'user_2', account, status: 'needs_reauth' }))
        await add(sampleConnection({ id: 'dead', ownerId: 'user_3', account, status: 'revoked' }))
        await add(sampleConnection({ id: 'elsewhere', provider: 'crisp', account }))
        await add(sampleConnection({ id: 'other account' }))
        expect((await store.listConnectionsOfAccount('livechat', 'the same')).map(({ id }) => id).toSorted()).toEqual(['lapsed', 'ours', 'theirs'])
      })

      test('are listed by their provider for every tenant or one, page by page, without revoked ones and webhook secrets', async () => {
        const [one, other] = [{ id: 'one' }, { id: 'other' }]
        await add(sampleConnection({ id: 'b', account: other }))
        await add(sampleConnection({ id: 'a', tenantId: 'org_other', account: other }))
        await add(sampleConnection({ id: 'c', account: one, status: 'failed' }))
        await add(sampleConnection({ id: 'dead', status: 'revoked' }))
        await add(sampleConnection({ id: 'hook', credentialType: 'webhook_secret' }))
        await add(sampleConnection({ id: 'elsewhere', provider: 'crisp' }))
        const first = await store.listConnectionsOfProvider({ provider: 'livechat', limit: 2 })
        const second = await store.listConnectionsOfProvider({ provider: 'livechat', limit: 2, ...(first[1] && { after: first[1] }) })
        expect([first, second].map((page) => page.map(({ id }) => id))).toEqual([['c', 'b'], ['a']])
        expect((await store.listConnectionsOfProvider({ provider: 'livechat', tenantId: 'org_other', limit: 9 })).map(({ id }) => id)).toEqual(['a'])
      })

      test('are listed for some owners, of one provider, never of another tenant', async () => {
        await add(sampleConnection({ id: 'mine' }))
        await add(sampleConnection({ id: 'ours', ownerId: '', attachment: 'tenant', connectedAt: sampleTime + 1 }))
        await add(sampleConnection({ id: 'theirs', ownerId: 'user_2' }))
        await add(sampleConnection({ id: 'other provider', provider: 'crisp' }))
        await add(sampleConnection({ id: 'mine', tenantId: 'org_other' }))
        const ids = async (filter: { ownerIds?: string[]; provider?: string }) =>
          (await store.listConnections({ tenantId: 'org_acme', ...filter })).map(({ id }) => id)
        expect(await ids({ ownerIds: ['user_1', ''], provider: 'livechat' })).toEqual(['ours', 'mine'])
        expect(await ids({ ownerIds: [] })).toEqual([])
      })

      test('are found by account even when they are revoked', async () => {
        const connection = sampleConnection({ status: 'revoked', account: { id: 'acct' } })
        await add(connection)
        const key = { tenantId: 'org_acme', provider: 'livechat', ownerId: 'user_1', kind: 'user', credentialType: 'oauth_token', accountId: 'acct' } as const
        expect(await store.findConnectionByAccount(key)).toEqual(connection)
        expect(await store.findConnectionByAccount({ ...key, accountId: 'other' })).toBeUndefined()
        expect(await store.findConnectionByAccount({ ...key, tenantId: 'org_other' })).toBeUndefined()
      })

      test('of two tenants may have the same id and stay apart', async () => {
        const ours = sampleConnection({ account: { id: 'ours' } })
        const theirs = sampleConnection({ account: { id: 'theirs' }, tenantId: 'org_other' })
        await add(ours)
        await add(theirs)
        expect(await store.findConnection('org_acme', 'conn_1')).toEqual(ours)
        expect(await store.findConnection('org_other', 'conn_1')).toEqual(theirs)
        expect(await store.findSecret('org_third', 'conn_1', 'credential')).toBeUndefined()
      })
    })

    describe('commit', () => {
      const connection = sampleConnection()
      const renewed = sampleConnection({ tokenGeneration: 2, updatedAt: sampleTime + 1, revision: 2 })
      const event = sampleEvent(connection)

      /** Everything that a change of `connection` could have touched. */
      const snapshot = async () => [
        await store.findConnection('org_acme', 'conn_1'),
        await store.findSecret('org_acme', 'conn_1', 'credential'),
        await store.findSecret('org_acme', 'conn_1', 'refresh_token'),
        await store.findSchedule('org_acme', 'conn_1'),
        await store.findSession('session_1'),
        await store.listDueRevocations(Number.MAX_SAFE_INTEGER, 10),
        await listEvents(),
      ]

      test('lands a connection with its secrets, schedule, revocations, session and events', async () => {
        await store.insertSession(sampleSession({ status: 'redeeming' }))
        const secrets = [sampleSecret(connection), sampleSecret(connection, { field: 'refresh_token', sealed: Uint8Array.of(1, 2, 3) })]
        const schedule = sampleSchedule(connection, { refreshAt: sampleTime })
        const revocation = sampleRevocation(connection)
        const outcome = { status: 'complete', resultConnectionId: 'conn_1', reconnected: false } as const
        const change = sampleChange(connection, { secrets, schedule, revocations: [revocation], session: { id: 'session_1', outcome } })
        expect(await store.commit(change, [event])).toBe(true)
        expect(await snapshot()).toEqual([connection, ...secrets, schedule, sampleSession(outcome), [revocation], [event]])
      })

      test('keeps secrets and schedule that the change does not name', async () => {
        const refreshToken = sampleSecret(connection, { field: 'refresh_token' })
        const schedule = sampleSchedule(connection, { refreshAt: sampleTime })
        await store.commit(sampleChange(connection, { secrets: [sampleSecret(connection), refreshToken], schedule }), [])
        const credential = sampleSecret(renewed, { sealed: Uint8Array.of(2) })
        await store.commit(sampleChange(renewed, { expect: connection, secrets: [credential] }), [])
        expect(await store.findSecret('org_acme', 'conn_1', 'credential')).toEqual(credential)
        expect(await store.findSecret('org_acme', 'conn_1', 'refresh_token')).toEqual(refreshToken)
        expect(await store.findSchedule('org_acme', 'conn_1')).toEqual(schedule)
        expect(await store.findRefreshable('org_acme', 'conn_1')).toEqual({ connection: renewed, schedule, refreshToken })
      })

      test('removes the secrets and the schedule that it is told to', async () => {
        await add(connection, { refreshAt: sampleTime })
        const { tenantId, id: connectionId } = connection
        await store.commit({ tenantId, connectionId, expect: connection, removeSecrets: ['credential', 'refresh_token'], schedule: 'remove' }, [])
        expect(await store.findSecret(tenantId, connectionId, 'credential')).toBeUndefined()
        expect(await store.findSchedule(tenantId, connectionId)).toBeUndefined()
        expect(Object.keys((await store.findRefreshable(tenantId, connectionId)) ?? {})).toEqual(['connection'])
        expect(await store.findRefreshable(tenantId, 'conn_2')).toBeUndefined()
      })

      test('clears optional members that the new row leaves out', async () => {
        await add(sampleConnection({ statusReason: 'grant_revoked', expiresAt: sampleTime, healthCheckedAt: sampleTime }))
        await store.commit(sampleChange(renewed, { expect: connection }), [])
        expect(await store.findConnection('org_acme', 'conn_1')).toEqual(renewed)
      })

      test('compares the grant alone where no token generation is expected', async () => {
        await add(sampleConnection({ tokenGeneration: 7 }))
        expect(await store.commit(sampleChange(renewed, { expect: { grantGeneration: 1 } }), [])).toBe(true)
      })

      test.each([
        ['a connection is there already', { expect: 'absent' }],
        ['the grant is another one', { expect: { grantGeneration: 2 } }],
        ['the token is another one', { expect: { grantGeneration: 1, tokenGeneration: 2 } }],
        ['the connection is gone', { connectionId: 'conn_gone', expect: { grantGeneration: 1 } }],
        ['the session is not being redeemed', { expect: connection, session: { id: 'session_1', outcome: { status: 'complete' } } }],
        ['the session is unknown', { expect: connection, session: { id: 'session_gone', outcome: { status: 'complete' } } }],
      ] as const)('writes nothing at all when %s', async (_, broken) => {
        await store.insertSession(sampleSession())
        await add(connection)
        const before = await snapshot()
        const secrets = [sampleSecret(renewed, { sealed: Uint8Array.of(9) })]
        const everything = { secrets, schedule: 'remove', revocations: [sampleRevocation(renewed)] } as const
        expect(await store.commit(sampleChange(renewed, { ...everything, ...broken }), [event])).toBe(false)
        expect(await snapshot()).toEqual(before)
      })

      test("does not end another tenant's session", async () => {
        await store.insertSession(sampleSession({ tenantId: 'org_other', status: 'redeeming' }))
        expect(await store.commit(sampleChange(connection, { session: { id: 'session_1', outcome: { status: 'complete' } } }), [event])).toBe(false)
        expect((await store.findSession('session_1'))?.status).toBe('redeeming')
      })

      test.each([
        ['another row has the account', { account: { id: 'account of conn_1' } }],
        ['another row is the default', { isDefault: true }],
      ])('writes nothing at all when %s', async (_, taken) => {
        await store.insertSession(sampleSession({ status: 'redeeming' }))
        await add(sampleConnection({ isDefault: true }))
        const session = { id: 'session_1', outcome: { status: 'complete' } } as const
        expect(await store.commit(sampleChange(sampleConnection({ id: 'conn_2', ...taken }), { session }), [event])).toBe(false)
        expect(await store.findConnection('org_acme', 'conn_2')).toBeUndefined()
        expect((await store.findSession('session_1'))?.status).toBe('redeeming')
        expect(await listEvents()).toEqual([])
      })

      test('refuses secrets of a connection that is not there, and writes nothing before or after', async () => {
        const { tenantId, id: connectionId } = connection
        const orphan = { tenantId, connectionId, expect: 'absent', secrets: [sampleSecret(connection)] } as const
        await store.insertSession(sampleSession({ status: 'redeeming' }))
        await expect(store.commit({ ...orphan, session: { id: 'session_1', outcome: { status: 'complete' } } }, [event])).rejects.toMatchObject({
          code: 'internal_error',
          message: 'A change writes a secret or a schedule without the connection that they belong to.',
        })
        expect((await store.findSession('session_1'))?.status).toBe('redeeming')
        expect(await store.commit(sampleChange(connection), [])).toBe(true)
      })

      test('lets one of two first connects of the same account win', async () => {
        const both = ['conn_1', 'conn_2'].map((id) => store.commit(sampleChange(sampleConnection({ id, account: { id: 'same' } })), []))
        expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1)
      })

      test('lets one of two refreshes of the same token win', async () => {
        await add(connection)
        const both = [1, 2].map(() => store.commit(sampleChange(renewed, { expect: connection }), []))
        expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1)
      })

      test.each([{ ownerId: 'user_2' }, { tenantId: 'org_other' }, { provider: 'crisp' }, { kind: 'installation' }, { credentialType: 'api_key' }] as const)(
        'allows the same account and a default of their own for another %o',
        async (other) => {
          await add(sampleConnection({ isDefault: true, account: { id: 'same' } }))
          const another = sampleConnection({ id: 'conn_2', isDefault: true, account: { id: 'same' }, ...other })
          expect(await store.commit(sampleChange(another), [])).toBe(true)
        },
      )

      test('lets a new default follow a revoked one', async () => {
        await add(sampleConnection({ isDefault: true, status: 'revoked' }))
        await add(sampleConnection({ id: 'conn_2', isDefault: true }))
        expect(await store.commit(sampleChange(sampleConnection({ isDefault: true }), { expect: connection }), [])).toBe(false)
      })
    })

    describe('leases', () => {
      const lease = { tenantId: 'org_acme', connectionId: 'conn_1', owner: 'a', now: sampleTime, until: sampleTime + 1000, expect: leaseExpectation() }

      test('go to one of ten callers, with the intent noted', async () => {
        await add(sampleConnection())
        const taken = await Promise.all(Array.from({ length: 10 }, (_, index) => store.acquireLease({ ...lease, owner: `caller ${index}` })))
        expect(taken.filter((generation) => generation !== undefined)).toEqual([2])
        expect(await store.findSchedule('org_acme', 'conn_1')).toMatchObject({ intentAt: sampleTime, intentGeneration: 2, leaseUntil: sampleTime + 1000 })
      })

      // RF-12
      test('are free again once they are over, and each is given a higher generation than any before it', async () => {
        await add(sampleConnection())
        await store.acquireLease(lease)
        const next = { ...lease, owner: 'b', expect: leaseExpectation({}, 2) }
        expect(await store.acquireLease({ ...next, now: sampleTime + 999 })).toBeUndefined()
        expect(await store.acquireLease({ ...next, now: sampleTime + 1000, until: sampleTime + 2000 })).toBe(3)
        await store.releaseLease('org_acme', 'conn_1', 'b')
        expect(await store.acquireLease({ ...lease, owner: 'c', now: sampleTime + 1001, expect: leaseExpectation({}, 3) })).toBe(4)
      })

      test('are not to be had by whoever has not seen the last one', async () => {
        await add(sampleConnection())
        await store.acquireLease(lease)
        await store.releaseLease('org_acme', 'conn_1', 'a')
        expect(await store.acquireLease({ ...lease, owner: 'b' })).toBeUndefined()
        expect(await store.acquireLease({ ...lease, owner: 'b', expect: leaseExpectation({}, 2) })).toBe(3)
      })

      test('are given a higher generation than the token that is stored', async () => {
        const connection = sampleConnection({ tokenGeneration: 7 })
        await add(connection)
        expect(await store.acquireLease({ ...lease, expect: leaseExpectation(connection) })).toBe(8)
      })

      // RF-14
      test('are freed with their intent by whoever holds them, and by nobody else', async () => {
        const connection = sampleConnection()
        await add(connection)
        await store.acquireLease(lease)
        await store.releaseLease('org_acme', 'conn_1', 'b')
        expect(await store.findSchedule('org_acme', 'conn_1')).toMatchObject({ leaseOwner: 'a', intentAt: sampleTime })
        await store.releaseLease('org_acme', 'conn_1', 'a')
        expect(await store.findSchedule('org_acme', 'conn_1')).toEqual({ ...sampleSchedule(connection), intentGeneration: 2 })
      })

      test.each([
        ['its owner', { endLease: { owner: 'a' } }, undefined],
        ['somebody else', { endLease: { owner: 'b' } }, 'a'],
        ['whoever knows that it is over', { endLease: 'any' }, undefined],
        ['nobody', {}, 'a'],
      ] as const)('that a change ends as %s go or stay, whatever it writes to the schedule', async (_, ends, owner) => {
        const connection = sampleConnection()
        await add(connection)
        await store.acquireLease(lease)
        const schedule = { refreshAt: sampleTime + 9 }
        expect(await store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, connection, schedule, ...ends }, [])).toBe(true)
        const after = await store.findSchedule('org_acme', 'conn_1')
        expect([after?.leaseOwner, after?.refreshAt]).toEqual([owner, sampleTime + 9])
      })

      test('are handed over for good by a change, until one ends that', async () => {
        const connection = sampleConnection()
        await add(connection)
        const change = { tenantId: 'org_acme', connectionId: 'conn_1' } as const
        expect(await store.commit({ ...change, expect: connection, connection, handOver: true }, [])).toBe(true)
        const present = await store.findConnection('org_acme', 'conn_1')
        if (!present) throw new Error('It is gone.')
        expect(isHandedOver(await store.findSchedule('org_acme', 'conn_1'))).toBe(true)
        expect(await store.acquireLease({ ...lease, now: sampleTime + 1e12, until: sampleTime + 2e12 })).toBeUndefined()
        expect(await store.commit({ ...change, expect: present, handOver: true }, [])).toBe(true)
        expect(await store.commit({ ...change, expect: present, endLease: 'any' }, [])).toBe(true)
        expect(await store.acquireLease(lease)).toBe(2)
      })

      test('are not handed over while a request may still bring a token, be it that its lease is over', async () => {
        const connection = sampleConnection()
        await add(connection)
        await store.acquireLease({ ...lease, now: 1, until: 2 })
        const change = { tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, connection, schedule: { refreshAt: 9 }, handOver: true } as const
        expect(await store.commit(change, [])).toBe(false)
        expect(await store.findSchedule('org_acme', 'conn_1')).toMatchObject({ leaseOwner: 'a', intentAt: 1 })
        expect((await store.findSchedule('org_acme', 'conn_1'))?.refreshAt).not.toBe(9)
        await store.releaseLease('org_acme', 'conn_1', 'a')
        expect(await store.commit(change, [])).toBe(true)
      })

      test('and a hand-over at the same moment never both land', async () => {
        for (let round = 0; round < 20; round += 1) {
          const connection = sampleConnection({ id: `conn ${round}` })
          await add(connection)
          const place = { tenantId: 'org_acme', connectionId: connection.id }
          const [generation, landed] = await Promise.all([
            store.acquireLease({ ...lease, ...place }),
            store.commit({ ...place, expect: connection, connection, handOver: true }, []),
          ])
          expect([generation !== undefined, landed].filter(Boolean)).toHaveLength(1)
        }
      })

      test('are not to be had without a schedule row or for another tenant', async () => {
        await add(sampleConnection())
        expect(await store.acquireLease({ ...lease, connectionId: 'conn_2' })).toBeUndefined()
        expect(await store.acquireLease({ ...lease, tenantId: 'org_other' })).toBeUndefined()
      })

      test.each([{ tokenGeneration: 2 }, { grantGeneration: 2 }, { status: 'needs_reauth' }, { status: 'revoked' }] as const)(
        'are not to be had for a connection that has become %o since it was read',
        async (change) => {
          await add(sampleConnection(change), { refreshAt: sampleTime })
          expect(await store.acquireLease(lease)).toBeUndefined()
          expect(await store.findSchedule('org_acme', 'conn_1')).not.toHaveProperty('intentAt')
        },
      )

      test('and the commit that ends them keep to an order: no lease is given for a token that is just being replaced', async () => {
        let present = sampleConnection()
        await add(present)
        for (let round = 0; round < 20; round += 1) {
          const next = { ...present, tokenGeneration: present.tokenGeneration + 1 }
          const schedule = await store.findSchedule('org_acme', 'conn_1')
          const [landed, generation] = await Promise.all([
            store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: present, connection: next, endLease: 'any' }, []),
            store.acquireLease({ ...lease, owner: String(round), expect: leaseExpectation(present, schedule?.intentGeneration) }),
          ])
          const after = await store.findConnection('org_acme', 'conn_1')
          expect([landed, after?.tokenGeneration]).toEqual([true, next.tokenGeneration])
          const { leaseOwner } = (await store.findSchedule('org_acme', 'conn_1')) ?? {}
          // Whoever got one before the commit lost it by the commit; after it there was none to be had.
          expect([generation === undefined || generation > present.tokenGeneration, leaseOwner]).toEqual([true, undefined])
          if (!after) throw new Error('The connection is gone.')
          present = after
        }
      })
    })

    describe('schedules', () => {
      const claim = { now: sampleTime, until: sampleTime + 100, limit: 10 }
      const claimAll = async (changes: Partial<typeof claim> = {}): Promise<string[]> => {
        const rows = []
        for (let shard = 0; shard < shardCount; shard += 1) rows.push(...(await store.claimDue({ shard, ...claim, ...changes })))
        return rows.map(({ connectionId }) => connectionId).toSorted()
      }

      test('are counted with everything else that is due and in nobody\'s hands, as far as asked', async () => {
        expect(await store.countDue(sampleTime, 10)).toEqual({ connections: 0, deliveries: 0, revocations: 0, webhooks: 0 })
        for (const id of ['conn_1', 'conn_2', 'conn_3']) await add(sampleConnection({ id, account: { id } }), { refreshAt: sampleTime })
        await add(sampleConnection({ id: 'later', account: { id: 'later' } }), { refreshAt: sampleTime + 1 })
        const other = sampleConnection({ id: 'other', account: { id: 'other' } })
        await store.commit(sampleChange(other, { revocations: [sampleRevocation(other)] }), [sampleEvent(other, { sinks: ['app', 'webhook'] })])
        await store.insertWebhook(sampleWebhook())
        expect(await store.countDue(sampleTime, 10)).toEqual({ connections: 3, deliveries: 2, revocations: 1, webhooks: 1 })
        expect(await store.countDue(sampleTime, 2)).toEqual({ connections: 2, deliveries: 2, revocations: 1, webhooks: 1 })
        await claimAll()
        expect(await store.countDue(sampleTime, 10)).toMatchObject({ connections: 0 })
        expect(await store.countDue(sampleTime + 100, 10)).toMatchObject({ connections: 4 })
      })

      test('come back with every member', async () => {
        const connection = sampleConnection()
        const schedule = sampleSchedule(connection, {
          refreshAt: 1,
          checkAt: 2,
          warnAt: 3,
          refreshedAt: 4,
          failingSince: 5,
          failureCount: 6,
          failureClass: 'transient',
          grantEndsAt: 7,
          suspectedAt: 8,
          demotedAt: 9,
        })
        await add(connection, schedule)
        expect(await store.findSchedule('org_acme', 'conn_1')).toEqual(schedule)
      })

      test('keep what a change does not name, and lose what it ends', async () => {
        const connection = sampleConnection()
        await add(connection, { refreshAt: 1, checkAt: 2, failureCount: 3, failureClass: 'transient' })
        await store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, schedule: { checkAt: 5, failureClass: null } }, [])
        expect(await store.findSchedule('org_acme', 'conn_1')).toEqual(sampleSchedule(connection, { refreshAt: 1, checkAt: 5, failureCount: 3 }))
      })

      test('are claimed when the first of what they hold is due', async () => {
        await add(sampleConnection({ id: 'refresh' }), { refreshAt: sampleTime, checkAt: sampleTime + 9 })
        await add(sampleConnection({ id: 'check' }), { refreshAt: sampleTime + 9, checkAt: sampleTime })
        await add(sampleConnection({ id: 'warn' }), { warnAt: sampleTime - 1 })
        await add(sampleConnection({ id: 'not yet' }), { refreshAt: sampleTime + 1, checkAt: sampleTime + 1, warnAt: sampleTime + 1 })
        await add(sampleConnection({ id: 'never' }))
        expect(await claimAll()).toEqual(['check', 'refresh', 'warn'])
      })

      test('are claimed once, until the claim is over', async () => {
        await add(sampleConnection(), { refreshAt: sampleTime })
        expect(await claimAll()).toEqual(['conn_1'])
        expect(await claimAll({ now: sampleTime + 99 })).toEqual([])
        expect(await claimAll({ now: sampleTime + 100, until: sampleTime + 200 })).toEqual(['conn_1'])
      })

      test('go to one of ten callers each', async () => {
        for (let index = 0; index < 40; index += 1) await add(sampleConnection({ id: `conn_${index}` }), { checkAt: sampleTime })
        const claimed = (await Promise.all(Array.from({ length: 10 }, () => claimAll({ limit: 3 })))).flat()
        expect(new Set(claimed).size).toBe(claimed.length)
        expect(claimed.length).toBeGreaterThan(30)
      })

      test('are claimed longest due first, at most so many', async () => {
        // All of them in one shard: the same id in many tenants.
        for (const [tenantId, refreshAt] of [['later', 3], ['soonest', 1], ['soon', 2]] as const) await add(sampleConnection({ tenantId }), { refreshAt })
        const first = []
        for (let shard = 0; shard < shardCount; shard += 1) first.push(...(await store.claimDue({ shard, ...claim, limit: 2 })))
        expect(first.map(({ tenantId }) => tenantId).toSorted()).toEqual(['soon', 'soonest'])
      })

      test('take the note of many healthy checks at once, and no older note over a newer one', async () => {
        const [one, other] = [sampleConnection({ id: 'one' }), sampleConnection({ id: 'other', tenantId: 'org_other' })]
        await add(one, { checkAt: sampleTime, refreshAt: sampleTime + 500 })
        await add(other, { checkAt: sampleTime })
        await claimAll()
        const note = (connectionId: string, tenantId: string, checkedAt: number) => ({ connectionId, tenantId, checkedAt, nextCheckAt: checkedAt + 50 })
        await store.noteHealthyChecks([note('one', 'org_acme', sampleTime + 1), note('other', 'org_other', sampleTime + 2), note('gone', 'org_acme', sampleTime)])
        await store.noteHealthyChecks([note('one', 'org_acme', sampleTime)])
        await store.noteHealthyChecks([])
        expect([(await store.findConnection('org_acme', 'one'))?.healthCheckedAt, (await store.findConnection('org_other', 'other'))?.healthCheckedAt]).toEqual([sampleTime + 1, sampleTime + 2])
        expect(await store.findSchedule('org_acme', 'one')).toEqual(sampleSchedule(one, { refreshAt: sampleTime + 500, checkAt: sampleTime + 51 }))
        // The claim ended with the note.
        expect(await claimAll({ now: sampleTime + 60 })).toEqual(['one', 'other'])
      })

      test('that were claimed are put off, many at once: a check alone, or the whole row', async () => {
        for (const id of ['check', 'all', 'never checked']) await add(sampleConnection({ id }), { refreshAt: sampleTime, ...(id === 'never checked' ? {} : { checkAt: sampleTime }) })
        await add(sampleConnection({ id: 'bystander' }), { checkAt: sampleTime + 500 })
        await claimAll()
        const until = sampleTime + 50
        await store.postpone([
          { tenantId: 'org_acme', connectionId: 'check', part: 'check', until },
          { tenantId: 'org_acme', connectionId: 'never checked', part: 'check', until },
          { tenantId: 'org_acme', connectionId: 'all', part: 'all', until: sampleTime + 200 },
          { tenantId: 'org_other', connectionId: 'bystander', part: 'check', until },
        ])
        await store.postpone([])
        const checkAt = async (id: string) => (await store.findSchedule('org_acme', id))?.checkAt
        expect([await checkAt('check'), await checkAt('never checked'), await checkAt('all'), await checkAt('bystander')]).toEqual([until, undefined, sampleTime, sampleTime + 500])
        // What else is due of a row is due again at once; a row that was put off as a whole hides all of it.
        expect([await claimAll(), await claimAll({ now: sampleTime + 199, until: sampleTime + 300 })]).toEqual([['check'], ['check', 'never checked']])
        expect(await claimAll({ now: sampleTime + 200, until: sampleTime + 300 })).toEqual(['all'])
      })

      test('of connections that checks made unusable are put to another check', async () => {
        await add(sampleConnection({ id: 'since' }), { demotedAt: sampleTime })
        await add(sampleConnection({ id: 'before' }), { demotedAt: sampleTime - 1 })
        await add(sampleConnection({ id: 'elsewhere', provider: 'crisp' }), { demotedAt: sampleTime })
        expect(await store.recheckDemoted('livechat', sampleTime, sampleTime + 5)).toBe(1)
        expect(await claimAll({ now: sampleTime + 5 })).toEqual(['since'])
      })

      test('tell whether another connection of the provider refreshed after an instant', async () => {
        await add(sampleConnection({ id: 'other' }), { refreshedAt: sampleTime })
        expect(await store.hasRefreshedSince('livechat', sampleTime - 1, 'conn_1')).toBe(true)
        expect(await store.hasRefreshedSince('livechat', sampleTime, 'conn_1')).toBe(false)
        expect(await store.hasRefreshedSince('livechat', sampleTime - 1, 'other')).toBe(false)
        expect(await store.hasRefreshedSince('crisp', sampleTime - 1, 'conn_1')).toBe(false)
      })
    })

    describe('the state of a provider', () => {
      const state = { provider: 'livechat', recent: '', version: 1 }

      test('comes back with every member', async () => {
        const whole = { ...state, recent: '0101', openedAt: 1, probeAt: 2, blockedUntil: 3 }
        expect(await store.findProviderState('livechat')).toBeUndefined()
        expect(await store.putProviderState(whole)).toBe(true)
        expect(await store.findProviderState('livechat')).toEqual(whole)
        expect(await store.putProviderState({ ...state, version: 2 })).toBe(true)
        expect(await store.findProviderState('livechat')).toEqual({ ...state, version: 2 })
      })

      test('lands together with its events, which are about no connection, or not at all', async () => {
        const event: EventRecord = { id: 'event 1', type: 'provider.outage', tenantId: '', connectionId: '', provider: 'livechat', data: {}, occurredAt: sampleTime }
        expect(await store.putProviderState(state, [event])).toBe(true)
        expect(await store.putProviderState(state, [{ ...event, id: 'event 2' }])).toBe(false)
        expect(await listEvents()).toEqual([event])
        expect((await store.claimEvents('app', sampleTime, sampleTime + 1, 10)).map((claimed) => claimed.event.id)).toEqual(['event 1'])
      })

      test('is written by one of ten who read it together', async () => {
        for (const version of [1, 2]) {
          const written = await Promise.all(Array.from({ length: 10 }, (_, index) => store.putProviderState({ ...state, recent: String(index), version })))
          expect(written.filter(Boolean)).toHaveLength(1)
        }
      })
    })

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
        expect(await store.insertSession(session)).toBe(true)
        expect(await store.findSession('session_1')).toEqual(session)
        expect(await store.findSessionByState(session.stateHash)).toEqual(session)
      })

      test('are not found by a name or state that is not theirs', async () => {
        await store.insertSession(sampleSession())
        expect(await store.findSession('session_2')).toBeUndefined()
        expect(await store.findSessionByState(Uint8Array.of(1))).toBeUndefined()
      })

      test('are kept as they are when their id is taken', async () => {
        await store.insertSession(sampleSession())
        expect(await store.insertSession(sampleSession({ userId: 'user_2', stateHash: Uint8Array.of(1) }))).toBe(false)
        expect(await store.findSession('session_1')).toEqual(sampleSession())
      })

      test('are consumed by one of ten callers', async () => {
        await store.insertSession(sampleSession())
        const moved = await Promise.all(Array.from({ length: 10 }, () => store.moveSession('session_1', 'pending', { status: 'redeeming' })))
        expect(moved.filter(Boolean)).toHaveLength(1)
      })

      test('move only from the status that is named', async () => {
        await store.insertSession(sampleSession({ status: 'cancelled' }))
        expect(await store.moveSession('session_1', 'pending', { status: 'redeeming' })).toBe(false)
        expect((await store.findSession('session_1'))?.status).toBe('cancelled')
      })

      test('take another cookie while they are pending, and not after', async () => {
        await store.insertSession(sampleSession())
        expect(await store.rebindSession('session_1', Uint8Array.of(7))).toBe(true)
        await store.moveSession('session_1', 'pending', { status: 'redeeming' })
        expect(await store.rebindSession('session_1', Uint8Array.of(8))).toBe(false)
        expect((await store.findSession('session_1'))?.bindingHash).toEqual(Uint8Array.of(7))
      })

      test('are counted per principal since an instant', async () => {
        await store.insertSession(sampleSession({ id: 'old', createdAt: sampleTime - 1 }))
        await store.insertSession(sampleSession({ id: 'new' }))
        await store.insertSession(sampleSession({ id: 'other user', userId: 'user_2' }))
        await store.insertSession(sampleSession({ id: 'other tenant', tenantId: 'org_other' }))
        expect(await store.countSessions('org_acme', 'user_1', sampleTime)).toBe(1)
      })

      test('that ended are removed, oldest first, at most so many', async () => {
        for (const [id, expiresAt] of [['newer', 2], ['oldest', 1], ['running', 9]] as const) await store.insertSession(sampleSession({ id, expiresAt }))
        expect(await store.deleteSessions(9, 1)).toBe(1)
        expect(await store.findSession('oldest')).toBeUndefined()
        expect(await store.deleteSessions(9, 10)).toBe(1)
        expect(await store.findSession('running')).toBeDefined()
      })
    })

    describe('tenant keys', () => {
      const first = sampleTenantKey()
      const second = sampleTenantKey({ keyId: '00000000000000bb' })

      test('are found by id, and the newest without one', async () => {
        await store.insertTenantKey(first, undefined)
        await store.insertTenantKey(second, first.keyId)
        expect(await store.findTenantKey('org_acme')).toEqual(second)
        expect(await store.findTenantKey('org_acme', first.keyId)).toEqual(first)
        expect(await store.findTenantKey('org_other', first.keyId)).toBeUndefined()
      })

      test('made at the same time leave one', async () => {
        const made = await Promise.all([first, second].map((key) => store.insertTenantKey(key, undefined)))
        expect(made.filter(Boolean)).toHaveLength(1)
      })

      test('do not follow one that is no longer the newest', async () => {
        await store.insertTenantKey(first, undefined)
        await store.insertTenantKey(second, first.keyId)
        expect(await store.insertTenantKey(sampleTenantKey({ keyId: '00000000000000cc' }), first.keyId)).toBe(false)
        expect(await store.findTenantKey('org_acme')).toEqual(second)
      })

      test('count their seals without losing any', async () => {
        await store.insertTenantKey(first, undefined)
        const totals = await Promise.all(Array.from({ length: 10 }, () => store.reserveSeals('org_acme', first.keyId, 5)))
        expect(totals.toSorted((one, other) => (one ?? 0) - (other ?? 0))).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
        expect(await store.reserveSeals('org_other', first.keyId, 5)).toBeUndefined()
      })

      test('are counted per key-encryption key, each tenant once', async () => {
        await store.insertTenantKey(first, undefined)
        await store.insertTenantKey(second, first.keyId)
        await store.insertTenantKey(sampleTenantKey({ tenantId: 'org_other', kid: 'k2' }), undefined)
        expect(await store.countTenantKeys()).toEqual([
          { kid: 'k1', tenants: 1 },
          { kid: 'k2', tenants: 1 },
        ])
      })

      test('have a key check whose first value stays', async () => {
        const check = { wrapped: 'first', digest: Uint8Array.of(1) }
        await store.insertKeyCheck('k1', check)
        await store.insertKeyCheck('k1', { wrapped: 'second', digest: Uint8Array.of(2) })
        expect(await store.findKeyCheck('k1')).toEqual(check)
        expect(await store.findKeyCheck('k2')).toBeUndefined()
      })
    })

    describe('keys that are replaced', () => {
      const connection = sampleConnection()
      const old = sampleTenantKey()
      const next = sampleTenantKey({ keyId: '00000000000000bb' })
      /** As an envelope begins: a version, and the id of its key. */
      const sealedWith = (keyId: string, text = ''): Uint8Array => Buffer.concat([Buffer.of(1), Buffer.from(keyId, 'hex'), Buffer.from(text)])

      beforeEach(async () => {
        await store.insertTenantKey(old, undefined)
        await store.insertTenantKey(next, old.keyId)
      })

      test('are listed newest first', async () => {
        expect(await store.listTenantKeys('org_acme')).toEqual([next, old])
        expect(await store.listTenantKeys('org_other')).toEqual([])
      })

      test('name the tenants that have one too many, or one under another key-encryption key, in pages', async () => {
        for (const [tenantId, kid] of [['org_b', 'k1'], ['org_c', 'k0'], ['org_d', 'k2']] as const) await store.insertTenantKey(sampleTenantKey({ tenantId, kid }), undefined)
        expect(await store.listTenantsToRotate('k1', '', 10)).toEqual(['org_acme', 'org_c', 'org_d'])
        expect(await store.listTenantsToRotate('k1', '', 1)).toEqual(['org_acme'])
        expect(await store.listTenantsToRotate('k1', 'org_acme', 1)).toEqual(['org_c'])
        expect(await store.listTenantsToRotate('k2', 'org_c', 10)).toEqual([])
      })

      test('are wrapped anew by one of two at once', async () => {
        const both = ['one', 'two'].map((wrapped) => store.rewrapTenantKey(old, { kid: 'k2', wrapped }))
        expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1)
        expect(await store.findTenantKey('org_acme', old.keyId)).toMatchObject({ kid: 'k2', wrapped: expect.stringMatching(/^(one|two)$/) })
      })

      test('are found by what is sealed with them, in pages, and it is replaced unless it was changed', async () => {
        const secrets = (['credential', 'refresh_token'] as const).map((field) => sampleSecret(connection, { field, sealed: sealedWith(old.keyId, field) }))
        const revocation = sampleRevocation(connection, { sealed: sealedWith(old.keyId, 'revocation') })
        await store.commit(sampleChange(connection, { secrets, revocations: [revocation] }), [])
        await store.insertWebhook(sampleWebhook({ sealed: sealedWith(old.keyId, 'webhook') }))
        const pages = [await store.listSealed('secret', 'org_acme', old.keyId, undefined, 1)]
        pages.push(await store.listSealed('secret', 'org_acme', old.keyId, pages[0]?.[0], 1))
        const [credential, refreshToken] = pages.flat()
        const [revoked] = await store.listSealed('revocation', 'org_acme', old.keyId, undefined, 10)
        const [webhook] = await store.listSealed('webhook', 'org_acme', old.keyId, undefined, 10)
        expect([credential, refreshToken, revoked, webhook].map((record) => record?.field)).toEqual(['credential', 'refresh_token', 'refresh_token', 'webhook'])
        if (!credential || !refreshToken || !revoked || !webhook) throw new Error('Something is missing.')

        const anew = [credential, { ...refreshToken, sealed: sealedWith(old.keyId, 'stale') }, revoked, webhook].map((before) => ({ before, sealed: sealedWith(next.keyId, before.field) }))

        expect(await store.replaceSealed(next.keyId, anew)).toBe(3)
        expect((await store.findSecret('org_acme', 'conn_1', 'credential'))?.sealed).toEqual(new Uint8Array(sealedWith(next.keyId, 'credential')))
        expect((await store.findSecret('org_acme', 'conn_1', 'refresh_token'))?.sealed).toEqual(new Uint8Array(sealedWith(old.keyId, 'refresh_token')))
        expect(await store.replaceSealed('00000000000000cc', [{ before: refreshToken, sealed: sealedWith('00000000000000cc') }])).toBe(0)
      })

      test('stay while they are the newest, or something is sealed with them that can still be opened', async () => {
        expect(await store.deleteTenantKey('org_acme', next.keyId, sampleTime)).toBe(false)
        await store.insertSession(sampleSession({ sealed: sealedWith(old.keyId) }))
        expect(await store.deleteTenantKey('org_acme', old.keyId, sampleTime)).toBe(false)
        await store.commit(sampleChange(connection, { secrets: [sampleSecret(connection, { sealed: sealedWith(old.keyId) })] }), [])
        const afterIt = sampleTime + 600_000
        expect(await store.deleteTenantKey('org_acme', old.keyId, afterIt)).toBe(false)
        await store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, removeSecrets: ['credential'] }, [])
        expect(await store.deleteTenantKey('org_other', old.keyId, afterIt)).toBe(false)
        expect(await store.deleteTenantKey('org_acme', old.keyId, afterIt)).toBe(true)
        expect(await store.listTenantKeys('org_acme')).toEqual([next])
      })

      test('do not go while something is stored that they sealed, nor is it stored once they are gone', async () => {
        for (let round = 0; round < 20; round += 1) {
          const tenantId = `org_${round}`
          const raced = sampleConnection({ tenantId })
          await store.insertTenantKey({ ...old, tenantId }, undefined)
          await store.insertTenantKey({ ...next, tenantId }, old.keyId)
          const change = sampleChange(raced, { secrets: [sampleSecret(raced, { sealed: sealedWith(old.keyId) })], sealedWith: [old.keyId] })
          const outcomes = await Promise.all(round % 2 === 0 ? [store.commit(change, []), store.deleteTenantKey(tenantId, old.keyId, sampleTime)] : [store.deleteTenantKey(tenantId, old.keyId, sampleTime), store.commit(change, [])])
          expect(outcomes.filter(Boolean)).toHaveLength(1)
        }
      })
    })

    describe('reads', () => {
      const read = { tenantId: 'org_acme', connectionId: 'conn_1', day: '2026-11-22', reads: 2, lastReadAt: sampleTime }

      test('are added up by connection and day, for connections that are there', async () => {
        await add(sampleConnection())
        await Promise.all([store.addReads([read, { ...read, day: '2026-11-23' }]), store.addReads([{ ...read, connectionId: 'gone' }])])
        await store.addReads([{ ...read, reads: 3, lastReadAt: sampleTime + 1 }])
        await store.addReads([])
        expect(await store.listReads('org_acme')).toEqual([
          { ...read, day: '2026-11-23' },
          { ...read, reads: 5, lastReadAt: sampleTime + 1 },
        ])
        expect(await store.listReads('org_acme', 'conn_2')).toEqual([])
        expect(await store.deleteReads('2026-11-23')).toBe(1)
        expect(await store.listReads('org_acme', 'conn_1')).toHaveLength(1)
      })
    })

    describe('eraseTenant', () => {
      test('removes everything of a tenant and nothing of another one, and numbers no event twice', async () => {
        const mine = sampleConnection()
        const theirs = sampleConnection({ tenantId: 'org_other' })
        for (const connection of [theirs, mine]) {
          const { tenantId } = connection
          await store.insertTenantKey(sampleTenantKey({ tenantId }), undefined)
          await store.commit(sampleChange(connection, { schedule: { refreshAt: sampleTime }, revocations: [sampleRevocation(connection, { id: tenantId })] }), [sampleEvent(connection, { id: tenantId })])
          await store.addReads([{ tenantId, connectionId: 'conn_1', day: '2026-11-22', reads: 1, lastReadAt: sampleTime }])
          await store.insertSession(sampleSession({ id: tenantId, tenantId, stateHash: Buffer.from(tenantId) }))
          await store.insertWebhook(sampleWebhook({ id: tenantId, tenantId }))
          await store.insertWebhookEndpoint(sampleWebhookEndpoint({ tenantId, idHash: Buffer.from(tenantId) }))
        }
        const [last] = await store.listEvents({ limit: 1 })
        const event = sampleEvent({ ...mine, id: '' }, { id: 'erasure', type: 'tenant.erased', sinks: [] })

        const erased = await store.eraseTenant('org_acme', event)

        expect(erased).toEqual({ tenantKeys: 1, connections: 1, sessions: 1, events: 1, revocations: 1, webhooks: 1, webhookEndpoints: 1 })
        const [newest] = await store.listEvents({ limit: 1 })
        expect(newest?.event.id).toBe('erasure')
        expect(Number(newest?.cursor)).toBeGreaterThan(Number(last?.cursor))
        for (const [tenantId, isThere] of [['org_acme', false], ['org_other', true]] as const) {
          const found = [
            await store.findTenantKey(tenantId),
            await store.findConnection(tenantId, 'conn_1'),
            await store.findSecret(tenantId, 'conn_1', 'credential'),
            await store.findSchedule(tenantId, 'conn_1'),
            await store.findSession(tenantId),
            await store.findWebhookEndpoint(Buffer.from(tenantId)),
            (await store.listReads(tenantId))[0],
            (await store.listDueRevocations(sampleTime, 10)).find(({ id }) => id === tenantId),
            (await store.listDueWebhooks(sampleTime, 10)).find(({ id }) => id === tenantId),
          ]
          expect(found.map((one) => one !== undefined)).toEqual(found.map(() => isThere))
        }
      })
    })

    describe('all of a tenant', () => {
      test('is every connection of it, revoked ones and webhook secrets too, and of no other', async () => {
        const mine = [sampleConnection({ id: 'a', status: 'revoked' }), sampleConnection({ id: 'b', credentialType: 'webhook_secret' }), sampleConnection({ id: 'c' })]
        for (const connection of [...mine.toReversed(), sampleConnection({ id: 'd', tenantId: 'org_other' })]) await add(connection)
        expect((await store.listConnectionsOfTenant('org_acme')).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
        expect(await store.listConnectionsOfTenant('org_nobody')).toEqual([])
      })

      test('is every revocation of it, and one that comes again stays as it is', async () => {
        const connection = sampleConnection()
        const later = sampleRevocation(connection, { id: 'later', nextAttemptAt: sampleTime + 1 })
        await store.commit(sampleChange(connection, { revocations: [later, sampleRevocation(connection)] }), [])
        const other = sampleConnection({ tenantId: 'org_other' })
        await store.commit(sampleChange(other, { revocations: [sampleRevocation(other, { id: 'other' })] }), [])
        const again = { ...later, nextAttemptAt: sampleTime - 1 }
        expect(await store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, revocations: [again] }, [])).toBe(true)
        expect(await store.listRevocationsOfTenant('org_acme')).toEqual([sampleRevocation(connection), later])
      })

      test('is every webhook endpoint of it, and one that comes again stays as it is', async () => {
        const endpoint = sampleWebhookEndpoint()
        expect(await store.insertWebhookEndpoint(endpoint)).toBe(true)
        expect(await store.insertWebhookEndpoint({ ...endpoint, tenantId: 'org_other' })).toBe(false)
        await store.insertWebhookEndpoint(sampleWebhookEndpoint({ tenantId: 'org_other', idHash: Buffer.from('other') }))
        expect(await store.listWebhookEndpoints(endpoint.tenantId)).toEqual([endpoint])
      })
    })

    describe('events and revocations', () => {
      const connection = sampleConnection()

      const until = sampleTime + 100

      test('are claimed in the order of their commits, once until the claim is over, and never again when they are settled', async () => {
        const events = [
          sampleEvent(connection, { id: 'z' }),
          sampleEvent(connection, { id: 'a', userId: 'user_1', data: { reason: 'disconnected', attempts: 3, manual: true, scopes: ['a'] } }),
        ]
        await store.commit(sampleChange(connection), events)
        expect(await store.claimEvents('app', sampleTime - 1, until, 10)).toEqual([])
        expect(await store.claimEvents('app', sampleTime, until, 10)).toEqual(events.map((event) => ({ event, attempts: 1 })))
        expect(await store.claimEvents('app', sampleTime, until, 10)).toEqual([])
        await store.settleEvents('app', ['z'])
        await store.settleEvents('app', [])
        expect(await store.claimEvents('app', until, until + 1, 10)).toEqual([{ event: events[1], attempts: 2 }])
      })

      test('go to one of ten callers each, and at most so many', async () => {
        const events = Array.from({ length: 20 }, (_, index) => sampleEvent(connection, { id: `event ${index}` }))
        await store.commit(sampleChange(connection), events)
        const claimed = (await Promise.all(Array.from({ length: 10 }, () => store.claimEvents('app', sampleTime, until, 3)))).flat()
        expect(new Set(claimed.map(({ event }) => event.id)).size).toBe(claimed.length)
        expect(claimed.length).toBeGreaterThan(15)
      })

      test('go to each sink that they are for, apart from the other', async () => {
        await store.commit(sampleChange(connection), [sampleEvent(connection, { sinks: ['app', 'webhook'] }), sampleEvent(connection, { id: 'app only' })])
        const ids = async (sink: 'app' | 'webhook') => (await store.claimEvents(sink, sampleTime, until, 10)).map(({ event }) => event.id)
        await store.settleEvents('app', ['event of conn_1'])
        expect(await ids('webhook')).toEqual(['event of conn_1'])
        expect(await ids('app')).toEqual(['app only'])
      })

      test('are told again at the time that is named, unless they are settled', async () => {
        await store.commit(sampleChange(connection), [sampleEvent(connection)])
        await store.claimEvents('app', sampleTime, until, 10)
        await store.postponeEvent('app', 'event of conn_1', sampleTime + 5)
        expect(await store.claimEvents('app', sampleTime + 5, until, 10)).toHaveLength(1)
        await store.settleEvents('app', ['event of conn_1'])
        await store.postponeEvent('app', 'event of conn_1', sampleTime)
        expect(await store.claimEvents('app', until, until + 1, 10)).toEqual([])
      })

      test('carry the revision that their connection has after the change', async () => {
        await store.commit(sampleChange(connection), [sampleEvent(connection, { id: 'created', connectionRevision: 99 })])
        await store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, connection }, [sampleEvent(connection, { id: 'changed' })])
        await store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: { grantGeneration: 1 } }, [sampleEvent(connection, { id: 'only told' })])
        expect((await listEvents()).map(({ id, connectionRevision }) => [id, connectionRevision])).toEqual([['created', 1], ['changed', 2], ['only told', 2]])
      })

      test('are given up for one sink when nobody has tried since an instant, at most so many', async () => {
        const events = ['a', 'b', 'c', 'tried', 'young'].map((id) => sampleEvent(connection, { id, sinks: ['app', 'webhook'], occurredAt: id === 'young' ? 2 : 1 }))
        await store.commit(sampleChange(connection), events)
        await store.postponeEvent('webhook', 'tried', 2)
        expect(await store.giveUpEvents('webhook', 2, 2)).toBe(2)
        expect(await store.giveUpEvents('webhook', 2, 2)).toBe(1)
        expect((await store.claimEvents('webhook', 9, 10, 9)).map(({ event }) => event.id).toSorted()).toEqual(['tried', 'young'])
        expect(await store.claimEvents('app', 9, 10, 9)).toHaveLength(5)
      })

      test('are read page by page, newest first', async () => {
        const events = Array.from({ length: 5 }, (_, index) => sampleEvent(connection, { id: `event ${index}` }))
        await store.commit(sampleChange(connection), events)
        const first = await store.listEvents({ limit: 2 })
        const second = await store.listEvents({ limit: 2, before: first[1]?.cursor ?? '' })
        expect([...first, ...second].map(({ event }) => event.id)).toEqual(['event 4', 'event 3', 'event 2', 'event 1'])
      })

      test('are forgotten when they are old and on their way to nobody, at most so many', async () => {
        const events = ['a', 'b', 'c', 'pending', 'young'].map((id) => sampleEvent(connection, { id, occurredAt: id === 'young' ? 2 : 1 }))
        await store.commit(sampleChange(connection), events)
        await store.settleEvents('app', ['a', 'b', 'c', 'young'])
        expect(await store.deleteEvents(2, 2)).toBe(2)
        expect(await store.deleteEvents(2, 2)).toBe(1)
        expect((await listEvents()).map(({ id }) => id)).toEqual(['pending', 'young'])
      })

      test('are looked at in vain only so many times: behind many that are on their way even an old one stays', async () => {
        const events = Array.from({ length: 11 }, (_, index) => sampleEvent(connection, { id: `event ${index}`, occurredAt: 1 }))
        await store.commit(sampleChange(connection), events)
        await store.settleEvents('app', ['event 10'])
        expect([await store.deleteEvents(2, 1), await store.deleteEvents(2, 2)]).toEqual([0, 1])
      })

      test('wait for their time, are taken once, and go when they are done', async () => {
        const revocation = sampleRevocation(connection, { settings: { subdomain: 'acme' } })
        await store.commit(sampleChange(connection, { revocations: [revocation] }), [])
        expect(await store.listDueRevocations(sampleTime - 1, 10)).toEqual([])
        expect(await store.listDueRevocations(sampleTime, 10)).toEqual([revocation])
        const claims = await Promise.all([1, 2, 3].map(() => store.claimRevocation(revocation.id, 0, sampleTime + 5)))
        expect(claims.filter(Boolean)).toHaveLength(1)
        expect(await store.listDueRevocations(sampleTime, 10)).toEqual([])
        expect(await store.listDueRevocations(sampleTime + 5, 10)).toEqual([{ ...revocation, attempts: 1, nextAttemptAt: sampleTime + 5 }])
        await store.postponeRevocation(revocation.id, sampleTime + 3)
        expect(await store.listDueRevocations(sampleTime + 3, 10)).toEqual([{ ...revocation, attempts: 1, nextAttemptAt: sampleTime + 3 }])
        await store.deleteRevocation(revocation.id)
        expect(await store.listDueRevocations(Number.MAX_SAFE_INTEGER, 10)).toEqual([])
      })

      test('are counted by provider, for all tenants or one', async () => {
        const other = sampleConnection({ id: 'conn_2', tenantId: 'org_other' })
        await store.commit(sampleChange(connection, { revocations: [sampleRevocation(connection, { attempts: 2 }), sampleRevocation(connection, { id: 'fresh' })] }), [])
        await store.commit(sampleChange(other, { revocations: [sampleRevocation(other)] }), [])
        expect(await store.countRevocations('livechat')).toEqual({ waiting: 3, putOff: 1 })
        expect(await store.countRevocations('livechat', 'org_other')).toEqual({ waiting: 1, putOff: 0 })
        expect(await store.countRevocations('crisp')).toEqual({ waiting: 0, putOff: 0 })
      })
    })

    describe('webhooks', () => {
      test('have endpoints that come back by their hash with every member', async () => {
        const endpoint = sampleWebhookEndpoint({ isSigned: false })
        await store.insertWebhookEndpoint(endpoint)
        expect(await store.findWebhookEndpoint(endpoint.idHash)).toEqual(endpoint)
        expect(await store.findWebhookEndpoint(Uint8Array.of(1))).toBeUndefined()
      })

      test('have endpoints that only their tenant removes', async () => {
        const { idHash } = sampleWebhookEndpoint()
        await store.insertWebhookEndpoint(sampleWebhookEndpoint())
        expect(await store.deleteWebhookEndpoint('org_other', idHash)).toBe(false)
        expect(await store.deleteWebhookEndpoint('org_acme', idHash)).toBe(true)
        expect(await store.findWebhookEndpoint(idHash)).toBeUndefined()
      })

      test('are taken in by one of ten callers', async () => {
        const taken = await Promise.all(Array.from({ length: 10 }, () => store.insertWebhook(sampleWebhook())))
        expect(taken.filter(Boolean)).toHaveLength(1)
      })

      test('are due at their time, longest due first', async () => {
        const [late, later] = [sampleWebhook({ id: 'late' }), sampleWebhook({ id: 'later', nextAttemptAt: sampleTime + 1 })]
        await store.insertWebhook(later)
        await store.insertWebhook(late)
        expect(await store.listDueWebhooks(sampleTime - 1, 10)).toEqual([])
        expect(await store.listDueWebhooks(sampleTime + 1, 10)).toEqual([late, later])
        expect(await store.listDueWebhooks(sampleTime + 1, 1)).toEqual([late])
      })

      test('are claimed once for each attempt', async () => {
        await store.insertWebhook(sampleWebhook())
        const claims = await Promise.all([1, 2, 3].map(() => store.claimWebhook('webhook_1', 0, sampleTime + 5)))
        expect(claims.filter(Boolean)).toHaveLength(1)
        expect(await store.listDueWebhooks(sampleTime, 10)).toEqual([])
        expect(await store.listDueWebhooks(sampleTime + 5, 10)).toEqual([sampleWebhook({ attempts: 1, nextAttemptAt: sampleTime + 5 })])
      })

      test('are never due or taken in again once they are delivered', async () => {
        await store.insertWebhook(sampleWebhook())
        await store.markWebhookDelivered('webhook_1')
        expect(await store.listDueWebhooks(sampleTime, 10)).toEqual([])
        expect(await store.claimWebhook('webhook_1', 0, sampleTime)).toBe(false)
        expect(await store.insertWebhook(sampleWebhook())).toBe(false)
      })

      test('are forgotten when they are old, with the count of those that nobody took', async () => {
        for (const id of ['a', 'b']) await store.insertWebhook(sampleWebhook({ id, receivedAt: 1 }))
        await store.markWebhookDelivered('a')
        await store.insertWebhook(sampleWebhook({ id: 'young', receivedAt: 2 }))
        expect(await store.deleteWebhooks(2, 10)).toEqual({ count: 2, undelivered: 1 })
        expect(await store.insertWebhook(sampleWebhook({ id: 'a' }))).toBe(true)
        expect(await store.insertWebhook(sampleWebhook({ id: 'young' }))).toBe(false)
      })

      test('are forgotten at most so many at once', async () => {
        for (const id of ['a', 'b', 'c']) await store.insertWebhook(sampleWebhook({ id, receivedAt: 1 }))
        expect((await store.deleteWebhooks(2, 2)).count).toBe(2)
        expect((await store.deleteWebhooks(2, 2)).count).toBe(1)
      })
    })

    // What can be an id. What cannot, such as a NUL, still has to come back from where texts stand.
    describe.each([
      ['quotes', `'; DROP TABLE connection; -- " \` \\`],
      ['wildcards', '%_*?[a-z]'],
      ['256 characters', 'x'.repeat(256)],
      ['256 characters of three bytes', '\u20ac'.repeat(256)],
      ['__proto__', '__proto__'],
      ['an astral character', '\u{1f512}é\u202e'],
    ])('strings with %s', (_, hostile) => {
      test('come back as they were, in every member', async () => {
        const connection = sampleConnection({
          id: hostile,
          tenantId: hostile,
          provider: hostile,
          ownerId: hostile,
          account: { id: hostile, label: hostile },
          scopes: [hostile],
          settings: Object.fromEntries([[hostile, hostile]]),
        })
        const event = sampleEvent(connection, { id: hostile, data: Object.fromEntries([[hostile, hostile]]) })
        expect(await store.commit(sampleChange(connection), [event])).toBe(true)
        expect((await store.findCredential({ tenantId: hostile, provider: hostile, ownerId: hostile, connectionId: hostile }))?.connection).toEqual(answering(connection))
        expect(await store.listConnections({ tenantId: hostile, ownerIds: [hostile], provider: hostile })).toEqual([connection])
        expect(await listEvents()).toEqual([event])
        const session = sampleSession({ id: hostile, tenantId: hostile, userId: hostile, returnTo: hostile })
        expect(await store.insertSession(session)).toBe(true)
        expect(await store.findSession(hostile)).toEqual(session)
      })

      test('match nothing but themselves', async () => {
        await add(sampleConnection())
        expect(await store.findConnection('org_acme', hostile)).toBeUndefined()
        expect(await store.findCredential({ ...lookup, ownerId: hostile })).toBeUndefined()
        expect(await store.findCredential({ ...lookup, tenantId: hostile })).toBeUndefined()
      })
    })

    test.each([
      ['NUL', 'a\0b'],
      ['10 kB', 'x'.repeat(10_240)],
    ])('texts with %s come back as they were', async (_, hostile) => {
      const connection = sampleConnection({ scopes: [hostile], settings: Object.fromEntries([[hostile, hostile]]) })
      const event = sampleEvent(connection, { data: Object.fromEntries([[hostile, hostile]]) })
      expect(await store.commit(sampleChange(connection), [event])).toBe(true)
      expect(await store.findConnection('org_acme', 'conn_1')).toEqual(connection)
      expect(await listEvents()).toEqual([event])
    })

    test('keeps what it has when it is opened again', async () => {
      await add(sampleConnection())
      await store.open()
      expect(await store.findConnection('org_acme', 'conn_1')).toEqual(sampleConnection())
    })

    test('refuses to answer once it is closed', async () => {
      await store.close()
      await expect(store.findConnection('org_acme', 'conn_1')).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining('is not open'),
      })
    })
  })
}
