import { describe, expect, test } from 'vitest'
import { sampleChange, sampleConnection, sampleSecret, sampleTime } from '../sampleRecords.ts'
import type { CredentialLookup } from '../store.ts'
import { answering, lookup, type TestedStore } from './testedStore.ts'

export function describeReadingCredentials(tested: TestedStore): void {
  const { add } = tested

  describe('findCredential', () => {
    const find = async (changes: Partial<CredentialLookup> = {}): Promise<string | undefined> =>
      (await tested.store.findCredential({ ...lookup, ...changes }))?.connection.id

    test('gives the connection, its sealed credential and when to refresh it', async () => {
      const connection = sampleConnection()
      await add(connection, { refreshAt: sampleTime + 1 })
      expect(await tested.store.findCredential(lookup)).toEqual({ connection: answering(connection), sealed: sampleSecret(connection).sealed, refreshAt: sampleTime + 1 })
    })

    test('knows when to refresh after a change of the schedule alone', async () => {
      const connection = sampleConnection()
      await add(connection, { refreshAt: sampleTime })
      const change = { tenantId: 'org_acme', connectionId: 'conn_1', expect: connection } as const
      await tested.store.commit({ ...change, schedule: { refreshAt: sampleTime + 5 } }, [])
      expect((await tested.store.findCredential(lookup))?.refreshAt).toBe(sampleTime + 5)
      await tested.store.commit({ ...change, expect: { grantGeneration: 1 }, schedule: 'remove' }, [])
      expect(await tested.store.findCredential(lookup)).not.toHaveProperty('refreshAt')
    })

    test('gives the connection alone once its secret is gone', async () => {
      const connection = sampleConnection()
      await tested.store.commit(sampleChange(connection, { secrets: [] }), [])
      expect(await tested.store.findCredential(lookup)).toEqual({ connection: answering(connection) })
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
}
