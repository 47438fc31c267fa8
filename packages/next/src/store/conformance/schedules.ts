import { describe, expect, test } from 'vitest'
import { sampleChange, sampleConnection, sampleEvent, sampleRevocation, sampleSchedule, sampleTime, sampleWebhook } from '../sampleRecords.ts'
import { shardCount } from '../store.ts'
import { type TestedStore } from './testedStore.ts'

export function describeSchedules(tested: TestedStore): void {
  const { add } = tested

  describe('schedules', () => {
    const claim = { now: sampleTime, until: sampleTime + 100, limit: 10 }
    const claimAll = async (changes: Partial<typeof claim> = {}): Promise<string[]> => {
      const rows = []
      for (let shard = 0; shard < shardCount; shard += 1) rows.push(...(await tested.store.claimDue({ shard, ...claim, ...changes })))
      return rows.map(({ connectionId }) => connectionId).toSorted()
    }

    test('are counted with everything else that is due and in nobody\'s hands, as far as asked', async () => {
      expect(await tested.store.countDue(sampleTime, 10)).toEqual({ connections: 0, deliveries: 0, revocations: 0, webhooks: 0 })
      for (const id of ['conn_1', 'conn_2', 'conn_3']) await add(sampleConnection({ id, account: { id } }), { refreshAt: sampleTime })
      await add(sampleConnection({ id: 'later', account: { id: 'later' } }), { refreshAt: sampleTime + 1 })
      const other = sampleConnection({ id: 'other', account: { id: 'other' } })
      await tested.store.commit(sampleChange(other, { revocations: [sampleRevocation(other)] }), [sampleEvent(other, { sinks: ['app', 'webhook'] })])
      await tested.store.insertWebhook(sampleWebhook())
      expect(await tested.store.countDue(sampleTime, 10)).toEqual({ connections: 3, deliveries: 2, revocations: 1, webhooks: 1 })
      expect(await tested.store.countDue(sampleTime, 2)).toEqual({ connections: 2, deliveries: 2, revocations: 1, webhooks: 1 })
      await claimAll()
      expect(await tested.store.countDue(sampleTime, 10)).toMatchObject({ connections: 0 })
      expect(await tested.store.countDue(sampleTime + 100, 10)).toMatchObject({ connections: 4 })
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
      expect(await tested.store.findSchedule('org_acme', 'conn_1')).toEqual(schedule)
    })

    test('keep what a change does not name, and lose what it ends', async () => {
      const connection = sampleConnection()
      await add(connection, { refreshAt: 1, checkAt: 2, failureCount: 3, failureClass: 'transient' })
      await tested.store.commit({ tenantId: 'org_acme', connectionId: 'conn_1', expect: connection, schedule: { checkAt: 5, failureClass: null } }, [])
      expect(await tested.store.findSchedule('org_acme', 'conn_1')).toEqual(sampleSchedule(connection, { refreshAt: 1, checkAt: 5, failureCount: 3 }))
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
      for (let shard = 0; shard < shardCount; shard += 1) first.push(...(await tested.store.claimDue({ shard, ...claim, limit: 2 })))
      expect(first.map(({ tenantId }) => tenantId).toSorted()).toEqual(['soon', 'soonest'])
    })

    test('take the note of many healthy checks at once, and no older note over a newer one', async () => {
      const [one, other] = [sampleConnection({ id: 'one' }), sampleConnection({ id: 'other', tenantId: 'org_other' })]
      await add(one, { checkAt: sampleTime, refreshAt: sampleTime + 500 })
      await add(other, { checkAt: sampleTime })
      await claimAll()
      const note = (connectionId: string, tenantId: string, checkedAt: number) => ({ connectionId, tenantId, checkedAt, nextCheckAt: checkedAt + 50 })
      await tested.store.noteHealthyChecks([note('one', 'org_acme', sampleTime + 1), note('other', 'org_other', sampleTime + 2), note('gone', 'org_acme', sampleTime)])
      await tested.store.noteHealthyChecks([note('one', 'org_acme', sampleTime)])
      await tested.store.noteHealthyChecks([])
      expect([(await tested.store.findConnection('org_acme', 'one'))?.healthCheckedAt, (await tested.store.findConnection('org_other', 'other'))?.healthCheckedAt]).toEqual([sampleTime + 1, sampleTime + 2])
      expect(await tested.store.findSchedule('org_acme', 'one')).toEqual(sampleSchedule(one, { refreshAt: sampleTime + 500, checkAt: sampleTime + 51 }))
      // The claim ended with the note.
      expect(await claimAll({ now: sampleTime + 60 })).toEqual(['one', 'other'])
    })

    test('that were claimed are put off, many at once: a check alone, or the whole row', async () => {
      for (const id of ['check', 'all', 'never checked']) await add(sampleConnection({ id }), { refreshAt: sampleTime, ...(id === 'never checked' ? {} : { checkAt: sampleTime }) })
      await add(sampleConnection({ id: 'bystander' }), { checkAt: sampleTime + 500 })
      await claimAll()
      const until = sampleTime + 50
      await tested.store.postpone([
        { tenantId: 'org_acme', connectionId: 'check', part: 'check', until },
        { tenantId: 'org_acme', connectionId: 'never checked', part: 'check', until },
        { tenantId: 'org_acme', connectionId: 'all', part: 'all', until: sampleTime + 200 },
        { tenantId: 'org_other', connectionId: 'bystander', part: 'check', until },
      ])
      await tested.store.postpone([])
      const checkAt = async (id: string) => (await tested.store.findSchedule('org_acme', id))?.checkAt
      expect([await checkAt('check'), await checkAt('never checked'), await checkAt('all'), await checkAt('bystander')]).toEqual([until, undefined, sampleTime, sampleTime + 500])
      // What else is due of a row is due again at once; a row that was put off as a whole hides all of it.
      expect([await claimAll(), await claimAll({ now: sampleTime + 199, until: sampleTime + 300 })]).toEqual([['check'], ['check', 'never checked']])
      expect(await claimAll({ now: sampleTime + 200, until: sampleTime + 300 })).toEqual(['all'])
    })

    test('of connections that checks made unusable are put to another check', async () => {
      await add(sampleConnection({ id: 'since' }), { demotedAt: sampleTime })
      await add(sampleConnection({ id: 'before' }), { demotedAt: sampleTime - 1 })
      await add(sampleConnection({ id: 'elsewhere', provider: 'crisp' }), { demotedAt: sampleTime })
      expect(await tested.store.recheckDemoted('livechat', sampleTime, sampleTime + 5)).toBe(1)
      expect(await claimAll({ now: sampleTime + 5 })).toEqual(['since'])
    })

    test('tell whether another connection of the provider refreshed after an instant', async () => {
      await add(sampleConnection({ id: 'other' }), { refreshedAt: sampleTime })
      expect(await tested.store.hasRefreshedSince('livechat', sampleTime - 1, 'conn_1')).toBe(true)
      expect(await tested.store.hasRefreshedSince('livechat', sampleTime, 'conn_1')).toBe(false)
      expect(await tested.store.hasRefreshedSince('livechat', sampleTime - 1, 'other')).toBe(false)
      expect(await tested.store.hasRefreshedSince('crisp', sampleTime - 1, 'conn_1')).toBe(false)
    })
  })
}
