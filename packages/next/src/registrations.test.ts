import { inspect } from 'node:util'
import { defineProvider, type EndpointOverrides, type Registration } from '@authpipe/core'
import { freshservice, livechat } from '@authpipe/core/providers'
import { describe, expect, it, vi } from 'vitest'
import { RegisteredProvider, Registrations } from './registrations.ts'

const client = { clientId: 'CANARY_id', clientSecret: 'CANARY_secret' }
const acme = defineProvider({
  ...livechat.definition,
  id: 'acme',
  auth: [{ kind: 'api_key', scheme: 'bearer', fields: [{ id: 'apiKey', label: 'API key', secret: true }] }],
  settings: [{ id: 'subdomain', label: 'Domain', pattern: '[a-z]+' }],
  apiBaseUrl: 'https://{subdomain}.acme.example/api/',
  otherBaseUrls: {},
})
const problemOf = (registration: Registration, allowInsecureLoopback = false): unknown => {
  try {
    return new RegisteredProvider(registration, allowInsecureLoopback)
  } catch (error) {
    return error
  }
}
const refusal = (id: string, problem: string): object => ({
  code: 'invalid_configuration',
  message: `The registration of "${id}" cannot be used: ${problem}`,
})
const withEndpoints = (endpoints: EndpointOverrides): Registration => livechat({ ...client, endpoints })

describe('RegisteredProvider', () => {
  it('has the URLs of its definition', () => {
    const provider = new RegisteredProvider(livechat(client), false)
    expect(provider.oauth({})).toMatchObject({
      ...client,
      authorizationEndpoint: 'https://accounts.livechat.com/',
      tokenEndpoint: 'https://accounts.livechat.com/v2/token',
      revocationEndpoint: 'https://accounts.livechat.com/v2/token',
      issuer: undefined,
    })
    expect(provider.baseUrl('accountsBaseUrl', {})).toBe('https://accounts.livechat.com/v2')
  })

  it('takes the URLs of the registration instead, one by one', () => {
    const provider = new RegisteredProvider(
      withEndpoints({ tokenEndpoint: 'https://eu.example/token', apiBaseUrl: 'https://eu.example/api/', issuer: undefined }),
      false,
    )
    expect(provider.oauth({})).toMatchObject({
      authorizationEndpoint: 'https://accounts.livechat.com/',
      tokenEndpoint: 'https://eu.example/token',
      issuer: undefined,
    })
    expect(provider.baseUrl('apiBaseUrl', {})).toBe('https://eu.example/api')
  })

  it.each([
    [{}, 'a clientId'],
    [{ clientSecret: 's' }, 'a clientId'],
    [{ clientId: 'i' }, 'a clientSecret'],
    [{ clientId: 'i', clientSecret: '' }, 'a clientSecret'],
  ])('needs id and secret for OAuth: %j', (options, missing) => {
    expect(problemOf(livechat(options))).toMatchObject(
      refusal('livechat', `it needs ${missing}. Register an app there and pass what it gives you, from the environment.`),
    )
  })

  // TK-17, SS-9
  it.each([
    'http://provider.example/token',
    'http://192.168.0.1/',
    'http://localhost.evil.example/',
    'http://127.0.0.1.nip.io/',
    'ftp://provider.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
  ])('refuses the endpoint %s, loopback allowed or not', (tokenEndpoint) => {
    for (const allow of [false, true])
      expect(problemOf(withEndpoints({ tokenEndpoint }), allow)).toMatchObject(
        refusal('livechat', '"endpoints.tokenEndpoint" must start with https://.'),
      )
  })

  // SS-12: the option decides, whatever NODE_ENV says.
  it.each(['http://127.0.0.1:4000/token', 'http://localhost:4000/token', 'http://[::1]:4000/token'])(
    'takes %s only with allowInsecureLoopback',
    (tokenEndpoint) => {
      for (const environment of ['development', 'test', 'production']) {
        vi.stubEnv('NODE_ENV', environment)
        expect(problemOf(withEndpoints({ tokenEndpoint }))).toMatchObject(
          refusal('livechat', '"endpoints.tokenEndpoint" is a local http URL, which needs allowInsecureLoopback: true.'),
        )
      }
      vi.unstubAllEnvs()
      expect(problemOf(withEndpoints({ tokenEndpoint }), true)).toBeInstanceOf(RegisteredProvider)
    },
  )

  it.each(['', 'provider.example', '//provider.example', 'https://', 'https://user:password@provider.example/', 'https://provider.example/#x'])(
    'refuses %j, which is no plain URL',
    (tokenEndpoint) => {
      expect(problemOf(withEndpoints({ tokenEndpoint }))).toMatchObject(refusal('livechat', '"endpoints.tokenEndpoint" is not a plain URL.'))
    },
  )

  it('refuses placeholders that are no setting, and names that the provider does not have', () => {
    expect(problemOf(withEndpoints({ apiBaseUrl: 'https://acme.example/{region}' }))).toMatchObject(
      refusal('livechat', '"endpoints.apiBaseUrl" may hold declared settings only, each as a whole part of the path.'),
    )
    expect(problemOf(withEndpoints({ tokenUrl: 'https://provider.example' }))).toMatchObject(
      refusal(
        'livechat',
        '"endpoints.tokenUrl" is not a URL of this provider. It has apiBaseUrl, accountsBaseUrl, authorizationEndpoint, tokenEndpoint, revocationEndpoint, issuer.',
      ),
    )
  })

  it('fills settings into the base URL and refuses what is no label', () => {
    const provider = new RegisteredProvider(acme(), false)
    expect(provider.baseUrl('apiBaseUrl', { subdomain: 'north' })).toBe('https://north.acme.example/api')
    expect(() => provider.baseUrl('apiBaseUrl', { subdomain: 'evil.example#' })).toThrow(
      expect.objectContaining({ code: 'invalid_request', details: { setting: 'subdomain' } }),
    )
  })

  it.each(['files', 'constructor', '__proto__'])('has no base URL %s that nobody declared', (name) => {
    expect(() => new RegisteredProvider(acme(), false).baseUrl(name, { subdomain: 'north' })).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: `The definition of acme asks for the base URL "${name}", which it does not declare.`,
      }),
    )
  })

  it('is not asked for OAuth where it has none', () => {
    const provider = new RegisteredProvider(acme(), false)
    expect(provider.hasOAuth).toBe(false)
    expect(() => provider.oauth({})).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: 'LiveChat is not connected by OAuth. Send its key to POST /connections.' }),
    )
  })

  // CR-16, LK-3
  it('prints neither id nor secret of its client', () => {
    const provider = new RegisteredProvider(livechat(client), false)
    expect(inspect([provider, livechat(client), new Registrations([livechat(client)], false)], { depth: Infinity, showHidden: true, getters: true })).not.toContain(
      'CANARY',
    )
    expect(JSON.stringify(provider)).not.toContain('CANARY')
  })

  it('tells a page neither endpoints nor client', () => {
    const { summary } = new RegisteredProvider(livechat({ ...client, scopes: ['agents--my:ro', 'chats--all:ro'], attachment: 'tenant' }), false)
    expect(Object.keys(summary)).toEqual(['id', 'name', 'description', 'category', 'website', 'docsUrl', 'attachment', 'auth', 'settings', 'setup'])
    expect(summary).toMatchObject({ id: 'livechat', attachment: 'tenant', auth: [{ kind: 'oauth2', fields: [] }] })
    expect(summary.auth[0]?.scopes.map(({ id }) => id)).toEqual(['chats--all:ro', 'agents--my:ro'])
    expect(JSON.stringify(summary)).not.toMatch(/CANARY|accounts\.livechat\.com|api\.livechatinc\.com/)
  })
})

describe('Registrations', () => {
  const registrations = new Registrations([livechat(client), acme()], false)

  it('finds each provider by its id', () => {
    expect(registrations.all.map(({ id }) => id)).toEqual(['livechat', 'acme'])
    expect([registrations.get('acme').id, registrations.find('acme')?.id]).toEqual(['acme', 'acme'])
  })

  // HT-17
  it.each(['', 'crisp', 'LiveChat', 'livechat ', '__proto__', 'constructor', 'toString', '../livechat'])('knows no provider %j', (id) => {
    expect(registrations.find(id)).toBeUndefined()
    expect(() => registrations.get(id)).toThrow(
      expect.objectContaining({
        code: 'unknown_provider',
        message: 'No provider with this id is registered. Add it to "providers" of createAuthpipe.',
      }),
    )
  })

  it('refuses one that is registered twice', () => {
    expect(() => new Registrations([livechat(client), livechat(client)], false)).toThrow(
      expect.objectContaining(refusal('livechat', 'it is registered twice.')),
    )
  })
})

describe('a registration that is found for each tenant', () => {
  it('leaves a tenant without an app its key, and says that there is none to sign in with', async () => {
    const provider = await new RegisteredProvider(freshservice(() => null), false).at({ tenantId: 'org_acme', settings: {} })

    expect(provider.apiKey.kind).toBe('api_key')
    expect(() => provider.oauth({})).toThrow(expect.objectContaining({ code: 'provider_misconfigured', message: expect.stringContaining('no app at Freshservice') }))
  })

  it('is refused for a tenant without an app where there is no other way to connect', async () => {
    await expect(new RegisteredProvider(livechat(() => null), false).at({ tenantId: 'org_acme', settings: {} })).rejects.toMatchObject({ code: 'provider_misconfigured' })
  })
})
