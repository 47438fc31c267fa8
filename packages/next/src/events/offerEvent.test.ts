import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createEvent, toAuthpipeEvent } from './authpipeEvent.ts'
import { offerEvent } from './offerEvent.ts'
import { sampleConnection, sampleTime } from '../store/sampleRecords.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

const event = toAuthpipeEvent(createEvent('connection.created', sampleConnection(), sampleTime))
const never = new AbortController().signal
const hang = (): Promise<void> => new Promise(() => undefined)

it('an event is taken by a handler that returns or resolves', async () => {
  expect(await offerEvent(() => undefined, event, 1, never)).toEqual({ isTaken: true })
  expect(await offerEvent(() => Promise.resolve(), event, 1, never)).toEqual({ isTaken: true })
  expect(vi.getTimerCount()).toBe(0)
})

// WO-8
it.each([
  ['throws', () => { throw new Error('CANARY') }, 'it threw'],
  ['rejects', () => Promise.reject(new Error('CANARY')), 'it rejected'],
] as const)('an event is not taken by a handler that %s, whose words go nowhere', async (_, onEvent, reason) => {
  expect(await offerEvent(onEvent, event, 1, never)).toEqual({ isTaken: false, reason })
})

// WO-8
it('an event is not taken by a handler that hangs, which is known after its time', async () => {
  const telling = offerEvent(hang, event, 30_000, never)
  let isOver = false
  void telling.then(() => (isOver = true))
  await vi.advanceTimersByTimeAsync(29_999)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await telling).toEqual({ isTaken: false, reason: 'it took longer than 30000 ms' })
})

it('a handler that rejects after its time ends no process', async () => {
  let reject = (_: Error): void => {}
  const telling = offerEvent(() => new Promise<void>((_, no) => (reject = no)), event, 1, never)
  await vi.advanceTimersByTimeAsync(1)
  expect(await telling).toMatchObject({ isTaken: false })
  reject(new Error('late'))
  await vi.advanceTimersByTimeAsync(1)
})

it('a server that closes waits for no handler, and blames none', async () => {
  const closing = new AbortController()
  const telling = offerEvent(hang, event, 30_000, closing.signal)
  closing.abort()
  expect(await telling).toEqual({ isTaken: false })
  expect(await offerEvent(hang, event, 30_000, closing.signal)).toEqual({ isTaken: false })
})
