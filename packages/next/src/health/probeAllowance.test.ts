import { expect, test } from 'vitest'
import { ProbeAllowance } from './probeAllowance.ts'

const limit = { requests: 200, perSeconds: 60 }

// HC-8
test('gives a share of the limit in each of its windows, and says when there is more', () => {
  const allowance = new ProbeAllowance()
  const taken = Array.from({ length: 11 }, () => allowance.take('acme', limit, 0.05, 60_001))

  expect(taken).toEqual([...Array.from({ length: 10 }, () => undefined), 120_000])
  expect([allowance.take('acme', limit, 0.05, 119_999), allowance.take('acme', limit, 0.05, 120_000)]).toEqual([120_000, undefined])
})

test('gives each account its own', () => {
  const allowance = new ProbeAllowance()
  for (let probe = 0; probe < 10; probe += 1) allowance.take('acme', limit, 0.05, 0)

  expect(allowance.take('northwind', limit, 0.05, 0)).toBeUndefined()
})

test('gives one where the share is less than that, so that a check is made at all', () => {
  const allowance = new ProbeAllowance()

  expect([allowance.take('acme', { requests: 1, perSeconds: 1 }, 0.05, 0), allowance.take('acme', { requests: 1, perSeconds: 1 }, 0.05, 0)]).toEqual([undefined, 1_000])
})
