// Code exchange and refresh against every way in which a token endpoint can answer. TK-… name rows of the threat catalogue.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Connection, Credential, Session } from '@authpipe/core'
import { sandboxClient, sandboxEndpoints, type Fault } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { watchRequests } from './watchRequests.ts'
import { consent, openWorld, plain, type World } from './world.ts'

const year = 365 * 24 * 3_600_000
const query = (provider: string) => ({ provider, tenantId: 'org_acme', userId: 'user_1' })
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => Promise.reject(new Error('It was answered.')),
    (error: unknown) => error,
  )

let world: World
let watch: ReturnType<typeof watchRequests>
beforeEach(async () => {
  world = await openWorld()
  watch = watchRequests()
})
afterEach(async () => {
  watch.stop()
  await world.close()
})

interface Finished {
  readonly page: Response
  readonly text: string
  readonly session: Session
  readonly connections: readonly Connection[]
  readonly tokenRequests: number
}

/** Connects while the token endpoint has a fault. */
async function connectWith(fault: Fault, provider: 'plain' | 'livechat' = 'plain'): Promise<Finished> {
  const browser = world.browser()
  const { sessionId, authorizationUrl } = await browser.start(provider)
  const callback = await consent(authorizationUrl)
  world.sandbox[provider].fault('token', fault)
  const page = await browser.followCallback(callback)
  return {
    page,
    text: await page.text(),
    session: await browser.session(sessionId),
    connections: await browser.connections(),
    tokenRequests: world.sandbox[provider].tokenRequests(),
  }
}

const amend = (members: Readonly<Record<string, unknown>>, without: readonly string[] = []): Fault => ({ kind: 'amend', members, without })
const answer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Fault => ({ kind: 'answer', status, body, headers })

/** The stored connection, and the credential that it gives. */
async function connected(provider: 'plain' | 'livechat' = 'plain'): Promise<{ connection: Connection; credential: Credential }> {
  const connection = await world.browser().connect(provider)
  return { connection, credential: await world.authpipe.getCredential(query(provider)) }
}

const nothing = { code: 'connection_not_found', message: 'Nothing is connected here. Show a ConnectButton to the user first.' }

describe('redeeming a code', () => {
  // TK-1
  it('sends the verifier of the challenge, a fresh one each time', async () => {
    const browser = world.browser()
    const challenges: (string | null)[] = []
    for (const provider of ['plain', 'livechat']) {
      const { authorizationUrl } = await browser.start(provider)
      challenges.push(new URL(authorizationUrl).searchParams.get('code_challenge'))
      await browser.followCallback(await consent(authorizationUrl))
    }
    const verifiers = watch.requests.flatMap(({ body }) => body.getAll('code_verifier'))
    expect(verifiers.map((verifier) => createHash('sha256').update(verifier).digest('base64url'))).toEqual(challenges)
    expect(new Set(verifiers).size).toBe(2)
    for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/)
  })

  // TK-2
  it('never tries again without PKCE', async () => {
    const { session, tokenRequests } = await connectWith(
      answer(400, { error: 'invalid_request', error_description: 'code_verifier is not supported' }),
    )
    expect(tokenRequests).toBe(1)
    expect(watch.requests.filter(({ body }) => body.has('code')).every(({ body }) => body.has('code_verifier'))).toBe(true)
    expect(session).toMatchObject({ status: 'failed', error: { code: 'code_exchange_failed' } })
  })

  // TK-3
  it.each(['plain', 'livechat'])("stores nothing for another person's code in one's own answer, at %s", async (provider) => {
    const [attacker, victim] = [world.browser('org_evil', 'mallory'), world.browser()]
    const stolen = new URL(await consent((await attacker.start(provider)).authorizationUrl)).searchParams.get('code') ?? ''
    const { sessionId, authorizationUrl } = await victim.start(provider)
    const callback = new URL(await consent(authorizationUrl))
    callback.searchParams.set('code', stolen)

    const page = await victim.followCallback(callback.href)

    expect(page.status).toBe(502)
    expect((await victim.session(sessionId)).status).toBe('failed')
    expect([await victim.connections(), await attacker.connections()]).toEqual([[], []])
  })

  // TK-4
  it('asks once when the answer is lost after the code was spent, and says to start again', async () => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start('plain')
    const callback = await consent(authorizationUrl)
    world.sandbox.plain.fault('token', { kind: 'drop', processFirst: true })

    const [lost, again] = [await browser.followCallback(callback), await browser.followCallback(callback)]

    expect([lost.status, again.status]).toEqual([503, 409])
    expect(await again.text()).toContain('session_already_used')
    expect(await browser.session(sessionId)).toMatchObject({
      status: 'failed',
      error: { code: 'provider_unreachable', message: 'The provider does not answer' },
    })
    expect(world.sandbox.plain.tokenRequests()).toBe(1)
    expect((await browser.connect('plain')).status).toBe('active')
  })

  // TK-5, TK-6
  it.each([
    ['two codes', '&code=other', 400, 'invalid_request', 'pending'],
    ['a code and an error', '&error=server_error', 502, 'authorization_failed', 'failed'],
    ['a code and a denial', '&error=access_denied', 403, 'authorization_denied', 'denied'],
  ])('redeems nothing of an answer with %s', async (_, more, status, code, sessionStatus) => {
    const browser = world.browser()
    const { sessionId, authorizationUrl } = await browser.start('plain')
    const page = await browser.followCallback((await consent(authorizationUrl)) + more)
    expect([page.status, world.sandbox.plain.tokenRequests()]).toEqual([status, 0])
    expect(await page.text()).toContain(code)
    expect((await browser.session(sessionId)).status).toBe(sessionStatus)
  })

  const json = { 'content-type': 'application/json' }
  it.each([
    // TK-7
    ['a sign-in page', answer(200, '<html>Sign in</html>'), 'provider_response_invalid'],
    // TK-8
    ['a form', answer(200, 'access_token=a&token_type=bearer', { 'content-type': 'application/x-www-form-urlencoded' }), 'provider_response_invalid'],
    // TK-9
    ["Slack's kind of refusal", answer(200, { ok: false, error: 'invalid_code' }), 'code_exchange_failed'],
    ["GitHub's kind of refusal", answer(200, { error: 'bad_verification_code', error_description: 'text' }), 'code_exchange_failed'],
    // TK-10
    ['nothing', answer(200, '', json), 'provider_response_invalid'],
    ['null', answer(200, 'null', json), 'provider_response_invalid'],
    ['a list', answer(200, '[]', json), 'provider_response_invalid'],
    ['a word', answer(200, '"x"', json), 'provider_response_invalid'],
    ['half an object', answer(200, '{"access_token":"a', json), 'provider_response_invalid'],
    ['lists two hundred deep', answer(200, '['.repeat(200) + ']'.repeat(200), json), 'provider_response_invalid'],
    ['an object that is empty', answer(200, {}), 'provider_response_invalid'],
    ['no content', answer(204, ''), 'provider_response_invalid'],
    // TK-12, TK-13, TK-14
    ['a hundred megabytes', { kind: 'oversized' }, 'provider_response_invalid'],
    ['a gzip bomb', { kind: 'gzip_bomb' }, 'provider_response_invalid'],
    ['gzip ten times over', answer(200, '{}', { ...json, 'content-encoding': Array(10).fill('gzip').join(', ') }), 'provider_response_invalid'],
    ['a cut connection', { kind: 'drop' }, 'provider_unreachable'],
    // TK-21
    ['the token type DPoP', amend({ token_type: 'DPoP' }), 'provider_response_invalid'],
    ['the token type mac', amend({ token_type: 'mac' }), 'provider_response_invalid'],
    ['the token type 7', amend({ token_type: 7 }), 'provider_response_invalid'],
    ['no token type', amend({}, ['token_type']), 'provider_response_invalid'],
    // TK-22
    ['an empty access token', amend({ access_token: '' }), 'provider_response_invalid'],
    ['an access token with a line break', amend({ access_token: 'a\r\nX-Evil: 1' }), 'provider_response_invalid'],
    ['an access token that is an object', amend({ access_token: { a: 1 } }), 'provider_response_invalid'],
    ['an access token beyond ASCII', amend({ access_token: 'tökén' }), 'provider_response_invalid'],
    ['a refresh token that is a number', amend({ refresh_token: 7 }), 'provider_response_invalid'],
    // TK-29
    ['401 invalid_client', answer(401, { error: 'invalid_client' }), 'provider_misconfigured'],
    ['401 unauthorized_client', answer(401, { error: 'unauthorized_client' }), 'provider_misconfigured'],
    ['400 invalid_grant', answer(400, { error: 'invalid_grant' }), 'code_exchange_failed'],
    ['403 and a page', answer(403, '<html>Forbidden</html>'), 'provider_response_invalid'],
    ['500 and a page', answer(500, '<html>Oops</html>'), 'provider_unreachable'],
    ['503 and JSON', answer(503, { message: 'busy' }), 'provider_unreachable'],
    ['429', answer(429, { error: 'slow_down' }, { 'retry-after': '7' }), 'provider_unreachable'],
  ] satisfies [string, Fault, string][])('stores nothing when the provider answers with %s', async (_, fault, code) => {
    const { page, text, session, connections, tokenRequests } = await connectWith(fault)
    expect(page.status).toBeGreaterThanOrEqual(500)
    expect(text).toContain(`<code>${code}</code>`)
    expect(session).toMatchObject({ status: 'failed', error: { code } })
    expect([connections, tokenRequests]).toEqual([[], 1])
    expect(await failureOf(world.authpipe.getCredential(query('plain')))).toMatchObject(nothing)
  })

  // TK-11
  it.each([301, 302, 303, 307, 308] as const)('does not follow a %i, which would carry the client secret along', async (status) => {
    const received: string[] = []
    const elsewhere = createServer((request, response) => {
      received.push(request.url ?? '')
      response.end('{}')
    }).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/token`

    const { session, tokenRequests } = await connectWith({ kind: 'redirect', status, location })
    elsewhere.close()

    expect(session).toMatchObject({ status: 'failed', error: { code: 'provider_response_invalid' } })
    expect([received, tokenRequests]).toEqual([[], 1])
  })

  // TK-18. LiveChat's definition assumes 28 800 seconds.
  it.each([
    [3600, 3_600_000],
    ['3600', 3_600_000],
    [3600.7, 3_600_000],
    [0, 1_000],
    [-5, 1_000],
    [1e20, year],
    [9007199254740993, year],
    ['abc', 28_800_000],
    [null, 28_800_000],
    [[], 28_800_000],
    [{}, 28_800_000],
    [true, 28_800_000],
  ])('gives a token with expires_in %j the life of %i ms', async (expires_in, lifeMs) => {
    const { connections } = await connectWith(amend({ expires_in }), 'livechat')
    expect(connections[0]?.expiresAt).toBe(new Date(world.clock.now + lifeMs).toISOString())
  })

  it('gives a token without expires_in the life that the definition names', async () => {
    const { connections } = await connectWith(amend({}, ['expires_in']), 'livechat')
    expect(connections[0]?.expiresAt).toBe(new Date(world.clock.now + 28_800_000).toISOString())
  })

  // TK-20
  it.each([
    ['as a string', 'profile things:read', ['profile', 'things:read'], []],
    ['as a list', ['profile', 'things:read'], ['profile', 'things:read'], []],
    ['fewer than asked', 'profile', ['profile'], ['things:read']],
    ['more than asked', 'profile things:read things:write', ['profile', 'things:read', 'things:write'], []],
    ['in no form that is known', { profile: true }, ['profile', 'things:read'], []],
  ])('reads scopes that come %s', async (_, scope, scopes, missingScopes) => {
    const { connections } = await connectWith(amend({ scope }))
    expect(connections[0]).toMatchObject({ status: 'active', scopes, missingScopes })
  })

  it('takes an answer without scopes for all that was asked (RFC 6749 §5.1)', async () => {
    const { connections } = await connectWith(amend({}, ['scope']))
    expect(connections[0]).toMatchObject({ scopes: ['profile', 'things:read'], missingScopes: [] })
  })

  it('reads scopes that are joined by commas where the provider does so', async () => {
    expect((await connected('livechat')).connection).toMatchObject({ scopes: ['chats--all:ro', 'agents--my:ro'], missingScopes: [] })
  })

  // TK-21, TK-22
  it.each(['bearer', 'Bearer', 'BEARER'])('takes the token type %s', async (token_type) => {
    expect((await connectWith(amend({ token_type }))).session.status).toBe('complete')
  })

  it('takes a token of four kilobytes', async () => {
    world.sandbox.livechat.fault('token', amend({ access_token: 'x'.repeat(4096) }))
    expect((await connected('livechat')).credential.credential).toBe('x'.repeat(4096))
  })

  // TK-25
  it('lets no member of an answer reach a prototype or a record', async () => {
    const hostile: Record<string, unknown> = JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":"x","hasOwnProperty":"y","tenantId":"org_evil","status":"revoked"}',
    )
    const { connections } = await connectWith(amend(hostile))
    expect(connections[0]).toMatchObject({ tenantId: 'org_acme', status: 'active' })
    expect('polluted' in {}).toBe(false)
  })

  // TK-26: RFC 6749 §2.3.1 and Appendix B; one method in one request.
  it.each(['a:b', 'a%2Fb', 'a+b c', 'pässwörd ✓', '&=?#'])(
    'sends the client secret %j by Basic so that a provider can read it, and not in the body too',
    async (clientSecret) => {
      world.sandbox.plain.set({ clientSecret })
      const registration = plain({
        ...sandboxClient('plain'),
        clientSecret,
        scopes: ['profile'],
        endpoints: sandboxEndpoints('plain', world.sandbox.url),
      })
      const authpipe = world.another({ providers: [registration] })
      const browser = world.browser()
      browser.moveTo(authpipe)

      expect((await browser.connect('plain')).status).toBe('active')
      const [request] = watch.requests.filter(({ body }) => body.has('code'))
      expect([request?.authorization?.split(' ')[0], request?.body.has('client_secret')]).toEqual(['Basic', false])
    },
  )

  // TK-28
  it('shows and keeps nothing of what the provider writes beside its error code', async () => {
    const error_description = `<script>alert("CANARY")</script>\n${'CANARY '.repeat(8_000)}`
    const { text, session } = await connectWith(answer(400, { error: 'invalid_grant', error_description, error_uri: 'https://CANARY.example' }))
    expect(text + JSON.stringify(session)).not.toContain('CANARY')
    expect(session.error).toEqual({ code: 'code_exchange_failed', message: 'The provider refused the authorization code' })
  })

  // TK-23
  it('keeps a grant without a refresh token for as long as its token lives, and then asks for its user', async () => {
    const { connections } = await connectWith(amend({}, ['refresh_token']))
    expect(connections[0]?.status).toBe('active')
    expect((await world.authpipe.getCredential(query('plain'))).refreshed).toBe(false)

    world.clock.now += 3_600_000

    expect(await failureOf(world.authpipe.getCredential(query('plain')))).toMatchObject({
      code: 'needs_reauth',
      message: 'The provider no longer accepts this connection. Ask its user to connect again.',
      details: { reason: 'refresh_token_expired' },
    })
  })
})

describe('refreshing', () => {
  /** Refreshes a connection whose token is over, while the token endpoint has a fault. */
  async function refreshWith(fault: Fault): Promise<{ error: unknown; connection: Connection }> {
    const { connection } = await connected()
    world.clock.now += 3_600_000
    world.sandbox.plain.fault('token', fault)
    const error = await failureOf(world.authpipe.getCredential(query('plain')))
    return { error, connection: await world.authpipe.getConnection({ tenantId: 'org_acme', connectionId: connection.id }) }
  }

  // TK-24
  it.each([
    ['leaves it out', amend({}, ['refresh_token'])],
    ['names it null', amend({ refresh_token: null })],
    ['names it empty', amend({ refresh_token: '' })],
  ])('keeps the old refresh token when the answer %s', async (_, fault) => {
    world.sandbox.plain.set({ rotation: 'none' })
    await connected()
    world.sandbox.plain.fault('token', fault)

    const first = await world.authpipe.getCredential({ ...query('plain'), forceRefresh: true })
    world.clock.now += 3_600_000
    const second = await world.authpipe.getCredential(query('plain'))

    expect([first.refreshed, second.refreshed]).toEqual([true, true])
    expect(second.credential).not.toBe(first.credential)
  })

  it('uses the new refresh token when one comes', async () => {
    await connected()
    for (let round = 0; round < 3; round += 1) {
      world.clock.now += 3_600_000
      expect((await world.authpipe.getCredential(query('plain'))).refreshed).toBe(true)
    }
    expect(world.sandbox.plain.rotationLedger().map(({ event }) => event)).toEqual(['granted', 'refreshed', 'refreshed', 'refreshed'])
  })

  // TK-18
  it('asks at most once a second for a token that is over when it comes', async () => {
    await connected()
    world.sandbox.plain.fault('token', amend({ expires_in: 0 }), { times: Infinity })
    world.clock.now += 3_600_000
    const before = world.sandbox.plain.tokenRequests()
    for (let second = 0; second < 3; second += 1) {
      await Promise.all(Array.from({ length: 20 }, () => world.authpipe.getCredential(query('plain'))))
      world.clock.now += 1_000
    }
    expect(world.sandbox.plain.tokenRequests() - before).toBe(3)
  })

  // TK-20, RF-33
  it('notices scopes that were taken away', async () => {
    const { connection } = await connected()
    world.sandbox.plain.fault('token', amend({ scope: 'profile' }))
    await world.authpipe.getCredential({ ...query('plain'), forceRefresh: true })
    expect(await world.authpipe.getConnection({ tenantId: 'org_acme', connectionId: connection.id })).toMatchObject({
      status: 'active',
      scopes: ['profile'],
      missingScopes: ['things:read'],
    })
  })

  // TK-29
  it.each([
    ['401 invalid_client', answer(401, { error: 'invalid_client' }), 'provider_misconfigured'],
    ['400 unauthorized_client', answer(400, { error: 'unauthorized_client' }), 'provider_misconfigured'],
    ['200 invalid_client', answer(200, { error: 'invalid_client' }), 'provider_misconfigured'],
    ['403 and a page', answer(403, '<html>Forbidden</html>'), 'provider_unreachable'],
    ['400 and an error of its own', answer(400, { error: 'bad_day' }), 'provider_unreachable'],
    ['500 and invalid_grant', answer(500, { error: 'invalid_grant' }), 'provider_unreachable'],
    ['429 and Retry-After', answer(429, {}, { 'retry-after': '30' }), 'provider_rate_limited'],
    ['200 and a page', answer(200, '<html>Sign in</html>'), 'provider_unreachable'],
    ['a gzip bomb', { kind: 'gzip_bomb' }, 'provider_unreachable'],
    ['a redirect', { kind: 'redirect', status: 307, location: 'http://127.0.0.1:9/' }, 'provider_unreachable'],
    ['a token type that is unknown', amend({ token_type: 'DPoP' }), 'provider_unreachable'],
    ['a cut connection', { kind: 'drop' }, 'provider_unreachable'],
  ] satisfies [string, Fault, string][])('does not end a connection for %s', async (_, fault, code) => {
    const { error, connection } = await refreshWith(fault)
    expect(error).toMatchObject({ code })
    expect(connection).toMatchObject({ status: 'active', health: { state: 'degraded' } })
    expect(world.events.map(({ type }) => type)).not.toContain('connection.needs_reauth')
  })

  it.each([
    ['400 invalid_grant', answer(400, { error: 'invalid_grant', error_description: 'CANARY' })],
    ['200 invalid_grant', answer(200, { error: 'invalid_grant' })],
  ])('ends a connection for %s', async (_, fault) => {
    const { error, connection } = await refreshWith(fault)
    expect(error).toMatchObject({
      code: 'needs_reauth',
      message: 'The provider no longer accepts this connection. Ask its user to connect again.',
      details: { reason: 'grant_revoked' },
    })
    expect(connection).toMatchObject({ status: 'needs_reauth', statusReason: 'grant_revoked' })
  })

  it('serves the token that is still good while refreshing fails', async () => {
    const { credential } = await connected()
    world.clock.now += 3_597_000
    world.sandbox.plain.fault('token', answer(503, ''))
    expect((await world.authpipe.getCredential(query('plain'))).credential).toBe(credential.credential)
  })
})
