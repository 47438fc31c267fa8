import { describe, expect, it } from 'vitest'
import { parseJson } from './json.ts'

describe('parseJson', () => {
  // HT-13
  it('drops __proto__ and constructor wherever they stand', () => {
    const parsed = parseJson('{"a":[{"__proto__":{"x":1},"b":{"constructor":1,"c":2}}]}')
    expect(parsed).toEqual({ a: [{ b: { c: 2 } }] })
    expect(JSON.stringify(parsed)).toBe('{"a":[{"b":{"c":2}}]}')
  })

  it.each(['', '{', 'undefined', '['.repeat(100_000)])('throws for what is not JSON', (text) => {
    expect(() => parseJson(text)).toThrow(/JSON|stack/)
  })
})
