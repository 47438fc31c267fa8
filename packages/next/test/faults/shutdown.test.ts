// Processes that are told to end, and processes that are frozen as soon as they have answered.
import { afterEach, describe, expect, it } from 'vitest'
import { hour, openRig, query, second, type Rig } from '../rig/openRig.ts'
import { storeKinds } from '../rig/RigDatabase.ts'

let rig: Rig
afterEach(() => rig.close())

const ledger = (): string[] => rig.sandbox.plain.rotationLedger().map(({ event }) => event)

describe.each(storeKinds)('a process on %s', (store) => {
  // RF-34
  it('that is told to end stores the token that is on its way to it', async () => {
    rig = await openRig(store)
    const [ending, survivor] = await Promise.all([rig.startWorker(), rig.startWorker()])
    await rig.connect(survivor)
    await rig.passTime(2 * hour)
    const hold = rig.sandbox.plain.hold('token', 'after')
    void ending.call('getCredential', query)
    await hold.arrived(1)

    const ended = ending.kill('SIGTERM')
    hold.release()
    await ended

    expect(await survivor.call('fetch', query, '/me')).toBe(200)
    expect(ledger()).toEqual(['granted', 'refreshed'])
  })

  // RF-34
  it('that is told to end does not wait for ever for a provider that hangs, and another one carries on', async () => {
    rig = await openRig(store, { timing: { closingMs: 500 } })
    rig.sandbox.plain.set({ rotation: { graceSeconds: 60 } })
    const [ending, survivor] = await Promise.all([rig.startWorker(), rig.startWorker()])
    await rig.connect(survivor)
    await rig.passTime(2 * hour)
    const hold = rig.sandbox.plain.hold('token', 'after', { requests: 1 })
    void ending.call('getCredential', query)
    await hold.arrived(1)

    const toldAt = performance.now()
    await ending.kill('SIGTERM')

    // The request alone would go on for 15 seconds.
    expect(performance.now() - toldAt).toBeLessThan(8 * second)
    await rig.passTime(21 * second)
    expect(await survivor.call('getCredential', query)).toMatchObject({ refreshed: true })
    hold.release()
  })

  // RF-35, DB-2
  it('that is frozen and thrown away as soon as it has answered has stored what it answered with', async () => {
    rig = await openRig(store)
    const [frozen, other] = await Promise.all([rig.startWorker(), rig.startWorker()])
    await rig.connect(other)
    await rig.passTime(2 * hour)

    const { credential } = await frozen.call('getCredential', query)
    await frozen.stop()
    const meanwhile = await other.call('getCredential', query)
    await frozen.kill()

    expect(meanwhile.credential).toBe(credential)
    expect(await other.call('fetch', query, '/me')).toBe(200)
    expect(ledger()).toEqual(['granted', 'refreshed'])
  })
})
