import { beforeEach, describe, expect, test } from 'vitest'
import { sampleChange, sampleConnection, sampleRevocation, sampleSecret, sampleSession, sampleTenantKey, sampleTime, sampleWebhook } from '../sampleRecords.ts'
import { type TestedStore } from './testedStore.ts'

export function describeTenantKeys(tested: TestedStore): void {
  describe('tenant keys', () => {
    const first = sampleTenantKey()
    const second = sampleTenantKey({ keyId: '00000000000000bb' })

    test('are found by id, and the newest without one', async () => {
      await tested.store.insertTenantKey(first, undefined)
      await tested.store.insertTenantKey(second, first.keyId)
      expect(await tested.store.findTenantKey('org_acme')).toEqual(second)
      expect(await tested.store.findTenantKey('org_acme', first.keyId)).toEqual(first)
      expect(await tested.store.findTenantKey('org_other', first.keyId)).toBeUndefined()
    })

    test('made at the same time leave one', async () => {
      const made = await Promise.all([first, second].map((key) => tested.store.insertTenantKey(key, undefined)))
      expect(made.filter(Boolean)).toHaveLength(1)
    })

    test('do not follow one that is no longer the newest', async () => {
      await tested.store.insertTenantKey(first, undefined)
      await tested.store.insertTenantKey(second, first.keyId)
      expect(await tested.store.insertTenantKey(sampleTenantKey({ keyId: '00000000000000cc' }), first.keyId)).toBe(false)
      expect(await tested.store.findTenantKey('org_acme')).toEqual(second)
    })

    test('count their seals without losing any', async () => {
      await tested.store.insertTenantKey(first, undefined)
      const totals = await Promise.all(Array.from({ length: 10 }, () => tested.store.reserveSeals('org_acme', first.keyId, 5)))
      expect(totals.toSorted((one, other) => (one ?? 0) - (other ?? 0))).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
      expect(await tested.store.reserveSeals('org_other', first.keyId, 5)).toBeUndefined()
    })

    test('are counted per key-encryption key, each tenant once', async () => {
      await tested.store.insertTenantKey(first, undefined)
      await tested.store.insertTenantKey(second, first.keyId)
      await tested.store.insertTenantKey(sampleTenantKey({ tenantId: 'org_other', kid: 'k2' }), undefined)
      expect(await tested.store.countTenantKeys()).toEqual([
        { kid: 'k1', tenants: 1 },
        { kid: 'k2', tenants: 1 },
      ])
    })

    test('have a key check whose first value stays', async () => {
      const check = { wrapped: 'first', digest: Uint8Array.of(1) }
      await tested.store.insertKeyCheck('k1', check)
      await tested.store.insertKeyCheck('k1', { wrapped: 'second', digest: Uint8Array.of(2) })
      expect(await tested.store.findKeyCheck('k1')).toEqual(check)
      expect(await tested.store.findKeyCheck('k2')).toBeUndefined()
    })
  })

  describe('keys that are replaced', () => {
    const connection = sampleConnection()
    const old = sampleTenantKey()
    const next = sampleTenantKey({ keyId: '00000000000000bb' })
    /** As an envelope begins: a version, and the id of its key. */
    const sealedWith = (keyId: string, text = ''): Uint8Array => Buffer.concat([Buffer.of(1), Buffer.from(keyId, 'hex'), Buffer.from(text)])

    beforeEach(async () => {
      await tested.store.insertTenantKey(old, undefined)
      await tested.store.insertTenantKey(next, old.keyId)
    })

    test('are listed newest first', async () => {
      expect(await tested.store.listTenantKeys('org_acme')).toEqual([next, old])
      expect(await tested.store.listTenantKeys('org_other')).toEqual([])
    })

    test('name the tenants that have one too many, or one under another key-encryption key, in pages', async () => {
      for (const [tenantId, kid] of [['org_b', 'k1'], ['org_c', 'k0'], ['org_d', 'k2']] as const) await tested.store.insertTenantKey(sampleTenantKey({ tenantId, kid }), undefined)
      expect(await tested.store.listTenantsToRotate('k1', '', 10)).toEqual(['org_acme', 'org_c', 'org_d'])
      expect(await tested.store.listTenantsToRotate('k1', '', 1)).toEqual(['org_acme'])
      expect(await tested.store.listTenantsToRotate('k1', 'org_acme', 1)).toEqual(['org_c'])
      expect(await tested.store.listTenantsToRotate('k2', 'org_c', 10)).toEqual([])
    })

    test('are wrapped anew by one of two at once', async () => {
      const both = ['one', 'two'].map((wrapped) => tested.store.rewrapTenantKey(old, { kid: 'k2', wrapped }))
      expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1)
      expect(await tested.store.findTenantKey('org_acme', old.keyId)).toMatchObject({ kid: 'k2', wrapped: expect.stringMatching(/^(one|two)$/) })
    })

    test('are found by what is sealed with them, in pages, and it is replaced unless it was changed', async () => {
      const secrets = (['credential', 'refresh_token'] as const).map((field) => sampleSecret(connection, { field, sealed: sealedWith(old.keyId, field) }))
      const revocation = sampleRevocation(connection, { sealed: sealedWith(old.keyId, 'revocation') })
      await tested.store.commit(sampleChange(connection, { secrets, revocations: [revocation] }), [])
      await tested.store.insertWebhook(sampleWebhook({ sealed: sealedWith(old.keyId, 'webhook') }))
      const pages = [await tested.store.listSealed('secret', 'org_acme', old.keyId, undefined, 1)]
      pages.push(await tested.store.listSealed('secret', 'org_acme', old.keyId, pages[0]?.[0], 1))
      const [credential, refreshToken] = pages.flat()
      const [revoked] = await tested.store.listSealed('revocation', 'org_acme', old.keyId, undefined, 10)
      const [webhook] = await tested.store.listSealed('webhook', 'org_acme', old.keyId, undefined, 10)
      expect([credential, refreshToken, revoked, webhook].map((record) => record?.field)).toEqual(['credential', 'refresh_token', 'refresh_token', 'webhook'])
      if (!credential || !refreshToken || !revoked || !webhook) throw new Error('Something is missing.')

      const anew = [credential, { ...refreshToken, sealed: sealedWith(old.keyId, 'stale') }, revoked, webhook].map((before) => ({ before, sealed: sealedWith(next.keyId, before.field) }))

      expect(await tested.store.replaceSealed(next.keyId, anew)).toBe(3)
      expect((await tested.store.findSecret('org_acme', 'conn_1', 'credential'))?.sealed).toEqual(new Uint8Array(sealedWith(next.keyId, 'credential')))
      expect((await tested.store.findSecret('org_acme', 'conn_1', 'refresh_token'))?.sealed).toEqual(new Uint8Array(sealedWith(old.keyId, 'refresh_token')))
      expect(await tested.store.replaceSealed('00000000000000cc', [{ before: refreshToken, sealed: sealedWith('00000000000000cc') }])).toBe(0)
    })

    test('stay while they are the newest, or something is sealed with them that can still be opened', async () => {
      expect(await tested.store.deleteTenantKey('org_acme', next.keyId, sampleTime)).toBe(false)
      await tested.store.insertSession(sampleSession({ sealed: sealedWith(old.keyId) }))
      expect(await tested.store.deleteTenantKey('org_acme', old.keyId, sampleTime)).toBe(false)
      await tested.store.commit(sampleChange(connection, { secrets: [sampleSecret(connection, { sealed: sealedWith(old.keyId) })] }), [])
      const afterIt = sampleTime + 600_000
      expect(await tested.store.deleteTenantKey('org_acme', old.keyId, afterIt)).toBe(false)
      await tested.store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, removeSecrets: ['credential'] }, [])
      expect(await tested.store.deleteTenantKey('org_other', old.keyId, afterIt)).toBe(false)
      expect(await tested.store.deleteTenantKey('org_acme', old.keyId, afterIt)).toBe(true)
      expect(await tested.store.listTenantKeys('org_acme')).toEqual([next])
    })

    test('do not go while something is stored that they sealed, nor is it stored once they are gone', async () => {
      for (let round = 0; round < 20; round += 1) {
        const tenantId = `org_${round}`
        const raced = sampleConnection({ tenantId })
        await tested.store.insertTenantKey({ ...old, tenantId }, undefined)
        await tested.store.insertTenantKey({ ...next, tenantId }, old.keyId)
        const change = sampleChange(raced, { secrets: [sampleSecret(raced, { sealed: sealedWith(old.keyId) })], sealedWith: [old.keyId] })
        const outcomes = await Promise.all(round % 2 === 0 ? [tested.store.commit(change, []), tested.store.deleteTenantKey(tenantId, old.keyId, sampleTime)] : [tested.store.deleteTenantKey(tenantId, old.keyId, sampleTime), tested.store.commit(change, [])])
        expect(outcomes.filter(Boolean)).toHaveLength(1)
      }
    })
  })
}
