import { describe, expect, it } from 'vitest'
import { defineProvider, reservedAuthorizationParams } from './defineProvider.ts'
import type { OAuth2Definition, ProviderDefinition } from './provider.ts'

const oauth: OAuth2Definition = {
  kind: 'oauth2',
  authorizationEndpoint: 'https://acme.example/authorize',
  tokenEndpoint: 'https://acme.example/token',
  pkce: 'S256',
  clientAuthentication: 'client_secret_post',
  scopes: [{ id: 'chats:read', description: 'Read chats' }],
  accessTokenLifetimeSeconds: 3600,
  refreshTokenRotation: true,
}
const acme: ProviderDefinition = {
  id: 'acme',
  name: 'Acme',
  category: 'Customer Support',
  description: 'Chats.',
  website: 'https://acme.example',
  docsUrl: 'https://acme.example/docs',
  auth: [oauth],
  settings: [{ id: 'subdomain', label: 'Domain', pattern: '[a-z]+' }],
  apiBaseUrl: 'https://{subdomain}.acme.example/api',
  healthCheck: { path: '/me' },
  identity: () => Promise.resolve({ id: '1' }),
  setup: { steps: [] },
}

const refusal = (problem: string): unknown =>
  expect.objectContaining({ code: 'invalid_configuration', message: expect.stringContaining(problem) as unknown })
const plainUrl = 'must be a plain URL whose placeholders are the whole first label of the host or a whole path segment.'

describe('defineProvider', () => {
  it('gives a provider that makes registrations of its definition', () => {
    const provider = defineProvider(acme)
    const registration = provider({ clientId: 'id', clientSecret: 'secret', scopes: ['chats:read', 'a-new-scope'] })
    expect(provider.definition).toBe(acme)
    expect(registration.definition).toBe(acme)
    expect(registration.options).toEqual({ clientId: 'id', clientSecret: 'secret', scopes: ['chats:read', 'a-new-scope'] })
  })

  // CR-16, LK-3
  it('gives registrations that do not show their client secret', () => {
    const registration = defineProvider(acme)({ clientId: 'id', clientSecret: 'CANARY' })
    expect(JSON.stringify(registration)).not.toContain('CANARY')
    expect(Object.getOwnPropertyNames(registration)).toEqual(['definition'])
  })

  it.each(['', 'Acme', 'acme_chat', 'acme-', '-acme', 'acme--chat', '../acme', '1acme', 'acme/x', '__proto__'])('refuses the id %j', (id) => {
    expect(() => defineProvider({ ...acme, id })).toThrow(refusal('its id must be lower-case words joined by "-".'))
  })

  it('refuses a definition without a way to connect', () => {
    expect(() => defineProvider({ ...acme, auth: [] })).toThrow(refusal('it needs at least one way to connect in "auth".'))
  })

  it.each([{ requests: 0, perSeconds: 60 }, { requests: 100, perSeconds: 0 }, { requests: Number.NaN, perSeconds: 60 }])('refuses the rate limit %j', (rateLimit) => {
    expect(() => defineProvider({ ...acme, rateLimit })).toThrow(refusal('"rateLimit" needs more than 0 requests in more than 0 seconds.'))
  })

  // TK-17
  it.each([
    ['apiBaseUrl', { apiBaseUrl: 'http://acme.example' }],
    ['files', { otherBaseUrls: { files: 'http://files.acme.example' } }],
    ['authorizationEndpoint', { auth: [{ ...oauth, authorizationEndpoint: 'http://acme.example' }] }],
    ['tokenEndpoint', { auth: [{ ...oauth, tokenEndpoint: 'http://127.0.0.1/token' }] }],
    ['revocationEndpoint', { auth: [{ ...oauth, revocationEndpoint: 'http://acme.example' }] }],
  ] satisfies [string, Partial<ProviderDefinition>][])('refuses http in %s', (name, change) => {
    expect(() => defineProvider({ ...acme, ...change })).toThrow(refusal(`"${name}" must start with https://.`))
  })

  // SS-1
  it.each([
    ['apiBaseUrl', { apiBaseUrl: 'https://{subdomain}' }],
    ['apiBaseUrl', { apiBaseUrl: 'https://{subdomain}.com' }],
    ['files', { otherBaseUrls: { files: 'https://files.{subdomain}' } }],
    ['tokenEndpoint', { auth: [{ ...oauth, tokenEndpoint: 'https://{subdomain}@acme.example' }] }],
  ] satisfies [string, Partial<ProviderDefinition>][])('refuses a placeholder that could choose another host in %s', (name, change) => {
    expect(() => defineProvider({ ...acme, ...change })).toThrow(refusal(`"${name}" ${plainUrl}`))
  })

  it('refuses a placeholder that no setting fills', () => {
    expect(() => defineProvider({ ...acme, settings: [] })).toThrow(
      refusal('"apiBaseUrl" uses the setting "subdomain", which "settings" does not declare.'),
    )
  })

  // TK-27, RD-10
  it.each(reservedAuthorizationParams)('refuses to set the parameter %s, which the flow sets', (name) => {
    expect(() => defineProvider({ ...acme, auth: [{ ...oauth, authorizationParams: { [name]: 'x' } }] })).toThrow(
      refusal(`"authorizationParams" cannot set "${name}", which the flow sets.`),
    )
  })

  it('takes parameters of the provider itself', () => {
    expect(() => defineProvider({ ...acme, auth: [{ ...oauth, authorizationParams: { access_type: 'offline' } }] })).not.toThrow()
  })
})

describe('reservedAuthorizationParams', () => {
  it('holds every parameter that carries the security of the flow', () => {
    expect(reservedAuthorizationParams).toEqual(
      expect.arrayContaining(['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'code_challenge', 'code_challenge_method']),
    )
  })
})
