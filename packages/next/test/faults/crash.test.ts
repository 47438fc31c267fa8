// Processes that die in the middle of a refresh: what the provider still honours is never lost, and what is lost has a name.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hour, minute, openRig, query, second, tenantId, type Rig } from '../rig/openRig.ts'
import { storeKinds, type StoreKind } from '../rig/RigDatabase.ts'
import type { Worker } from '../rig/Worker.ts'

let rig: Rig
afterEach(() => rig.close())

/** Longer than a lease. */
const leaseEnds = 21 * second

interface Scene {
  /** A process that has done nothing yet. */
  readonly victim: Worker
  readonly connectionId: string
}

/** A moment in a refresh: brings the victim there. @returns what is to be let go when it is dead */
type Step = (scene: Scene) => Promise<() => void | Promise<void>>

const beforeTheLease: Step = async ({ victim }) => {
  const unlock = await rig.database.lockWrites()
  void victim.call('getCredential', query)
  return unlock
}

/** It has taken over from another one that was killed, and waits for what that one may still report. */
const withTheLease: Step = async ({ victim, connectionId }) => {
  const first = await rig.startWorker()
  const letGo = await whileTheRequestIsOnItsWay({ victim: first, connectionId })
  await first.kill()
  await letGo()
  const { lease_owner: owner } = await rig.scheduleOf(connectionId)
  await rig.passTime(leaseEnds)
  void victim.call('getCredential', query)
  await vi.waitFor(async () => expect((await rig.scheduleOf(connectionId))['lease_owner']).not.toBe(owner), { timeout: 10_000, interval: 10 })
  return () => rig.passTime(minute)
}

const whileTheRequestIsOnItsWay: Step = async ({ victim }) => {
  const hold = rig.sandbox.plain.hold('token', 'before', { requests: 1 })
  void victim.call('getCredential', query)
  await hold.arrived(1)
  return () => {
    rig.sandbox.plain.fault('token', { kind: 'drop' })
    hold.release()
  }
}

const whileTheAnswerIsOnItsWay: Step = async ({ victim }) => {
  const hold = rig.sandbox.plain.hold('token', 'after')
  void victim.call('getCredential', query)
  await hold.arrived(1)
  return () => hold.release()
}

const withTheAnswerInHand: Step = async ({ victim }) => {
  const hold = rig.sandbox.plain.hold('token', 'after')
  void victim.call('getCredential', query)
  await hold.arrived(1)
  const unlock = await rig.database.lockWrites()
  hold.release()
  await vi.waitFor(() => expect(rig.sandbox.requests.at(-1)).toMatchObject({ endpoint: 'token', status: 200 }))
  return unlock
}

const withTheTokenStored: Step = async ({ victim, connectionId }) => {
  void victim.call('getCredential', query)
  await vi.waitFor(async () => expect(Number((await rig.connectionOf(connectionId))['token_generation'])).toBe(2), { timeout: 10_000, interval: 5 })
  return () => undefined
}

/** Who is to be killed while it waits for others waits long enough. */
const patienceOf = (step: Step): number => (step === withTheLease ? minute : 300)

/** Kills a process at a step. @returns one that lives, at a time when the lease of the dead one is over */
async function killAt(store: StoreKind, step: Step, rotation: 'strict' | { graceSeconds: number }): Promise<{ survivor: Worker; connectionId: string }> {
  rig = await openRig(store)
  rig.sandbox.plain.set({ rotation })
  const [survivor, victim] = await Promise.all([rig.startWorker(), rig.startWorker({ timing: { lateReportMs: patienceOf(step) } })])
  const { id: connectionId } = await rig.connect(survivor)
  await victim.call('ready')
  await rig.passTime(2 * hour)
  const letGo = await step({ victim, connectionId })
  await victim.kill()
  await letGo()
  await rig.passTime(leaseEnds)
  return { survivor, connectionId }
}

const ledger = (): string[] => rig.sandbox.plain.rotationLedger().map(({ event }) => event)

describe.each(storeKinds)('a process on %s that is killed', (store) => {
  // Proof 2; RF-8, RF-10
  it.each([
    ['before it has the lease', beforeTheLease],
    ['with the lease, before it asks', withTheLease],
    ['while its request is on its way', whileTheRequestIsOnItsWay],
    ['while the answer is on its way', whileTheAnswerIsOnItsWay],
    ['with the answer in its hand', withTheAnswerInHand],
    ['with the token stored', withTheTokenStored],
  ])('%s costs nobody anything at a provider with some grace', async (_, step) => {
    const { survivor } = await killAt(store, step, { graceSeconds: 60 })

    const { credential } = await survivor.call('getCredential', query)

    expect(credential).toContain('CANARY')
    expect(await survivor.call('fetch', query, '/me')).toBe(200)
    expect(ledger()).not.toContain('revoked')
  })

  // RF-8
  it.each([
    ['before it has the lease', beforeTheLease],
    ['with the lease, before it asks', withTheLease],
    ['while its request is on its way', whileTheRequestIsOnItsWay],
    ['with the token stored', withTheTokenStored],
  ])('%s costs nobody anything at a provider that ends a grant on reuse', async (_, step) => {
    const { survivor } = await killAt(store, step, 'strict')

    await survivor.call('getCredential', query)

    expect(await survivor.call('fetch', query, '/me')).toBe(200)
    expect(ledger()).toEqual(['granted', 'refreshed'])
  })

  // RF-9
  it.each([
    ['while the answer is on its way', whileTheAnswerIsOnItsWay],
    ['with the answer in its hand', withTheAnswerInHand],
  ])('%s loses the grant at a provider that ends it on reuse, after two tries and under its name', async (_, step) => {
    const { survivor, connectionId } = await killAt(store, step, 'strict')

    const uncertain = survivor.call('getCredential', query)
    await expect(uncertain).rejects.toMatchObject({ code: 'provider_unreachable', retryable: true })
    expect((await survivor.call('getConnection', { tenantId, connectionId })).status).toBe('active')
    await rig.passTime(2 * minute)
    const lost = survivor.call('getCredential', query)

    await expect(lost).rejects.toMatchObject({ code: 'needs_reauth', details: { reason: 'rotation_lost' } })
    await expect(survivor.call('getCredential', query)).rejects.toMatchObject({ code: 'needs_reauth' })
    expect(rig.sandbox.plain.tokenRequests()).toBe(4)
  })

  // RF-9
  it('loses no more than it must: the access token that was there serves until its end', async () => {
    rig = await openRig(store)
    const [survivor, victim] = await Promise.all([rig.startWorker(), rig.startWorker()])
    await rig.connect(survivor)
    const { credential: old } = await survivor.call('getCredential', query)
    // Due ahead of its end, so a reader is answered and the new token fetched behind.
    await rig.passTime(hour - 4 * minute)
    const letGo = await whileTheAnswerIsOnItsWay({ victim, connectionId: '' })
    await victim.kill()
    await letGo()
    await rig.passTime(leaseEnds)

    await survivor.call('getCredential', query)
    await vi.waitFor(() => expect(rig.sandbox.plain.tokenRequests()).toBe(3))
    await rig.passTime(2 * minute)
    await survivor.call('maintain')
    const { credential } = await survivor.call('getCredential', query)
    await rig.passTime(2 * minute)

    expect(credential).toBe(old)
    await expect(survivor.call('getCredential', query)).rejects.toMatchObject({ code: 'needs_reauth', details: { reason: 'rotation_lost' } })
    expect(rig.sandbox.plain.tokenRequests()).toBe(4)
  })

  // RF-11
  it.each([
    ['heals where the provider gives some grace', { graceSeconds: 60 }],
    ['has a name where it does not', 'strict'],
  ] as const)('is told from one whose answer alone was lost, which %s', async (_, rotation) => {
    rig = await openRig(store)
    rig.sandbox.plain.set({ rotation })
    const [one, other] = await Promise.all([rig.startWorker(), rig.startWorker()])
    const { id: connectionId } = await rig.connect(one)
    await rig.passTime(2 * hour)
    rig.sandbox.plain.fault('token', { kind: 'drop', processFirst: true })

    await expect(one.call('getCredential', query)).rejects.toMatchObject({ code: 'provider_unreachable', retryable: true })
    expect(await rig.scheduleOf(connectionId)).toMatchObject({ failure_class: 'outcome_unknown', lease_owner: null })
    await rig.passTime(10 * second)
    const next = other.call('getCredential', query)

    if (rotation === 'strict') await expect(next).rejects.toMatchObject({ code: 'needs_reauth', details: { reason: 'rotation_lost' } })
    else expect(await next).toMatchObject({ refreshed: true })
  })
})
