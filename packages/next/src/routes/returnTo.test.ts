import { describe, expect, it } from 'vitest'
import type { BaseUrl } from '../baseUrl.ts'
import { resolveReturnTo, withSession } from './returnTo.ts'

const baseUrl: BaseUrl = { href: 'https://app.example.com/api/authpipe', origin: 'https://app.example.com', pathname: '/api/authpipe', secure: true }
const root = 'https://app.example.com/'

describe('resolveReturnTo', () => {
  it.each([
    ['/', root],
    ['/integrations?tab=1#top', 'https://app.example.com/integrations?tab=1#top'],
    ['integrations', 'https://app.example.com/integrations'],
    ['?tab=1', 'https://app.example.com/?tab=1'],
    ['https://app.example.com/integrations', 'https://app.example.com/integrations'],
    ['HTTPS://APP.EXAMPLE.COM:443/x', 'https://app.example.com/x'],
    [undefined, root],
    ['', root],
  ])('leads %j to %s', (returnTo, url) => {
    expect(resolveReturnTo(baseUrl, returnTo)).toBe(url)
  })

  // RD-1
  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '///evil.example',
    '////evil.example',
    '/\t/evil.example',
    '/\r\n/evil.example',
    '\n//evil.example',
    ' https://evil.example',
    'https:\\\\evil.example',
    'https:///evil.example',
    // RD-3
    'javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'blob:https://app.example.com/x',
    'view-source:https://app.example.com',
    'http://app.example.com/',
    'ftp://app.example.com/',
    // RD-4, RD-5
    'https://app.example.com@evil.example/',
    'https://evil.example@app.example.com/',
    'https://app:password@app.example.com/',
    'https://app.example.com.evil.example/',
    'https://evilapp.example.com/',
    'https://sub.app.example.com/',
    'https://app.example.com./',
    'https://app.example.com:444/',
    'https://аpp.example.com/',
    // RD-9
    'https://[',
    'http://[::1',
    'https://',
    `/${'a'.repeat(100_000)}`,
  ])('falls back to the root for %j', (returnTo) => {
    expect(resolveReturnTo(baseUrl, returnTo)).toBe(root)
  })

  // RD-2: the pathname of these begins with //, so only the whole URL is safe to hand out.
  it.each(['/..//evil.example', '/.//evil.example', '/a/..//evil.example', '/%2e//evil.example', '/%09/evil.example'])(
    'stays at home with %j, also when a browser reads the answer',
    (returnTo) => {
      const resolved = resolveReturnTo(baseUrl, returnTo)
      expect(new URL(resolved, 'https://other.example').origin).toBe('https://app.example.com')
      expect(resolved.startsWith('https://app.example.com/')).toBe(true)
    },
  )

  // RD-9
  it.each(['%', '/%zz', '/\ud800', '/\u0000', '/\u2028'])('survives %j', (returnTo) => {
    const resolved = resolveReturnTo(baseUrl, returnTo)
    expect(new URL(resolved).origin).toBe('https://app.example.com')
    // HT-14: what it gives can stand in a header.
    expect(() => new Headers({ location: resolved })).not.toThrow()
  })
})

describe('withSession', () => {
  // RD-7
  it('adds the session to ask about, and nothing else', () => {
    expect(withSession('https://app.example.com/integrations?tab=1&authpipe=forged#top', 'session-1')).toBe(
      'https://app.example.com/integrations?tab=1&authpipe=session-1#top',
    )
  })
})
