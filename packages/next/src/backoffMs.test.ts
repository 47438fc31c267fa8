import { afterEach, expect, it, vi } from 'vitest'
import { backoffMs } from './backoffMs.ts'

afterEach(() => vi.restoreAllMocks())

const bounds = { firstMs: 10_000, longestMs: 60_000 }
const longest = (tries: number): number => {
  vi.spyOn(Math, 'random').mockReturnValue(1)
  return backoffMs(tries, bounds)
}

it('may wait twice as long after each try, up to the longest wait', () => {
  expect([1, 2, 3, 4, 5_000].map(longest)).toEqual([11_000, 21_000, 41_000, 61_000, 61_000])
})

it('is drawn from the whole range by chance, and never nothing', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  expect(backoffMs(3, bounds)).toBe(1_000)
  vi.restoreAllMocks()
  expect(new Set(Array.from({ length: 100 }, () => backoffMs(3, bounds))).size).toBeGreaterThan(50)
})
