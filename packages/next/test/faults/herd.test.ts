// Many readers in many processes: one refresh, and nobody waits longer than was promised.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hour, minute, openRig, query, type Rig } from '../rig/openRig.ts'
import { storeKinds } from '../rig/RigDatabase.ts'
import type { Worker } from '../rig/Worker.ts'
import type { Readings } from '../rig/workerProcess.ts'

let rig: Rig
afterEach(() => rig.close())

/** Everybody asks at the same time. */
async function readEverywhere(workers: readonly Worker[], readers: number): Promise<{ credentials: Set<string>; refusals: string[]; longestMs: number }> {
  const readings: Readings[] = await Promise.all(workers.map((worker) => worker.call('readMany', query, readers)))
  return {
    credentials: new Set(readings.flatMap(({ credentials }) => credentials)),
    refusals: readings.flatMap(({ refusals }) => refusals),
    longestMs: Math.max(...readings.map(({ longestMs }) => longestMs)),
  }
}

describe.each(storeKinds)('on %s', (store) => {
  // Proof 1
  it('two hundred readers over four processes make one refresh at a provider that ends a grant on reuse, and lose nothing', async () => {
    rig = await openRig(store, { followsDatabase: true })
    const workers = await rig.startWorkers(4)
    rig.sandbox.plain.set({ expiresInSeconds: 1 })
    await rig.connect(await rig.startWorker())
    const [{ expires_at: expiresAt } = {}] = await rig.database.rows('connection')
    await Promise.all(workers.map((worker) => worker.call('ready')))
    rig.sandbox.plain.set({ expiresInSeconds: 3600 })
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(Number(expiresAt)), 5_000)

    const { credentials, refusals } = await readEverywhere(workers, 50)

    expect([credentials.size, refusals]).toEqual([1, []])
    expect(rig.sandbox.plain.rotationLedger().map(({ event }) => event)).toEqual(['granted', 'refreshed'])
  })

  // RF-2
  it('eight processes with a hundred readers each make one token request, and the connection stays good', async () => {
    rig = await openRig(store)
    const workers = await rig.startWorkers(8)
    const one = await rig.startWorker()
    await rig.connect(one)
    await rig.passTime(2 * hour)

    const { credentials, refusals } = await readEverywhere(workers, 100)

    expect([credentials.size, refusals]).toEqual([1, []])
    expect(rig.sandbox.plain.tokenRequests()).toBe(2)
    await rig.passTime(2 * hour)
    expect(await one.call('getCredential', query)).toMatchObject({ refreshed: true })
    expect(await one.call('fetch', query, '/me')).toBe(200)
  })

  // RF-4
  it('two copies of all modules in one process share one refresh and one memory', async () => {
    rig = await openRig(store)
    const worker = await rig.startWorker()
    await worker.call('loadCopy')
    await rig.connect(worker)
    await rig.passTime(2 * hour)

    const { credentials, refusals } = await readEverywhere([worker], 100)
    expect([credentials.size, refusals]).toEqual([1, []])
    expect(rig.sandbox.plain.tokenRequests()).toBe(2)
    const setStatus = (status: string): Promise<void> => rig.database.run(`UPDATE ${store === 'sqlite' ? '' : 'authpipe.'}connection SET status = '${status}'`)
    // What the database tells of the refresh may still be on its way and empty the memory once more.
    await vi.waitFor(async () => {
      await setStatus('active')
      await worker.call('getCredential', query, 1)
      // Nobody hears of a change without an event, so whoever answers now does so from memory.
      await setStatus('needs_reauth')
      const [here, there] = [await worker.call('getCredential', query, 0), await worker.call('getCredential', query, 1)]
      expect([here.credential, there.credential]).toEqual([...credentials, ...credentials])
    }, 10_000)
  })

  // RF-4
  it('a second copy of all modules knows a request that never left from one whose outcome is unknown', async () => {
    rig = await openRig(store)
    const worker = await rig.startWorker()
    await worker.call('loadCopy')
    const { id: connectionId } = await rig.connect(worker)
    await rig.passTime(2 * hour)
    await rig.sandbox.close()

    await expect(worker.call('getCredential', query, 1)).rejects.toMatchObject({ code: 'provider_unreachable' })

    expect(await rig.scheduleOf(connectionId)).toMatchObject({ failure_class: 'transient' })
  })

  // RF-7
  it('a hundred readers elsewhere are answered with the token that still works while a refresh hangs', async () => {
    rig = await openRig(store)
    const [holder, other] = await Promise.all([rig.startWorker(), rig.startWorker()])
    await rig.connect(holder)
    const { credential } = await holder.call('getCredential', query)
    await rig.passTime(hour - 4 * minute)
    const hold = rig.sandbox.plain.hold('token')
    await holder.call('getCredential', query)
    await hold.arrived(1)

    const { credentials, refusals } = await readEverywhere([other], 100)
    hold.release()

    expect([[...credentials], refusals]).toEqual([[credential], []])
  })

  // RF-7, RF-6
  it('a hundred readers elsewhere are refused in time, by a code that says to try again, when the token is over and a refresh hangs', async () => {
    rig = await openRig(store, { options: { refresh: { deadlineMs: 500 } } })
    const [holder, other] = await Promise.all([rig.startWorker(), rig.startWorker()])
    await rig.connect(holder)
    await rig.passTime(2 * hour)
    const hold = rig.sandbox.plain.hold('token')
    const holding = holder.call('getCredential', query)
    await hold.arrived(1)

    const { credentials, refusals, longestMs } = await readEverywhere([other], 100)

    expect([[...credentials], new Set(refusals), refusals.length]).toEqual([[], new Set(['refresh_failed']), 100])
    expect(longestMs).toBeLessThan(5_000)
    await expect(holding).rejects.toMatchObject({ code: 'refresh_failed', retryable: true })
    hold.release()
    expect(await vi.waitFor(() => other.call('getCredential', query))).toMatchObject({ credential: expect.stringContaining('CANARY') })
    expect(rig.sandbox.plain.tokenRequests()).toBe(2)
  })

  // RF-5
  it('a hundred waiters over four processes take the failure of the one that asked, and none of them asks again', async () => {
    rig = await openRig(store)
    const workers = await rig.startWorkers(4)
    await rig.connect(await rig.startWorker())
    await rig.passTime(2 * hour)
    const hold = rig.sandbox.plain.hold('token')
    rig.sandbox.plain.fault('token', { kind: 'answer', status: 500 }, { times: Infinity })
    const reading = readEverywhere(workers, 25)
    await hold.arrived(1)
    hold.release()

    const { refusals } = await reading

    expect([new Set(refusals), refusals.length]).toEqual([new Set(['provider_unreachable']), 100])
    expect(rig.sandbox.plain.tokenRequests()).toBe(2)
  })

  // RF-36
  it('four processes that maintain at once refresh each connection once, and what one of them was killed over is done by another', async () => {
    rig = await openRig(store)
    rig.sandbox.plain.set({ rotation: { graceSeconds: 600 } })
    const [first, ...others] = await Promise.all([rig.startWorker(), rig.startWorker(), rig.startWorker(), rig.startWorker()])
    const users = Array.from({ length: 24 }, (_, index) => `user_${index}`)
    for (const userId of users) await rig.connect(first, { userId })
    await rig.passTime(hour - 4 * minute)

    const counts = await Promise.all([first, ...others].map((worker) => worker.call('maintain')))

    expect(counts.reduce((sum, { refreshed }) => sum + refreshed, 0)).toBe(users.length)
    expect(rig.sandbox.plain.tokenRequests()).toBe(2 * users.length)

    await rig.passTime(hour - 4 * minute)
    const hold = rig.sandbox.plain.hold('token', 'after')
    void first.call('maintain')
    await hold.arrived(1)
    await first.kill()
    hold.release()
    await rig.passTime(3 * minute)
    await Promise.all(others.map((worker) => worker.call('maintain')))

    const rows = await rig.database.rows('connection')
    expect(rows.map(({ status, token_generation: generation }) => [status, Number(generation) > 2])).toEqual(users.map(() => ['active', true]))
  })
})
