import { describe, expect, it } from 'vitest'
import { isRelayOrigin, parseRelayOrigin } from './relayOrigin.ts'

const parse = (text: string, allowInsecureLoopback = false) => parseRelayOrigin(text, 'relay.to.0', allowInsecureLoopback)
const refusal = (problem: string): unknown => expect.objectContaining({ code: 'invalid_configuration', message: `createAuthpipe: "relay.to.0" ${problem}.` })

const notAlone = 'must be an origin alone, in lower case and without a slash at its end, such as https://*.preview.example.com'
const notYours = 'must end with a domain of yours, and have "*" in front of it only'
const oddLabel = 'has an empty label, or a label with more than one "*"'

describe('parseRelayOrigin', () => {
  // RD-3, RD-4, RD-5
  it.each([
    ['', notAlone],
    ['*', notAlone],
    ['preview.example.com', notAlone],
    ['https://*.example.com/', notAlone],
    ['https://*.example.com/api/authpipe', notAlone],
    ['https://*.example.com?a', notAlone],
    ['https://*.example.com#a', notAlone],
    ['https://CANARY@*.example.com', notAlone],
    ['https://*.example.com:443', notAlone],
    ['https://*.example.com:*', notAlone],
    ['https://*.Example.com', notAlone],
    ['https://*.bücher.example', notAlone],
    [' https://*.example.com', notAlone],
    ['javascript:CANARY', notAlone],
    ['null', notAlone],
    ['http://*.example.com', 'must start with https://'],
    ['http://localhost.example.com', 'must start with https://'],
    ['ftp://preview.example.com', 'must start with https://'],
    ['http://localhost:3001', 'leads to this machine, which needs allowInsecureLoopback: true'],
    ['https://*', notYours],
    ['https://*.com', notYours],
    ['https://*.example.*', notYours],
    ['https://example-*.com', notYours],
    ['https://*-*.preview.example.com', oddLabel],
    ['https://**.preview.example.com', oddLabel],
    ['https://.preview.example.com', oddLabel],
    ['https://*..example.com', oddLabel],
    ['https://*.example.com.', oddLabel],
  ])('refuses %j and quotes nothing of it', (text, problem) => {
    expect(() => parse(text)).toThrow(refusal(problem))
  })

  it.each(['http://localhost:3001', 'http://127.0.0.1:3001', 'http://[::1]:3001'])('takes %s with allowInsecureLoopback', (text) => {
    expect(isRelayOrigin(parse(text, true), text)).toBe(true)
  })
})

describe('isRelayOrigin', () => {
  it.each([
    ['https://preview.example.com', 'https://preview.example.com'],
    ['https://*.preview.example.com', 'https://pr-7.preview.example.com'],
    ['https://*.*.preview.example.com', 'https://pr-7.team.preview.example.com'],
    ['https://*.preview.example.com:8443', 'https://pr-7.preview.example.com:8443'],
    ['https://myapp-*-team.vercel.app', 'https://myapp-git-fix-9-team.vercel.app'],
    ['https://pr-*.preview.example.com', 'https://pr-7.preview.example.com'],
    ['https://xn--bcher-kva.example.com', 'https://xn--bcher-kva.example.com'],
  ])('lets %s mean %s', (pattern, origin) => {
    expect(isRelayOrigin(parse(pattern), origin)).toBe(true)
  })

  // RD-4, RD-5
  it.each([
    ['https://*.preview.example.com', 'https://preview.example.com'],
    ['https://*.preview.example.com', 'https://evilpreview.example.com'],
    ['https://*.preview.example.com', 'https://a.b.preview.example.com'],
    ['https://*.preview.example.com', 'https://pr-7.preview.example.com.evil.com'],
    ['https://*.preview.example.com', 'https://pr-7.preview.example.com.'],
    ['https://*.preview.example.com', 'https://.preview.example.com'],
    ['https://*.preview.example.com', 'https://pr-7.preview.example.com:8443'],
    ['https://*.preview.example.com', 'http://pr-7.preview.example.com'],
    ['https://*.preview.example.com', 'https://pr-7.preview.examp1e.com'],
    ['https://*.preview.example.com:8443', 'https://pr-7.preview.example.com'],
    ['https://preview.example.com', 'https://preview.example.com.evil.com'],
    ['https://myapp-*-team.vercel.app', 'https://myapp--team.vercel.app'],
    ['https://myapp-*-team.vercel.app', 'https://myapp-team.vercel.app'],
    ['https://myapp-*-team.vercel.app', 'https://evil-myapp-a-team.vercel.app'],
    ['https://myapp-*-team.vercel.app', 'https://myapp-a-team.evil.vercel.app'],
    ['https://myapp-*-team.vercel.app', 'https://myapp-a-team-evil.vercel.app'],
    ['https://myapp-*-team.vercel.app', 'https://myapp-evil.com-team.vercel.app'],
    ['https://a*a.example.com', 'https://a.example.com'],
    ['https://a*a.example.com', 'https://aa.example.com'],
  ])('lets %s not mean %s', (pattern, origin) => {
    expect(isRelayOrigin(parse(pattern), origin)).toBe(false)
  })

  it('tells one machine from another, and its ports apart', () => {
    const local = parse('http://127.0.0.1:3001', true)
    expect(['http://127.0.0.1:3002', 'http://localhost:3001', 'https://127.0.0.1:3001', 'http://127.0.0.2:3001'].map((origin) => isRelayOrigin(local, origin))).toEqual([false, false, false, false])
  })
})
