import { expect, test } from 'vitest'
import { Clock } from './clock.ts'

function makeClock(): { machine: { now: number }; clock: Clock } {
  const machine = { now: 1_000_000 }
  return { machine, clock: new Clock(() => machine.now) }
}

test('goes with the clock of the machine, also over a sleep', () => {
  const { machine, clock } = makeClock()
  machine.now += 86_400_000
  expect(clock.now()).toBe(machine.now)
})

// RF-27
test('goes on where it was when the clock of the machine is set back, and at its pace', () => {
  const { machine, clock } = makeClock()
  const before = clock.now()
  machine.now -= 600_000
  expect(clock.now()).toBe(before)
  machine.now += 5_000
  expect(clock.now()).toBe(before + 5_000)
})

test('follows small corrections', () => {
  const { machine, clock } = makeClock()
  machine.now -= 500
  expect(clock.now()).toBe(machine.now)
})

// DB-17
test('is set by the clock that all processes share', async () => {
  const { machine, clock } = makeClock()
  await clock.follow(async () => {
    const shared = machine.now + 600_050
    machine.now += 100
    return shared
  })
  expect(clock.now()).toBe(machine.now + 600_000)
})
