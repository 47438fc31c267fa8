// Processes that stand still in the middle of a refresh and go on when others have long taken over.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hour, minute, openRig, query, second, tenantId, type Rig, type RigOptions } from '../rig/openRig.ts'
import { storeKinds, type StoreKind } from '../rig/RigDatabase.ts'
import type { Worker } from '../rig/Worker.ts'

let rig: Rig
afterEach(() => rig.close())

const leaseEnds = 21 * second

interface Scene {
  /** Has asked for a new token and stands still, its request or the answer to it on the way. */
  readonly slow: Worker
  /** What the caller of the slow one gets. */
  readonly reading: ReturnType<Worker['call']>
  readonly other: Worker
  readonly connectionId: string
  /** Lets the slow one's request, or its answer, go on its way. */
  readonly letGo: () => void
}

/** A process stands still while the provider holds its request (`before`) or its answer (`after`). */
async function stopOne(store: StoreKind, moment: 'before' | 'after', options?: RigOptions): Promise<Scene> {
  rig = await openRig(store, options)
  const [slow, other] = await Promise.all([rig.startWorker(), rig.startWorker()])
  const { id: connectionId } = await rig.connect(other)
  await rig.passTime(2 * hour)
  const hold = rig.sandbox.plain.hold('token', moment, { requests: 1 })
  const reading = slow.call('getCredential', query)
  await hold.arrived(1)
  await slow.stop()
  return { slow, reading, other, connectionId, letGo: () => hold.release() }
}

const ledger = (): string[] => rig.sandbox.plain.rotationLedger().map(({ event }) => event)

describe.each(storeKinds)('a process on %s that stands still', (store) => {
  it('takes the answer that came meanwhile, although its deadline is long over when it goes on', async () => {
    const { slow, reading, letGo } = await stopOne(store, 'after', { timing: { requestMs: 500 } })
    const stoppedAt = performance.now()
    letGo()
    await vi.waitFor(() => expect(performance.now() - stoppedAt).toBeGreaterThan(600))

    slow.resume()

    expect(await reading).toMatchObject({ refreshed: true })
    expect(ledger()).toEqual(['granted', 'refreshed'])
  })

  // RF-27
  it('counts the life of a token from when it was asked for, not from when it goes on', async () => {
    const { slow, reading, letGo } = await stopOne(store, 'after')
    await rig.passTime(40 * minute)
    slow.resume()
    await slow.call('events')
    letGo()
    await reading
    await rig.passTime(25 * minute)

    expect(await slow.call('getCredential', query)).toMatchObject({ refreshed: true })
    expect(await slow.call('fetch', query, '/me')).toBe(200)
  })

  // RF-12
  it('past its lease does not write over the newer token of who took over', async () => {
    const { slow, reading, other, connectionId, letGo } = await stopOne(store, 'after')
    rig.sandbox.plain.set({ rotation: { graceSeconds: 60 } })
    await rig.passTime(leaseEnds)
    letGo()
    const newer = await other.call('getCredential', query)

    slow.resume()
    await reading
    const [here, there] = await Promise.all([slow.call('getCredential', query), other.call('getCredential', query)])

    expect([here.credential, there.credential]).toEqual([newer.credential, newer.credential])
    expect(Number((await rig.connectionOf(connectionId))['token_generation'])).toBe(3)
    expect(await slow.call('fetch', query, '/me')).toBe(200)
  })

  // RF-12
  it('past its lease repairs with its token what was concluded without it', async () => {
    const { slow, reading, other, connectionId, letGo } = await stopOne(store, 'after')
    rig.sandbox.plain.set({ rotation: 'single_use' })
    await rig.passTime(leaseEnds)
    await expect(other.call('getCredential', query)).rejects.toMatchObject({ code: 'provider_unreachable' })
    await rig.passTime(2 * minute)
    await expect(other.call('getCredential', query)).rejects.toMatchObject({ code: 'needs_reauth', details: { reason: 'rotation_lost' } })

    letGo()
    slow.resume()
    await reading

    expect((await other.call('getConnection', { tenantId, connectionId })).status).toBe('active')
    expect(await other.call('fetch', query, '/me')).toBe(200)
    expect((await rig.database.rows('event')).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['connection.needs_reauth', 'token.refreshed', 'connection.recovered']),
    )
  })

  // RF-12
  it('past its lease brings a token that the takeover has ended: that is called by its name once it is refused', async () => {
    const { slow, reading, other, letGo } = await stopOne(store, 'after')
    await rig.passTime(leaseEnds)
    await expect(other.call('getCredential', query)).rejects.toMatchObject({ code: 'provider_unreachable' })
    slow.resume()
    await slow.call('events')
    letGo()
    await reading
    await rig.passTime(2 * hour)

    await expect(other.call('getCredential', query)).rejects.toMatchObject({ code: 'needs_reauth', details: { reason: 'rotation_lost' } })
  })

  // RF-12
  it('between its lease and its request does not ask when its lease is over', async () => {
    rig = await openRig(store)
    const [first, slow, other] = await Promise.all([rig.startWorker(), rig.startWorker({ timing: { lateReportMs: 1_000 } }), rig.startWorker()])
    const { id: connectionId } = await rig.connect(other)
    await slow.call('ready')
    await rig.passTime(2 * hour)
    // The first one dies before its request is there, so that the slow one takes over and waits for its report.
    const dropped = rig.sandbox.plain.hold('token', 'before', { requests: 1 })
    void first.call('getCredential', query)
    await dropped.arrived(1)
    await first.kill()
    rig.sandbox.plain.fault('token', { kind: 'drop' })
    dropped.release()
    const { lease_owner: owner } = await rig.scheduleOf(connectionId)
    await rig.passTime(leaseEnds)
    const reading = slow.call('getCredential', query)
    await vi.waitFor(async () => expect((await rig.scheduleOf(connectionId))['lease_owner']).not.toBe(owner), { timeout: 10_000, interval: 10 })
    await slow.stop()
    await rig.passTime(leaseEnds + minute)
    const answer = rig.sandbox.plain.hold('token', 'after', { requests: 1 })
    const takeover = other.call('getCredential', query)
    await answer.arrived(1)

    slow.resume()
    // It has looked and waits for the other one.
    await vi.waitFor(async () => expect(await slow.call('getConnection', { tenantId, connectionId })).toMatchObject({ status: 'active' }))
    const resumedAt = performance.now()
    await vi.waitFor(() => expect(performance.now() - resumedAt).toBeGreaterThan(1_200), 5_000)
    answer.release()

    expect(await reading).toMatchObject({ credential: (await takeover).credential })
    expect(ledger()).toEqual(['granted', 'refreshed'])
  })

  // RF-13
  it('and stores its token while another one is refused for it: the refusal speaks of the older token', async () => {
    const { slow, reading, other, connectionId, letGo } = await stopOne(store, 'after')
    rig.sandbox.plain.set({ rotation: 'single_use' })
    await rig.passTime(leaseEnds)
    const refused = rig.sandbox.plain.hold('token', 'before')
    const takeover = other.call('getCredential', query)
    await refused.arrived(1)
    letGo()
    slow.resume()
    const stored = await reading

    refused.release()

    expect(await takeover).toMatchObject({ credential: (stored as { credential: string }).credential })
    expect((await other.call('getConnection', { tenantId, connectionId })).status).toBe('active')
    expect(ledger()).toContain('reuse_refused')
  })

  // RF-14
  it('past its lease leaves the lease of who took over alone', async () => {
    const { slow, reading, other, connectionId, letGo } = await stopOne(store, 'before')
    await rig.passTime(leaseEnds)
    const second = rig.sandbox.plain.hold('token', 'before', { requests: 1 })
    const takeover = other.call('getCredential', query)
    await second.arrived(1)
    const before = await rig.scheduleOf(connectionId)
    rig.sandbox.plain.fault('token', { kind: 'answer', status: 500 })

    slow.resume()
    letGo()
    await expect(reading).rejects.toMatchObject({ code: 'provider_unreachable' })

    expect(await rig.scheduleOf(connectionId)).toEqual(before)
    second.release()
    expect(await takeover).toMatchObject({ refreshed: true })
  })
})
