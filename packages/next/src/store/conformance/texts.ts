import { describe, expect, test } from 'vitest'
import { sampleChange, sampleConnection, sampleEvent, sampleSession } from '../sampleRecords.ts'
import { answering, lookup, type TestedStore } from './testedStore.ts'

export function describeTexts(tested: TestedStore): void {
  const { add, listEvents } = tested

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
      expect(await tested.store.commit(sampleChange(connection), [event])).toBe(true)
      expect((await tested.store.findCredential({ tenantId: hostile, provider: hostile, ownerId: hostile, connectionId: hostile }))?.connection).toEqual(answering(connection))
      expect(await tested.store.listConnections({ tenantId: hostile, ownerIds: [hostile], provider: hostile })).toEqual([connection])
      expect(await listEvents()).toEqual([event])
      const session = sampleSession({ id: hostile, tenantId: hostile, userId: hostile, returnTo: hostile })
      expect(await tested.store.insertSession(session)).toBe(true)
      expect(await tested.store.findSession(hostile)).toEqual(session)
    })

    test('match nothing but themselves', async () => {
      await add(sampleConnection())
      expect(await tested.store.findConnection('org_acme', hostile)).toBeUndefined()
      expect(await tested.store.findCredential({ ...lookup, ownerId: hostile })).toBeUndefined()
      expect(await tested.store.findCredential({ ...lookup, tenantId: hostile })).toBeUndefined()
    })
  })

  test.each([
    ['NUL', 'a\0b'],
    ['10 kB', 'x'.repeat(10_240)],
  ])('texts with %s come back as they were', async (_, hostile) => {
    const connection = sampleConnection({ scopes: [hostile], settings: Object.fromEntries([[hostile, hostile]]) })
    const event = sampleEvent(connection, { data: Object.fromEntries([[hostile, hostile]]) })
    expect(await tested.store.commit(sampleChange(connection), [event])).toBe(true)
    expect(await tested.store.findConnection('org_acme', 'conn_1')).toEqual(connection)
    expect(await listEvents()).toEqual([event])
  })
}
