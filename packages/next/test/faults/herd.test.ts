// Many readers in many processes, one refresh.
import { afterEach, describe, expect, it } from 'vitest'
import { hour, openRig, query, type Rig } from '../rig/openRig.ts'
import { storeKinds } from '../rig/RigDatabase.ts'

let rig: Rig
afterEach(() => rig.close())

describe.each(storeKinds)('on %s', (store) => {
  // RF-2
  it('eight processes with a hundred readers each make one token request, and the connection stays good', async () => {
    rig = await openRig(store)
    const [first, ...others] = await Promise.all([rig.startWorker(), ...Array.from({ length: 7 }, () => rig.startWorker())])
    await rig.connect(first)
    await rig.passTime(2 * hour)

    const readings = await Promise.all([first, ...others].map((worker) => worker.call('readMany', query, 100)))

    expect(readings.flatMap(({ refusals }) => refusals)).toEqual([])
    expect(new Set(readings.flatMap(({ credentials }) => credentials)).size).toBe(1)
    expect(rig.sandbox.plain.tokenRequests()).toBe(2)
    await rig.passTime(2 * hour)
    expect((await first.call('getCredential', query)).refreshed).toBe(true)
    expect(await first.call('fetch', query, '/me')).toBe(200)
  })
})
