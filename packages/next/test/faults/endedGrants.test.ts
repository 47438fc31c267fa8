// Users who connect, reconnect and disconnect in one process while another one is at work on the same connection.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hour, openRig, query, tenantId, type Rig } from '../rig/openRig.ts'
import { storeKinds, type StoreKind } from '../rig/RigDatabase.ts'
import type { Worker } from '../rig/Worker.ts'
import { Browser } from '../world.ts'

let rig: Rig
afterEach(() => rig.close())

/** One process refreshes, and the provider holds its request or the answer to it. */
async function refreshingOne(store: StoreKind, moment: 'before' | 'after') {
  rig = await openRig(store)
  const [refreshing, other] = await Promise.all([rig.startWorker(), rig.startWorker()])
  const { id: connectionId } = await rig.connect(other)
  await rig.passTime(2 * hour)
  const hold = rig.sandbox.plain.hold('token', moment, { requests: 1 })
  const reading = refreshing.call('getCredential', query)
  await hold.arrived(1)
  return { refreshing, other, connectionId, reading, letGo: () => hold.release() }
}

/** Events of each grant, in the order of the grants. */
function grants(): string[][] {
  const byGrant = new Map<string, string[]>()
  for (const { grantId, event } of rig.sandbox.plain.rotationLedger()) byGrant.set(grantId, [...(byGrant.get(grantId) ?? []), event])
  return [...byGrant.values()]
}

describe.each(storeKinds)('on %s', (store) => {
  // RF-15
  it.each(['before', 'after'] as const)('a reconnect wins over a refresh in another process whose request waits %s its work, and the late tokens are revoked', async (moment) => {
    const { refreshing, other, connectionId, reading, letGo } = await refreshingOne(store, moment)

    const reconnected = await rig.connect(other)
    letGo()
    const answer = await reading

    expect(reconnected).toMatchObject({ id: connectionId, status: 'active' })
    expect(answer.credential).toBe((await other.call('getCredential', query)).credential)
    await vi.waitFor(() => expect(grants()).toEqual([['granted', 'refreshed', 'revoked'], ['granted']]))
    expect(await refreshing.call('fetch', query, '/me')).toBe(200)
    await rig.passTime(2 * hour)
    expect(await other.call('getCredential', query)).toMatchObject({ refreshed: true })
  })

  // RF-16
  it.each(['before', 'after'] as const)('a connection that is ended stays so whatever a refresh in another process gets, whose request waits %s its work', async (moment) => {
    const { refreshing, other, connectionId, reading, letGo } = await refreshingOne(store, moment)

    await other.call('disconnect', { tenantId, connectionId })
    await vi.waitFor(() => expect(rig.sandbox.plain.revokeRequests()).toBe(2))
    letGo()

    await expect(reading).rejects.toMatchObject({ code: 'connection_not_found' })
    if (moment === 'after') await vi.waitFor(() => expect(rig.sandbox.plain.revokeRequests()).toBe(3))
    expect((await rig.connectionOf(connectionId))['status']).toBe('revoked')
    expect(await rig.database.rows('secret')).toEqual([])
    for (const worker of [refreshing, other]) await expect(worker.call('getCredential', query)).rejects.toMatchObject({ code: 'connection_not_found' })
  })

  // DB-18
  it('two first connects of one account at the same moment make one connection, and both users see it', async () => {
    const [one, other] = await openTwo(store)
    const connections = await connectAtOnce([
      [one, 'user-ines'],
      [other, 'user-ines'],
    ])

    expect(new Set(connections.map(({ id }) => id)).size).toBe(1)
    expect((await rig.database.rows('connection')).map(({ is_default: isDefault }) => Number(isDefault))).toEqual([1])
    expect(await one.call('fetch', query, '/me')).toBe(200)
    expect(await other.call('fetch', query, '/me')).toBe(200)
  })

  // DB-18
  it('two first connects of two accounts at the same moment make two connections, one of them the default', async () => {
    const [one, other] = await openTwo(store)
    const connections = await connectAtOnce([
      [one, 'user-ines'],
      [other, 'user-noah'],
    ])

    expect(new Set(connections.map(({ id }) => id)).size).toBe(2)
    expect((await one.call('listConnections', tenantId)).map(({ isDefault }) => isDefault).toSorted()).toEqual([false, true])
    const [here, there] = [await one.call('getCredential', query), await other.call('getCredential', query)]
    expect(here.connectionId).toBe(there.connectionId)
  })
})

async function openTwo(store: StoreKind): Promise<[Worker, Worker]> {
  rig = await openRig(store)
  const workers = await Promise.all([rig.startWorker(), rig.startWorker()])
  await Promise.all(workers.map((worker) => worker.call('ready')))
  return workers
}

/** Lets two browsers of one user finish in the same moment, each at another process. */
async function connectAtOnce(places: readonly (readonly [Worker, string])[]) {
  const hold = rig.sandbox.plain.hold('token')
  const connecting = places.map(([worker, accountId]) => new Browser(worker, query).connect('plain', { accountId }))
  await hold.arrived(places.length)
  hold.release()
  return Promise.all(connecting)
}
