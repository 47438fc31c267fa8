import { afterEach, describe, expect, it, vi } from 'vitest'
import { log } from './log.ts'

const lines: string[] = []
afterEach(() => {
  vi.restoreAllMocks()
  lines.length = 0
})

describe('log', () => {
  // LK-9
  it.each(['a\nauthpipe: forged', 'a\r\nb', '\u001b[2J\u001b[31m', '\u009b31m', '"} {"level":"info"', '\u2028\u2029', '\u0000\u0008\u007f', '\ud800', '\u202eevil'])('writes one line of plain characters, whatever stands in a fact: %j', (text) => {
    vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
    log('something happened', { tenant: text, count: 2 })
    expect(lines).toEqual([expect.stringMatching(/^authpipe: something happened tenant="[\x20-\x7e]*" count=2\n$/)])
    expect(JSON.parse(/tenant=(".*") count/.exec(lines[0] ?? '')?.[1] ?? '')).toBe(text)
  })
})
