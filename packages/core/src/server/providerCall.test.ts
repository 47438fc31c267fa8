import { describe, expect, it } from 'vitest'
import type { ProviderAnswer, Verdict } from '../provider.ts'
import { livechat } from '../providers/livechat.ts'
import { applyCredential, judgeAnswer, resolveApiUrl } from './providerCall.ts'

describe('applyCredential', () => {
  it('adds query parameters to the URL and replaces what the caller wrote there', () => {
    const url = new URL('https://acme.example/?token=other')
    const request = applyCredential(url, { headers: {}, searchParams: { token: 'a&b' } }, { headers: { accept: '*/*' } })
    expect([url.search, request.headers]).toEqual(['?token=a%26b', { accept: '*/*' }])
  })
})

describe('judgeAnswer', () => {
  it.each([
    [200, 'healthy'],
    [204, 'healthy'],
    [302, 'unknown'],
    [400, 'unknown'],
    [401, 'credential_dead'],
    [403, 'unknown'],
    [404, 'unknown'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ] satisfies [number, Verdict][])('judges %i as %s where the definition has no word of its own', (status, verdict) => {
    expect(judgeAnswer({}, { status, body: undefined })).toBe(verdict)
  })

  it("takes the definition's word where it has one", () => {
    const suspended: ProviderAnswer = { status: 200 + 200, body: { error: { type: 'requester_suspended' } } }
    expect(judgeAnswer(livechat.definition, suspended)).toBe('account_suspended')
  })
})

describe('resolveApiUrl', () => {
  const base = 'https://north.acme.example/api'

  it.each([
    ['/chats', 'https://north.acme.example/api/chats'],
    ['chats', 'https://north.acme.example/api/chats'],
    ['/chats?page=2#top', 'https://north.acme.example/api/chats?page=2#top'],
    ['https://north.acme.example/other', 'https://north.acme.example/other'],
    // What looks like a host stays a path.
    ['//evil.example', 'https://north.acme.example/api//evil.example'],
    ['/\\evil.example', 'https://north.acme.example/api//evil.example'],
    ['@evil.example', 'https://north.acme.example/api/@evil.example'],
    ['.evil.example', 'https://north.acme.example/api/.evil.example'],
    ['\t//evil.example', 'https://north.acme.example/api///evil.example'],
  ])('leads %j to %s', (path, url) => {
    expect(resolveApiUrl(base, path).href).toBe(url)
  })

  it.each([
    'https://evil.example/',
    'https://north.acme.example.evil.example/',
    'https://north.acme.example@evil.example/',
    'https://user:password@north.acme.example/',
    'https://north.acme.example:8443/',
    'http://north.acme.example/',
    'HTTPS://EVIL.EXAMPLE',
    'javascript:alert(1)',
    'data:text/plain,x',
    'blob:https://north.acme.example/x',
    'file:///etc/passwd',
    'https://',
  ])('sends no credential to %s', (url) => {
    expect(() => resolveApiUrl(base, url)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message: 'A credential of this connection is only sent to https://north.acme.example. Give a path such as "/chats", or a URL of that host.',
      }),
    )
  })

  it('takes a URL object as well', () => {
    expect(resolveApiUrl(base, new URL('https://north.acme.example/x')).href).toBe('https://north.acme.example/x')
    expect(() => resolveApiUrl(base, new URL('https://evil.example'))).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})
