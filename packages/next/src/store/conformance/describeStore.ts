// What every database must do, whichever it is.
import { describe, expect, test } from 'vitest'
import { sampleConnection } from '../sampleRecords.ts'
import type { Store } from '../store.ts'
import { describeChanges } from './changes.ts'
import { describeConnections } from './connections.ts'
import { describeEventsAndRevocations } from './eventsAndRevocations.ts'
import { describeLeases } from './leases.ts'
import { describeProviderStates } from './providerStates.ts'
import { describeReadingCredentials } from './readingCredentials.ts'
import { describeReads } from './reads.ts'
import { describeSchedules } from './schedules.ts'
import { describeSessions } from './sessions.ts'
import { describeTenantKeys } from './tenantKeys.ts'
import { describeTenants } from './tenants.ts'
import { describeTexts } from './texts.ts'
import { describeWebhooks } from './webhooks.ts'
import { openTestedStore } from './testedStore.ts'

/**
 * Runs the conformance suite.
 *
 * @param makeStore - makes a store over an empty database of its own, not yet opened
 */
export function describeStore(name: string, makeStore: () => Store | Promise<Store>): void {
  describe(`${name} as a store`, () => {
    const tested = openTestedStore(makeStore)

    describeReadingCredentials(tested)
    describeConnections(tested)
    describeChanges(tested)
    describeLeases(tested)
    describeSchedules(tested)
    describeProviderStates(tested)
    describeSessions(tested)
    describeTenantKeys(tested)
    describeReads(tested)
    describeTenants(tested)
    describeEventsAndRevocations(tested)
    describeWebhooks(tested)
    describeTexts(tested)

    test('keeps what it has when it is opened again', async () => {
      await tested.add(sampleConnection())
      await tested.store.open()
      expect(await tested.store.findConnection('org_acme', 'conn_1')).toEqual(sampleConnection())
    })

    test('refuses to answer once it is closed', async () => {
      await tested.store.close()
      await expect(tested.store.findConnection('org_acme', 'conn_1')).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining('is not open'),
      })
    })
  })
}
