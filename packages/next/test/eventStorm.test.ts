// A day on which everything changes at once. WO-7 names a row of the threat catalogue.
import { helpScout } from '@authpipe/core/providers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { composeAuthpipe, type Authpipe } from '../src/createAuthpipe.ts'
import { sampleChange, sampleConnection, sampleEvent } from '../src/store/sampleRecords.ts'
import type { Store } from '../src/store/store.ts'
import { generateKey } from '../src/vault/keyring.ts'
import { startEventReceiver, type EventReceiver } from './eventReceiver.ts'
import { openTestDatabase, type TestDatabase } from './testDatabase.ts'

const perSecond = 1_000
const changes = 5_000

let receiver: EventReceiver
let database: TestDatabase
let store: Store
let authpipe: Authpipe
/** How many events the process held at once at most. */
let mostHeld: number
let told: string[]

beforeEach(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  receiver = await startEventReceiver()
  database = await openTestDatabase()
  store = countHeld(database.openStore())
  mostHeld = 0
  told = []
  authpipe = composeAuthpipe(
    {
      providers: [helpScout({ clientId: 'id', clientSecret: 'secret' })],
      identify: () => null,
      baseUrl: 'http://localhost:3000/api/authpipe',
      keys: generateKey(),
      database: store,
      allowInsecureLoopback: true,
      maintenance: 'manual',
      onEvent: ({ id }) => void told.push(id),
      webhooks: { url: receiver.url, secrets: [`whsec_${Buffer.alloc(32).toString('base64')}`], maxPerSecond: perSecond },
    },
    { env: {}, now: Date.now },
  )
})
afterEach(async () => {
  await authpipe.close()
  await receiver.close()
  await database.close()
  vi.restoreAllMocks()
})

function countHeld(counted: Store): Store {
  const { claimEvents, settleEvents } = counted
  const held = new Set<string>()
  counted.claimEvents = async (...claim) => {
    const claimed = await claimEvents.apply(counted, claim)
    for (const { event } of claimed) held.add(`${claim[0]} ${event.id}`)
    mostHeld = Math.max(mostHeld, held.size)
    return claimed
  }
  counted.settleEvents = async (sink, ids) => {
    for (const id of ids) held.delete(`${sink} ${id}`)
    return settleEvents.call(counted, sink, ids)
  }
  return counted
}

// WO-7
it('5 000 changes at once are posted at the pace that is set, a few at a time, none lost and none twice', async () => {
  await authpipe.ready()
  const connections = Array.from({ length: changes }, (_, index) => sampleConnection({ id: `conn_${index}` }))
  while (connections.length > 0) {
    const some = connections.splice(0, 50)
    await Promise.all(some.map((connection) => store.commit(sampleChange(connection, { secrets: [] }), [sampleEvent(connection, { sinks: ['app', 'webhook'] })])))
  }
  await authpipe.maintain()
  await vi.waitFor(() => expect(receiver.posted.length).toBeGreaterThanOrEqual(changes), { timeout: 90_000, interval: 200 })
  await authpipe.maintain()

  expect(new Set(receiver.ids()).size).toBe(changes)
  expect(receiver.posted).toHaveLength(changes)
  expect(new Set(told)).toEqual(new Set(receiver.ids()))
  expect(told).toHaveLength(changes)
  expect(receiver.mostAtOnce).toBeLessThanOrEqual(10)
  // Twenty of each sink in hand, and ten more under way.
  expect(mostHeld).toBeLessThanOrEqual(60)
  const times = receiver.posted.map(({ at }) => at)
  // So many begin in any second, and ten that began before it may arrive in it.
  for (const [index, at] of times.entries()) expect((times[index + perSecond + 11] ?? Infinity) - at).toBeGreaterThanOrEqual(1_000)
}, 180_000)
