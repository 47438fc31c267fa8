import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Pace } from './pace.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }))
afterEach(() => vi.useRealTimers())

it('begins no more than so many in any second, however many ask at once, and loses none', async () => {
  const pace = new Pace()
  const begun: number[] = []
  for (let index = 0; index < 100; index += 1) void pace.turn('one', 20).then(() => begun.push(performance.now()))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(begun).toHaveLength(100)
  for (const at of begun) expect(begun.filter((other) => other >= at && other < at + 1_000).length).toBeLessThanOrEqual(20)
})

it('lets the first one begin at once, and one name not wait for another', async () => {
  const pace = new Pace()
  const begun: string[] = []
  for (const name of ['one', 'one', 'other']) void pace.turn(name, 1).then(() => begun.push(name))
  await vi.advanceTimersByTimeAsync(0)
  expect(begun).toEqual(['one', 'other'])
})
