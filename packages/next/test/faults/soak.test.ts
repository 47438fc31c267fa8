// A long time in a short one: tokens that live for seconds, faults several times a second, and nothing lost that could be kept.
import { startSandbox, type Fault, type InjectedFault, type Rotation, type Sandbox } from '@authpipe/sandbox'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startPostgres, type PostgresServer } from '../../../../tools/startPostgres.ts'
import { openRig, plainAt, query, type Rig } from '../rig/openRig.ts'
import { storeKinds } from '../rig/RigDatabase.ts'
import type { Worker } from '../rig/Worker.ts'

/** How long faults go on, for each store. */
const soakSeconds = Number(process.env.AUTHPIPE_TEST_SOAK_SECONDS ?? 10)
const connectionsOfEach = 30
const processes = 4

/** A lease is over after two seconds, and all that follows from one comes as much sooner. */
const timing = { requestMs: 1_500, leaseMarginMs: 500, lateReportMs: 500, uncertainForMs: 3_000, firstBackoffMs: 300, longestBackoffMs: 3_000 }
const options = {
  refresh: { minLifeMs: 500, deadlineMs: 5_000 },
  // The strict provider ends most grants in a long storm. With a usual share that counts as an outage, and no grant is believed to be over
  // for a day, which outages.test.ts shows.
  health: { breakerShare: 1 },
}

/** What a reader may be told in a storm: to try again, or to connect again. */
const expectedRefusals: ReadonlySet<string> = new Set(['store_unavailable', 'provider_unreachable', 'provider_rate_limited', 'refresh_failed', 'needs_reauth'])

/** What providers do about a refresh token that comes twice. */
const rotations: Readonly<Record<string, Rotation>> = { strict: 'strict', kind: { graceSeconds: 3600 } }

let server: PostgresServer
let rig: Rig
let sandboxes: Record<string, Sandbox>
beforeAll(async () => {
  server = await startPostgres()
})
afterEach(async () => {
  await rig.close()
  await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()))
})
afterAll(() => server.close())

const userIds = Array.from({ length: connectionsOfEach }, (_, index) => `user_${index}`)
const queries = Object.keys(rotations).flatMap((provider) => userIds.map((userId) => ({ ...query, provider, userId })))
const between = (least: number, most: number): number => least + Math.random() * (most - least)
const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T

/** Runs processes in so many places and hurts them, the providers and the database until the time is over. */
class Storm {
  /** Codes of readers that were refused. */
  readonly refusals = new Set<string>()
  /** When something happened that may lose an answer of a provider. */
  readonly losses: { readonly from: number; to: number }[] = []
  readonly #faults: InjectedFault[] = []
  readonly #endAt = performance.now() + soakSeconds * 1_000

  async run(): Promise<void> {
    await Promise.all([...Array.from({ length: processes }, () => this.#occupy()), this.#hurtProviders(), this.#hurtDatabase()])
    for (const fault of this.#faults) fault.withdraw()
  }

  get #isOver(): boolean {
    return performance.now() > this.#endAt
  }

  async #occupy(): Promise<void> {
    while (!this.#isOver) {
      const worker = await rig.startWorker()
      for (let reader = 0; reader < 4; reader += 1) void worker.call('readOn', queries)
      for (let stops = 0; stops < 3 && !this.#isOver; stops += 1) {
        await sleep(between(200, 1_500))
        await worker.stop()
        // Some outlast their lease.
        await this.#loseDuring(() => sleep(between(10, 2_600)))
        worker.resume()
      }
      await sleep(between(200, 1_000))
      for (const code of await worker.call('readingRefusals')) this.refusals.add(code)
      await this.#loseDuring(() => worker.kill())
    }
  }

  async #hurtProviders(): Promise<void> {
    while (!this.#isOver) {
      await sleep(between(100, 500))
      const { plain } = oneOf(Object.values(sandboxes))
      const hurt = oneOf<() => unknown>([
        () => this.#inject(plain, { kind: 'answer', status: 500, body: '{}' }),
        () => this.#inject(plain, { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, body: { error: 'temporarily_unavailable' } }),
        () => this.#inject(plain, { kind: 'answer', status: 200, body: { error: 'server_error' } }),
        () => this.#inject(plain, { kind: 'drop' }),
        () => this.#hold(plain),
        () => this.#lose(plain, { kind: 'drop', processFirst: true }),
        () => this.#lose(plain, { kind: 'answer', status: 200, body: '<html>Sign in</html>', processFirst: true }),
      ])
      await hurt()
    }
  }

  async #hurtDatabase(): Promise<void> {
    while (!this.#isOver) {
      await sleep(between(1_000, 3_000))
      const bringBack = await rig.database.stop()
      await sleep(between(50, 800))
      await bringBack()
    }
  }

  #inject(plain: Sandbox['plain'], fault: Fault): InjectedFault {
    const injected = plain.fault('token', fault)
    this.#faults.push(injected)
    return injected
  }

  /** Where the machine is slow, a client may give up in the meantime. */
  async #hold(plain: Sandbox['plain']): Promise<void> {
    const hold = plain.hold('token', oneOf(['before', 'after'] as const))
    await this.#loseDuring(() => sleep(between(50, 1_000)))
    hold.release()
  }

  #lose(plain: Sandbox['plain'], fault: Fault): void {
    const injected = this.#inject(plain, fault)
    void this.#loseDuring(async () => {
      while (injected.left > 0) await sleep(20)
    })
  }

  async #loseDuring(work: () => Promise<unknown>): Promise<void> {
    const loss = { from: Date.now(), to: Infinity }
    this.losses.push(loss)
    await work()
    loss.to = Date.now()
  }
}

describe.each(storeKinds)('on %s', (store) => {
  // RF-38, proof 2
  it(
    'a storm of kills, stops, lost answers and database outages ends with every credential readable that its provider still honours',
    async () => {
      sandboxes = Object.fromEntries(await Promise.all(Object.keys(rotations).map(async (id) => [id, await startSandbox()] as const)))
      rig = await openRig(store, { server, followsDatabase: true, timing, options, providers: Object.entries(sandboxes).map(([id, sandbox]) => plainAt(sandbox, id)) })
      const first = await rig.startWorker()
      // One after the other, so that the order of the grants is that of the users.
      const connectAll = async (provider: string): Promise<void> => {
        for (const userId of userIds) await rig.connect(first, { userId, provider })
      }
      for (const [id, { plain }] of Object.entries(sandboxes)) plain.set({ rotation: rotations[id] ?? 'strict', expiresInSeconds: 4 })
      await Promise.all(Object.keys(rotations).map(connectAll))
      const storm = new Storm()

      await storm.run()

      expect([...storm.refusals].filter((code) => !expectedRefusals.has(code))).toEqual([])
      await expectReadable('kind', storm, first)
      await expectReadable('strict', storm, first)
    },
    (soakSeconds + 110) * 1_000,
  )
})

/** Reads every credential until it is there, or its user has to connect again for a reason that the storm explains. */
async function expectReadable(provider: string, storm: Storm, reader: Worker): Promise<void> {
  const sandbox = sandboxes[provider]
  if (!sandbox) throw new Error('There is no such provider.')
  const grantIds = sandbox.plain.rotationLedger().flatMap(({ event, grantId }) => (event === 'granted' ? [grantId] : []))
  const outcomes = await Promise.all(
    userIds.map((userId, index) =>
      vi.waitFor(
        async () => {
          try {
            return (await reader.call('fetch', { ...query, provider, userId }, '/me')) === 200 ? 'readable' : Promise.reject(new Error('The provider refuses the token.'))
          } catch (error) {
            const { code, details } = error as { code?: string; details?: { reason?: string } }
            if (code !== 'needs_reauth') throw error
            return `${details?.reason} ${isExplained(storm, sandbox, grantIds[index] ?? '')}`
          }
        },
        { timeout: 60_000, interval: 250 },
      ),
    ),
  )
  // A storm in which nothing happens proves nothing.
  expect(sandbox.plain.rotationLedger().filter(({ event }) => event === 'refreshed').length).toBeGreaterThan(connectionsOfEach / 2)
  const lost = outcomes.filter((outcome) => outcome !== 'readable')
  // A provider with some grace loses nothing; another one what was lost on the way, under its name.
  expect(lost).toEqual(provider === 'kind' ? [] : lost.map(() => 'rotation_lost explained'))
}

/** Whether the last answer that the provider gave for a grant may have been lost: it ended the grant when the token before it came again. */
function isExplained(storm: Storm, sandbox: Sandbox, grantId: string): string {
  const events = sandbox.plain.rotationLedger().filter((entry) => entry.grantId === grantId)
  const last = events.findLast(({ event }) => event === 'refreshed')
  const isEnded = events.some(({ event }) => event === 'revoked')
  // It takes the request's time to come, and that of an outage to be stored.
  const soon = timing.requestMs + 2_500
  const isHurt = last !== undefined && storm.losses.some(({ from, to }) => from <= last.at + soon && to >= last.at)
  return isEnded && isHurt ? 'explained' : `unexplained ${JSON.stringify(events.slice(-4))}`
}
