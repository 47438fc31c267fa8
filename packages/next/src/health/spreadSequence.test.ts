import { expect, test } from 'vitest'
import { SpreadSequence } from './spreadSequence.ts'

// HC-9
test.each([10, 100, 1_000, 10_000])('%i places in a day leave no stretch of it with more than three times its share', (count) => {
  const sequence = new SpreadSequence()
  const places = Array.from({ length: count }, () => sequence.next()).toSorted((one, other) => one - other)
  const stretch = 1 / count
  // How many places lie within one mean gap from each of them.
  const crowds = places.map((place, index) => places.slice(index).findIndex((other) => other >= place + stretch))
  expect(Math.max(...crowds)).toBeLessThanOrEqual(3)
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...places)).toBeLessThan(1)
})

test('two processes do not take the same places', () => {
  expect(new SpreadSequence(() => 0.1).next()).not.toBe(new SpreadSequence(() => 0.2).next())
})
