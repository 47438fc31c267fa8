import { defineProvider, type ApiKeyDefinition } from '@authpipe/core'
import { livechat } from '@authpipe/core/providers'
import { describe, expect, it } from 'vitest'
import { RegisteredProvider } from '../registrations.ts'
import { sampleConnection } from '../store/sampleRecords.ts'
import type { ConnectionRecord } from '../store/store.ts'
import { decodeSecret, encodeSecret, frameCredential } from './storedSecret.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const field = (id: string, secret = true) => ({ id, label: id, secret })

function keyProvider(way: Partial<ApiKeyDefinition>): RegisteredProvider {
  const acme = defineProvider({
    ...livechat.definition,
    id: 'acme',
    auth: [{ kind: 'api_key', scheme: 'bearer', fields: [field('apiKey')], ...way }],
    settings: [{ id: 'subdomain', label: 'Domain', pattern: '[a-z]+' }],
    apiBaseUrl: 'https://{subdomain}.acme.example/api/',
  })
  return new RegisteredProvider(acme(), false)
}

const connection: ConnectionRecord = { ...sampleConnection(), provider: 'acme', credentialType: 'api_key', settings: { subdomain: 'north' } }
const reveal = (way: Partial<ApiKeyDefinition>, fields: Readonly<Record<string, string>>, change: Partial<ConnectionRecord> = {}) =>
  frameCredential(keyProvider(way), { ...connection, ...change }, { fields })

describe('decodeSecret', () => {
  it.each([{ accessToken: 'token' }, { fields: { identifier: 'a', key: 'b:c' } }, { fields: {} }])('reads what encodeSecret wrote: %j', (secret) => {
    expect(decodeSecret(encodeSecret(secret))).toEqual(secret)
  })

  it.each(['null', '[]', '"token"', '{}', '{"accessToken":7}', '{"fields":{"key":7}}', '{"fields":null}'])(
    'refuses what this version did not write: %s',
    (text) => {
      expect(() => decodeSecret(bytes(text))).toThrow(
        expect.objectContaining({
          code: 'credential_undecryptable',
          message: 'A stored credential opened into something that this version does not know. Upgrade @authpipe/next or connect the account again.',
        }),
      )
    },
  )

  it.each(['', 'CANARY', '{"accessToken":"CANARY'])('refuses what is not JSON and does not quote it: %j', (text) => {
    expect(() => decodeSecret(bytes(text))).toThrow(
      expect.objectContaining({ code: 'credential_undecryptable', message: expect.not.stringContaining('CANARY') as unknown }),
    )
  })
})

describe('frameCredential', () => {
  it('carries an access token as bearer (RFC 6750 §2.1)', () => {
    const provider = new RegisteredProvider(livechat({ clientId: 'id', clientSecret: 'secret' }), false)
    const credential = frameCredential(provider, sampleConnection(), { accessToken: 'token' })
    expect([credential.credential, credential.headers.Authorization, credential.baseUrl, credential.fields]).toEqual([
      'token',
      'Bearer token',
      'https://api.livechatinc.com/v3.6',
      {},
    ])
  })

  it('fills the settings into the base URL', () => {
    expect(reveal({}, { apiKey: 'key' }).baseUrl).toBe('https://north.acme.example/api')
  })

  // SS-1
  it('makes no URL of a setting that is not one DNS label', () => {
    expect(() => reveal({}, { apiKey: 'key' }, { settings: { subdomain: 'evil.example#' } })).toThrow(
      expect.objectContaining({ code: 'invalid_request', details: { setting: 'subdomain' } }),
    )
  })

  it.each([
    ['bearer', {}, { Authorization: 'Bearer key' }, undefined],
    ['header', {}, { 'X-Api-Key': 'key' }, undefined],
    ['header', { parameterName: 'X-Token' }, { 'X-Token': 'key' }, undefined],
    ['query', { parameterName: 'token' }, {}, { token: 'key' }],
    // RFC 7617 §2
    ['basic', { basicPassword: 'X' }, { Authorization: `Basic ${Buffer.from('key:X').toString('base64')}` }, undefined],
  ] satisfies [ApiKeyDefinition['scheme'], Partial<ApiKeyDefinition>, object, object | undefined][])(
    'carries a key by %s %j',
    (scheme, more, headers, searchParams) => {
      const credential = reveal({ scheme, ...more }, { apiKey: 'key' })
      expect([credential.credential, { ...credential.headers }, credential.searchParams && { ...credential.searchParams }]).toEqual([
        'key',
        headers,
        searchParams,
      ])
    },
  )

  it('joins two secret fields by a colon, in the order of the definition', () => {
    const credential = reveal({ scheme: 'basic', fields: [field('identifier'), field('key')] }, { key: 'b', identifier: 'a' })
    expect([credential.credential, credential.headers.Authorization]).toEqual(['a:b', `Basic ${Buffer.from('a:b').toString('base64')}`])
    expect({ ...credential.fields }).toEqual({ identifier: 'a', key: 'b' })
  })

  it('gives the one secret field alone and uses a plain one as the user name', () => {
    const credential = reveal({ scheme: 'basic', fields: [field('email', false), field('key')] }, { email: 'ada@acme.example', key: 'k' })
    expect([credential.credential, credential.headers.Authorization]).toEqual(['k', `Basic ${Buffer.from('ada@acme.example:k').toString('base64')}`])
  })

  // AK-9
  it('writes names beyond Latin-1 as UTF-8', () => {
    const credential = reveal({ scheme: 'basic', fields: [field('name', false), field('key')] }, { name: 'Łukasz', key: 'k' })
    expect(Buffer.from(credential.headers.Authorization?.slice('Basic '.length) ?? '', 'base64').toString('utf8')).toBe('Łukasz:k')
  })

  it('puts a webhook secret into no header', () => {
    const credential = reveal({}, { secret: 'whsec' }, { credentialType: 'webhook_secret' })
    expect([credential.credential, { ...credential.headers }]).toEqual(['whsec', {}])
  })
})
