import { describe, expect, it } from 'vitest'
import { refreshTime } from './refreshTime.ts'

const minute = 60_000
const now = 1_000_000
const soonest = () => 1
const latest = () => 0

describe('refreshTime', () => {
  it('is the lead time before the end of a token that lives long', () => {
    expect(refreshTime(now, now + 60 * minute, 5 * minute, latest)).toBe(now + 55 * minute)
  })

  // RF-28
  it('is half the life of a token that lives shorter than twice the lead time', () => {
    expect(refreshTime(now, now + 30_000, 5 * minute, latest)).toBe(now + 15_000)
  })

  it('is up to a tenth of the lead time sooner by chance', () => {
    expect(refreshTime(now, now + 60 * minute, 5 * minute, soonest)).toBe(now + 54.5 * minute)
    expect(refreshTime(now, now + 30_000, 5 * minute, soonest)).toBe(now + 13_500)
  })

  it.each([1_000, 30_000, 8 * 3_600_000])('lies between receipt and end of a token of %i ms, whatever chance says', (life) => {
    for (const random of [latest, soonest, Math.random]) {
      const at = refreshTime(now, now + life, 5 * minute, random)
      expect(at).toBeGreaterThan(now)
      expect(at).toBeLessThan(now + life)
    }
  })

  it('is the end of a token that is over already', () => {
    expect(refreshTime(now, now - minute, 5 * minute, soonest)).toBe(now - minute)
  })
})
