import { livechat } from '@authpipe/core/providers'
import { describe, expect, it } from 'vitest'
import { RegisteredProvider } from '../registrations.ts'
import { judgeAuthorizationResponse } from './authorizationResponse.ts'

const issuer = 'https://accounts.livechat.com/oauth'
const clientOf = (endpoints: Readonly<Record<string, string>>) =>
  new RegisteredProvider(livechat({ clientId: 'id', clientSecret: 'secret', endpoints }), false).oauth({})
const withIssuer = clientOf({ issuer })
const withoutIssuer = clientOf({})
const parameters = (text: string): URLSearchParams => new URLSearchParams(text)
const judge = (client: typeof withIssuer, text: string) => judgeAuthorizationResponse(client, 'STATE', parameters(text))
const mismatch = expect.objectContaining({
  code: 'issuer_mismatch',
  message: 'The answer came from another issuer than the one that was asked. Nothing was redeemed. Start again.',
}) as unknown

describe('judgeAuthorizationResponse', () => {
  it('hands on the code of an answer that fits', () => {
    const answer = judge(withoutIssuer, 'state=STATE&code=dal%3Acode')
    expect(answer.kind === 'code' && answer.parameters.get('code')).toBe('dal:code')
  })

  // TK-5, MX-6
  it.each([
    'state=STATE&code=a&code=b',
    'state=STATE&state=STATE&code=a',
    `state=STATE&code=a&iss=${issuer}&iss=${issuer}`,
    'state=STATE&error=a&error=b',
  ])('refuses a parameter that comes twice: %s', (text) => {
    expect(() => judge(withIssuer, text)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message: expect.stringMatching(/more than once, so it cannot be trusted\. Start again\.$/) as unknown,
      }),
    )
  })

  it.each(['state=STATE', 'state=STATE&code='])('refuses an answer without a code: %s', (text) => {
    expect(() => judge(withoutIssuer, text)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: "The provider's answer has no code. Start again." }),
    )
  })

  // TK-6
  it('takes an answer with error and code for an error', () => {
    expect(judge(withoutIssuer, 'state=STATE&code=a&error=server_error')).toEqual({ kind: 'failed' })
  })

  it.each([
    ['access_denied', 'denied'],
    ['server_error', 'failed'],
    ['ACCESS_DENIED', 'failed'],
    ['', 'failed'],
    ['<script>', 'failed'],
  ])('reads the error %j as %s', (error, kind) => {
    expect(judge(withoutIssuer, `state=STATE&${new URLSearchParams({ error }).toString()}`)).toEqual({ kind })
  })

  // MX-4, MX-5, MX-6: RFC 9207 §2.4, simple string comparison (RFC 3986 §6.2.1).
  it.each([
    undefined,
    '',
    'https://accounts.livechat.com',
    'https://accounts.livechat.com/oauth/',
    'https://ACCOUNTS.livechat.com/oauth',
    'https://accounts.livechat.com/%6Fauth',
    'https://accounts.livechat.com:443/oauth',
    'https://evil.example/oauth',
  ])('refuses the issuer %j where another is configured', (iss) => {
    const query = new URLSearchParams({ state: 'STATE', code: 'a', ...(iss === undefined ? {} : { iss }) })
    expect(() => judgeAuthorizationResponse(withIssuer, 'STATE', query)).toThrow(mismatch)
  })

  it('takes the issuer that is configured', () => {
    expect(judge(withIssuer, `state=STATE&code=a&iss=${encodeURIComponent(issuer)}`).kind).toBe('code')
  })

  it('takes any issuer of the own origin where none is configured, and none at all', () => {
    for (const iss of ['', '&iss=https%3A%2F%2Faccounts.livechat.com', '&iss=https%3A%2F%2Faccounts.livechat.com%2Fx'])
      expect(judge(withoutIssuer, `state=STATE&code=a${iss}`).kind).toBe('code')
  })

  it.each([
    'https://evil.example',
    'http://accounts.livechat.com',
    'https://accounts.livechat.com.evil.example',
    'https://accounts.livechat.com@evil.example',
    'accounts.livechat.com',
    '',
    'blob:x',
    'null',
  ])('refuses the issuer %j of another origin where none is configured', (iss) => {
    expect(() => judgeAuthorizationResponse(withoutIssuer, 'STATE', new URLSearchParams({ state: 'STATE', code: 'a', iss }))).toThrow(mismatch)
  })

  // MX-7
  it('refuses errors of another issuer as well', () => {
    expect(() => judge(withIssuer, 'state=STATE&error=access_denied&iss=https%3A%2F%2Fevil.example')).toThrow(mismatch)
    expect(() => judge(withIssuer, 'state=STATE&error=access_denied')).toThrow(mismatch)
  })

  it.each(['response=jwt', 'id_token=jwt', 'token=x', 'access_token=x', 'token_type=bearer', 'foo=1&foo=2', '__proto__=x'])(
    'ignores %s, which no answer to this request holds',
    (more) => {
      const answer = judge(withoutIssuer, `state=STATE&code=a&${more}`)
      expect(answer.kind === 'code' && [...answer.parameters.keys()]).toEqual(['state', 'code'])
    },
  )
})
