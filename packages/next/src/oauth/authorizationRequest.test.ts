import { createHash } from 'node:crypto'
import { defineProvider, type OAuth2Definition } from '@authpipe/core'
import { livechat } from '@authpipe/core/providers'
import { describe, expect, it } from 'vitest'
import { RegisteredProvider } from '../registrations.ts'
import { createAuthorizationRequest } from './authorizationRequest.ts'

const redirectUri = 'https://app.example.com/api/authpipe/callback/acme'
const base: OAuth2Definition = {
  kind: 'oauth2',
  authorizationEndpoint: 'https://acme.example/authorize',
  tokenEndpoint: 'https://acme.example/token',
  pkce: 'S256',
  clientAuthentication: 'client_secret_post',
  scopes: [],
  accessTokenLifetimeSeconds: 3600,
  refreshTokenRotation: false,
}

async function request(change: Partial<OAuth2Definition> = {}, scopes: readonly string[] = ['a', 'b c']) {
  const acme = defineProvider({ ...livechat.definition, id: 'acme', auth: [{ ...base, ...change }] })
  const oauth = new RegisteredProvider(acme({ clientId: 'client', clientSecret: 'CANARY_secret' }), false).oauth({})
  const made = await createAuthorizationRequest(oauth, redirectUri, scopes)
  return { ...made, url: new URL(made.url) }
}

describe('createAuthorizationRequest', () => {
  it('asks for a code with the parameters of RFC 6749 §4.1.1', async () => {
    const { url, state } = await request()
    expect(url.origin + url.pathname).toBe('https://acme.example/authorize')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'client',
      redirect_uri: redirectUri,
      scope: 'a b c',
      state,
    })
  })

  // TK-1. RFC 7636 §4.1: 43 to 128 unreserved characters; §4.2: the challenge is the SHA-256 of the verifier.
  it('sends the S256 challenge of its verifier, and the verifier itself nowhere', async () => {
    const { url, codeVerifier = '' } = await request()
    expect(codeVerifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/)
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    expect(url.searchParams.get('code_challenge')).toBe(createHash('sha256').update(codeVerifier).digest('base64url'))
    expect(url.href).not.toContain(codeVerifier)
  })

  // ST-15
  it('makes state and verifier anew each time, of 256 bits', async () => {
    const made = await Promise.all(Array.from({ length: 200 }, () => request()))
    expect(new Set(made.flatMap(({ state, codeVerifier }) => [state, codeVerifier])).size).toBe(400)
    for (const { state } of made) expect(Buffer.from(state, 'base64url')).toHaveLength(32)
  })

  it('leaves PKCE out only where the definition gives a reason', async () => {
    const { url, codeVerifier } = await request({ pkce: { unsupportedBecause: 'It refuses unknown parameters.' } })
    expect([codeVerifier, url.searchParams.has('code_challenge'), url.searchParams.has('code_challenge_method')]).toEqual([undefined, false, false])
  })

  it('joins scopes as the provider wants them, and asks for none where none are named', async () => {
    expect((await request({ scopeSeparator: ',' }, ['a', 'b'])).url.searchParams.get('scope')).toBe('a,b')
    expect((await request({}, [])).url.searchParams.has('scope')).toBe(false)
  })

  it('adds the parameters of the definition and keeps the query of its endpoint', async () => {
    const { url } = await request({ authorizationEndpoint: 'https://acme.example/authorize', authorizationParams: { access_type: 'offline' } })
    expect(url.searchParams.get('access_type')).toBe('offline')
  })

  it('never sends the client secret to the browser', async () => {
    expect((await request()).url.href).not.toContain('CANARY')
  })
})
