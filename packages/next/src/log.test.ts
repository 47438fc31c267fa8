import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { log } from './log.ts'

const lines: string[] = []
beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
})
afterEach(() => {
  vi.restoreAllMocks()
  lines.length = 0
})

describe('log', () => {
  it('writes one line of words and of the facts in their order', () => {
    log('a token could not be revoked', { provider: 'livechat', connection: 'conn_1', code: 'provider_unreachable' })
    expect(lines).toEqual(['authpipe: a token could not be revoked provider="livechat" connection="conn_1" code="provider_unreachable"\n'])
  })

  it('leaves out every fact that is not on the list, although somebody passes it', () => {
    const record = { provider: 'livechat', token: 'CANARY_1', tenantId: 'CANARY_2', email: 'CANARY_3', toString: 'CANARY_4', ['__proto__']: 'CANARY_5' }
    log('it happened', record)
    expect(lines).toEqual(['authpipe: it happened provider="livechat"\n'])
  })

  // LK-9
  it.each(['a\nauthpipe: forged', 'a\r\nb', '\u001b[2J\u001b[31m', '\u009b31m', '"} {"level":"info"', '\u2028\u2029', '\u0000\u0008\u007f', '\ud800', '\u202eevil'])('writes one line of plain characters, whatever stands in a fact: %j', (text) => {
    log('something happened', { reason: text, events: 2 })
    expect(lines).toEqual([expect.stringMatching(/^authpipe: something happened reason="[\x20-\x7e]*" events=2\n$/)])
    expect(JSON.parse(/reason=(".*") events/.exec(lines[0] ?? '')?.[1] ?? '')).toBe(text)
  })
})
