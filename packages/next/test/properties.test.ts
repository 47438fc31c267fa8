// What comes from outside may be anything. Whatever it is, it is taken rightly or refused by a code of ours, and never quoted.
import { AuthpipeError, dnsLabel, errorTable, InvalidShape, parseStartSession, parseStoreCredential } from '@authpipe/core'
import { catalog, crisp, freshdesk, helpScout, livechat } from '@authpipe/core/providers'
import { parseCredentialRequest, parseCredentialToStore } from '@authpipe/core/server'
import fc from 'fast-check'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { judgeAuthorizationResponse } from '../src/oauth/authorizationResponse.ts'
import { codeExchangeError, exchangeCode, refreshTokens, TokenRequestFailed } from '../src/oauth/tokenRequests.ts'
import type { TokenSet } from '../src/oauth/tokenResponse.ts'
import { RegisteredProvider } from '../src/registrations.ts'
import { readBindingCookie } from '../src/routes/bindingCookie.ts'
import { parseBody, readFormBody, readJsonBody } from '../src/routes/requestBody.ts'
import { resolveReturnTo } from '../src/routes/returnTo.ts'
import { checkSettings } from '../src/settings.ts'
import { isGenuine } from '../src/webhooks/isGenuine.ts'
import { readWebhookEvent } from '../src/webhooks/webhookEvent.ts'
import { plain } from './world.ts'

/** Few here; as many as you say where somebody looks for more. */
const numRuns = Number(process.env.AUTHPIPE_TEST_RUNS ?? 150)
const timeout = 10_000 + 20 * numRuns
const check = <T extends unknown[]>(property: fc.IProperty<T> | fc.IAsyncProperty<T>): Promise<void> | void => fc.assert(property as fc.IRawProperty<T>, { numRuns })

/** Marks all text from outside, so that it is known where it comes out. */
const canary = 'CANARY'
const text = fc.string({ unit: 'binary', maxLength: 40 }).map((end) => canary + end)
const odd = fc.oneof(
  text,
  fc.constantFrom<unknown>('', null, true, 0, -1, 1e20, 2 ** 53, NaN, `${canary}\r\nX: 1`, `${canary}\u0000`, '\ud800', [canary], { [canary]: canary }, '__proto__', 3600, '3600', 'Bearer'),
  fc.jsonValue({ maxDepth: 3 }),
)
/** An object of whatever, in which some names are those that are read. */
const objectOf = (...names: string[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.dictionary(fc.oneof({ arbitrary: fc.constantFrom(...names), weight: 4 }, text, fc.constantFrom('__proto__', 'constructor', 'toString')), odd, { maxKeys: 10, noNullPrototype: true })

function expectOurs(error: unknown): asserts error is AuthpipeError {
  expect(error).toBeInstanceOf(AuthpipeError)
  if (!(error instanceof AuthpipeError)) throw error
  expect(Object.keys(errorTable)).toContain(error.code)
  expect(inspect(error, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(error)).not.toContain(canary)
}

describe('a token answer', { timeout }, () => {
  const clients = [livechat({ clientId: 'id', clientSecret: 'secret' }), helpScout({ clientId: 'id', clientSecret: 'secret' }), plain({ clientId: 'id', clientSecret: 'secret' })].map((registration) =>
    new RegisteredProvider(registration, false).oauth({}),
  )
  const names = ['access_token', 'refresh_token', 'token_type', 'expires_in', 'scope', 'error', 'error_description', 'id_token', 'refresh_token_expires_in']
  const body = fc.oneof(
    objectOf(...names).map((members) => JSON.stringify(members)),
    // Good but for one member, so that each is judged by itself.
    fc.tuple(fc.constantFrom(...names), odd).map(([name, value]) => JSON.stringify({ access_token: 'token', token_type: 'bearer', expires_in: 3600, [name]: value })),
    fc.string({ unit: 'binary' }),
    fc.jsonValue().map((value) => JSON.stringify(value)),
  )
  const status = fc.constantFrom(200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 429, 500, 503)
  const headers = fc.constantFrom({ 'content-type': 'application/json' }, { 'content-type': 'text/html' }, { 'retry-after': '-1' }, { 'retry-after': canary }, { 'www-authenticate': `Bearer error="${canary}"` })

  function expectSound({ accessToken, refreshToken, lifetimeSeconds, grantLifetimeSeconds, scopes, extra }: TokenSet): void {
    for (const token of refreshToken === undefined ? [accessToken] : [accessToken, refreshToken]) {
      expect(token).toMatch(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/)
      expect(token.length).toBeLessThanOrEqual(65_536)
      expect(() => new Headers({ authorization: `Bearer ${token}` })).not.toThrow()
    }
    for (const seconds of [lifetimeSeconds ?? 0, grantLifetimeSeconds ?? 0]) {
      expect(Number.isSafeInteger(seconds) && seconds >= 0).toBe(true)
      expect(() => new Date(Date.now() + seconds * 1000).toISOString()).not.toThrow()
    }
    for (const scope of scopes ?? []) expect(scope).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
    expect(Object.values(extra).every((value) => ['string', 'number', 'boolean'].includes(typeof value))).toBe(true)
    expect(Object.keys(extra)).not.toContain('id_token')
  }

  it('is a token that can be used, or a failure with a code', () =>
    check(
      fc.asyncProperty(fc.constantFrom(...clients), body, status, headers, fc.boolean(), async (client, answer, code, sent, isRefresh) => {
        const fetch = async (): Promise<Response> => new Response([204].includes(code) ? null : answer, { status: code, headers: sent })
        try {
          const parameters = judgeAuthorizationResponse(client, 'state', new URLSearchParams({ code: 'code', state: 'state', ...(client.issuer === undefined ? {} : { iss: client.issuer }) }))
          if (parameters.kind !== 'code') throw new Error('The answer of the provider is not the matter here.')
          expectSound(isRefresh ? await refreshTokens(fetch, client, 'refresh') : await exchangeCode(fetch, client, { parameters: parameters.parameters, redirectUri: 'http://localhost/cb', codeVerifier: 'v'.repeat(43) }))
        } catch (error) {
          expect(error).toBeInstanceOf(TokenRequestFailed)
          // The code of an error is the one word of the provider that goes on.
          if (error instanceof TokenRequestFailed) expect(error.oauthError ?? '').toMatch(/^[\w.:-]{0,100}$/)
          if (!(error instanceof TokenRequestFailed && error.oauthError?.includes(canary))) expectOurs(codeExchangeError(error))
        }
        expect('polluted' in {}).toBe(false)
      }),
    ))
})

describe('the parameters of a callback', { timeout }, () => {
  const clients = [livechat({ clientId: 'id', clientSecret: 'secret' }), plain({ clientId: 'id', clientSecret: 'secret' })].map((registration) => new RegisteredProvider(registration, false).oauth({}))
  const name = fc.oneof({ arbitrary: fc.constantFrom('code', 'iss', 'error', 'error_description', 'response', 'id_token', 'access_token'), weight: 5 }, text)
  const value = fc.oneof(text, fc.constantFrom('', 'access_denied', 'server_error', 'https://accounts.livechat.com', 'https://evil.example'))

  it('are one code of the right issuer, an error, or refused', () =>
    check(
      fc.property(fc.constantFrom(...clients), fc.array(fc.tuple(name, value), { maxLength: 6 }), (client, pairs) => {
        const parameters = new URLSearchParams([['state', 'state'], ...pairs])
        try {
          const answer = judgeAuthorizationResponse(client, 'state', parameters)
          expect(['code', 'iss', 'error'].filter((one) => parameters.getAll(one).length > 1)).toEqual([])
          expect(answer.kind === 'code').toBe(!parameters.has('error'))
          if (answer.kind !== 'code') return
          expect([answer.parameters.get('code'), answer.parameters.get('state')]).toEqual([parameters.get('code'), 'state'])
          expect(parameters.get('code')).not.toBe('')
          if (client.issuer !== undefined) expect(parameters.get('iss')).toBe(client.issuer)
          expect([...answer.parameters.keys()].every((one) => ['state', 'code', 'iss'].includes(one))).toBe(true)
        } catch (error) {
          expectOurs(error)
          expect(['invalid_request', 'issuer_mismatch']).toContain(error.code)
        }
      }),
    ))
})

describe('settings', { timeout }, () => {
  const registered = catalog.map((provider) => new RegisteredProvider(provider({ clientId: 'id', clientSecret: 'secret' } as never), false)).filter(({ definition }) => definition.settings?.length)
  const typed = fc.oneof(
    text,
    fc.constantFrom('acme', 'ACME', 'https://acme.freshdesk.com/a/tickets', 'evil.com#', 'evil.com/', 'evil.com?', 'evil.com\\', 'user@evil', 'a.b', 'acme%2eevil', 'acme:8443', 'xn--a', '-a', 'a-', 'a'.repeat(64), 'ａｃｍｅ'),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.stringMatching(/^[a-z0-9-]{1,70}(\.freshdesk\.com|\.freshservice\.com|)$/),
  )

  it('are labels that choose no other host, or refused by name', () =>
    check(
      fc.property(fc.constantFrom(...registered), fc.constantFrom('oauth2' as const, 'api_key' as const), typed, (provider, kind, value) => {
        const ids = (provider.definition.settings ?? []).map(({ id }) => id)
        try {
          const settings = checkSettings(provider, kind, { ...Object.fromEntries(ids.map((id) => [id, value])), [`${canary}_unknown`]: value })
          expect(ids).toEqual(expect.arrayContaining(Object.keys(settings)))
          for (const label of Object.values(settings)) expect(label).toMatch(dnsLabel)
          const url = provider.baseUrl('apiBaseUrl', settings)
          const host = provider.definition.apiBaseUrl.split('/')[2]?.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[a-z0-9-]{1,63}')
          expect(new URL(url).host).toMatch(new RegExp(`^${host}$`))
          expect([new URL(url).username, url.includes(canary)]).toEqual(['', false])
        } catch (error) {
          expectOurs(error)
          expect(error.code).toBe('invalid_request')
        }
      }),
    ))
})

describe('the body of a webhook', { timeout }, () => {
  const providers = [helpScout, livechat, crisp, freshdesk].map(({ definition }) => definition.webhook ?? { scheme: 'none' as const })
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    objectOf('id', 'event', 'action', 'type', 'website_id', 'secret_key', 'license_id', 'payload', 'data').map((body) => Buffer.from(JSON.stringify(body))),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
  )
  const header = fc.oneof(text, fc.constantFrom('', '0', '-1', '9'.repeat(20), `${Date.now()}`, 'ticket.created'))

  it('is signed by nobody who does not know the secret', () =>
    check(
      fc.property(fc.constantFrom(...providers), bytes, header, (definition, body, sent) => {
        expect(isGenuine(definition, { header: () => sent, body }, ['the-secret', ''], Date.now())).toBe(false)
      }),
    ))

  it('is an event with an id and a name, or no JSON', () =>
    check(
      fc.property(fc.constantFrom(...providers), bytes, fc.boolean(), (definition, body, isSigned) => {
        try {
          // Whoever is signed has a time that was checked.
          const { id, type, payload, occurredAt } = readWebhookEvent(definition, { header: () => '1700000000000', body }, isSigned)
          expect(id).not.toBe('')
          expect(type).toMatch(/^[\x21-\x7e]{1,200}$/)
          expect(occurredAt === undefined || isSigned).toBe(true)
          if (definition.scheme === 'body_secret') expect(Object.keys(Object(payload))).not.toContain(definition.member)
        } catch (error) {
          expectOurs(error)
          expect(error.code).toBe('invalid_request')
        }
        expect('polluted' in {}).toBe(false)
      }),
    ))
})

describe('the body of a request', { timeout }, () => {
  const parsers = [parseStartSession, parseStoreCredential, parseCredentialRequest, parseCredentialToStore]
  const members = ['provider', 'sessionId', 'scopes', 'settings', 'connectionId', 'returnTo', 'mode', 'kind', 'fields', 'tenantId', 'userId', 'credentialType', 'credentialFor', 'forceRefresh', 'generation', 'overlapMs', 'verify']
  const body = fc.oneof(objectOf(...members).map((value) => JSON.stringify(value)), fc.jsonValue().map((value) => JSON.stringify(value)), text)
  const request = (sent: string, type: string): Request => new Request('http://localhost/', { method: 'POST', headers: { 'content-type': type }, body: sent })

  it('has the form that is asked for, or is refused by the place that has not', () =>
    check(
      fc.asyncProperty(fc.constantFrom(...parsers), body, async (parse, sent) => {
        try {
          const parsed: unknown = parseBody(parse as (value: unknown, path: string) => unknown, await readJsonBody(request(sent, 'application/json')))
          expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
        } catch (error) {
          expect(error).not.toBeInstanceOf(InvalidShape)
          expectOurs(error)
          expect(error.code).toBe('invalid_request')
        }
        expect('polluted' in {}).toBe(false)
      }),
    ))

  it('is a form, or refused', () =>
    check(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (sent) => {
        const form = await readFormBody(request(sent, 'application/x-www-form-urlencoded')).catch((error: unknown) => expectOurs(error))
        expect(form === undefined || form instanceof URLSearchParams).toBe(true)
      }),
    ))
})

describe('what else a browser brings', { timeout }, () => {
  const baseUrl = { href: 'https://app.example.com/api/authpipe', origin: 'https://app.example.com', pathname: '/api/authpipe', secure: true }

  it('as the way back stays on the own origin, also once a browser has read it', () =>
    check(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[/\\.@:?#a-z\t\n]{0,20}$/), fc.webUrl(), fc.constantFrom('//evil', '/\\evil', 'blob:https://app.example.com/x')), (returnTo) => {
        const there = resolveReturnTo(baseUrl, returnTo)
        const { origin, protocol } = new URL(there, 'https://elsewhere.example/')
        expect([origin, protocol]).toEqual([baseUrl.origin, 'https:'])
        expect(() => new Headers({ location: there })).not.toThrow()
      }),
    ))

  it('as cookies is one value of the right form, or none', () =>
    check(
      fc.property(fc.stringMatching(/^[\x20-\x7e]{0,80}$/), fc.boolean(), (cookies, isNamed) => {
        const value = readBindingCookie(baseUrl, new Request(baseUrl.href, { headers: { cookie: isNamed ? `__Host-authpipe=${cookies}` : cookies } }))
        expect(value ?? 'A'.repeat(43)).toMatch(/^[\w-]{43}$/)
      }),
    ))
})
