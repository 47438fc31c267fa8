import { defineProvider, type ProviderAnswer, type Verdict } from '@authpipe/core'
import { livechat } from '@authpipe/core/providers'
import { describe, expect, it } from 'vitest'
import type { OutboundRequest } from '../outboundFetch.ts'
import { RegisteredProvider } from '../registrations.ts'
import { applyCredential, judgeAnswer, resolveApiUrl, sendProviderRequest } from './providerRequest.ts'

const acme = defineProvider({
  ...livechat.definition,
  id: 'acme',
  auth: [{ kind: 'api_key', scheme: 'bearer', fields: [] }],
  settings: [{ id: 'subdomain', label: 'Domain', pattern: '[a-z]+' }],
  apiBaseUrl: 'https://{subdomain}.acme.example/api',
  otherBaseUrls: { accounts: 'https://accounts.acme.example' },
  apiHeaders: { 'x-version': '2' },
})
const provider = new RegisteredProvider(acme(), false)
const { judge: _, ...withoutJudge } = acme.definition
const plainlyJudged = new RegisteredProvider(defineProvider({ ...withoutJudge, id: 'plainly' })(), false)
const settings = { subdomain: 'north' }
const credential = { headers: { Authorization: 'Bearer token' } }

describe('sendProviderRequest', () => {
  const sent: { url: string; request: OutboundRequest | undefined }[] = []
  const answering =
    (body: string, status = 200) =>
    (url: string | URL, request?: OutboundRequest): Promise<Response> => {
      sent.push({ url: String(url), request })
      return Promise.resolve(new Response(body, { status }))
    }

  it('sends the headers of the provider and of the credential', async () => {
    await sendProviderRequest(answering('{}'), provider, settings, credential, { path: '/me' })
    expect(sent.at(-1)).toEqual({
      url: 'https://north.acme.example/api/me',
      request: { method: 'GET', headers: { accept: 'application/json', 'x-version': '2', Authorization: 'Bearer token' }, body: null },
    })
  })

  it('sends a body as JSON, and to another base URL where the request names one', async () => {
    await sendProviderRequest(answering('{}'), provider, settings, credential, { base: 'accounts', path: '/me', method: 'POST', body: { id: 1 } })
    expect(sent.at(-1)).toMatchObject({
      url: 'https://accounts.acme.example/me',
      request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"id":1}' },
    })
  })

  it.each([
    ['{"id":1}', { id: 1 }],
    ['<html>', undefined],
    ['', undefined],
  ])('reads the body %j as %j', async (body, parsed) => {
    expect(await sendProviderRequest(answering(body, 418), provider, settings, credential, { path: '/me' })).toMatchObject({ status: 418, body: parsed })
  })

  // TK-25
  it('lets no answer reach a prototype', async () => {
    const { body } = await sendProviderRequest(answering('{"__proto__":{"polluted":true},"id":1}'), provider, settings, credential, { path: '/me' })
    expect(body).toEqual({ id: 1 })
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
  })

  // SS-1
  it('sends nothing where a setting is not one DNS label', async () => {
    const before = sent.length
    await expect(sendProviderRequest(answering('{}'), provider, { subdomain: 'evil.example/' }, credential, { path: '/me' })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { setting: 'subdomain' },
    })
    expect(sent).toHaveLength(before)
  })
})

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
    expect(judgeAnswer(plainlyJudged, { status, body: undefined })).toBe(verdict)
  })

  it("takes the definition's word where it has one", () => {
    const suspended: ProviderAnswer = { status: 200 + 200, body: { error: { type: 'requester_suspended' } } }
    expect(judgeAnswer(provider, suspended)).toBe('account_suspended')
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
