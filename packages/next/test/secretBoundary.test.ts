// Where secrets may be: at the provider, sealed in the database, and in the hands of who calls getCredential. This file
// searches every other place for them. LK-… and CR-1 name rows of the threat catalogue.
import { inspect } from 'node:util'
import type { AuthpipeEvent } from '@authpipe/core'
import { sandboxClient, sandboxEndpoints, type Fault } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAuthorizationRequest } from '../src/oauth/authorizationRequest.ts'
import { judgeAuthorizationResponse } from '../src/oauth/authorizationResponse.ts'
import { codeExchangeError, exchangeCode, refreshTokens } from '../src/oauth/tokenRequests.ts'
import type { TokenSet } from '../src/oauth/tokenResponse.ts'
import { createOutbound } from '../src/outboundFetch.ts'
import { RegisteredProvider } from '../src/registrations.ts'
import { generateKey } from '../src/vault/keyring.ts'
import { findSecrets } from './findSecrets.ts'
import { watchRequests } from './watchRequests.ts'
import { baseUrl, Browser, consent, openWorld, plain, type World } from './world.ts'

const keys = generateKey()
const query = (provider: string) => ({ provider, tenantId: 'org_acme', userId: 'user_1' })

/** What came out of the server by a way that anybody but the caller of getCredential may see. */
interface Outlet {
  readonly name: string
  readonly text: string
}

let world: World
let watch: ReturnType<typeof watchRequests>
let outlets: Outlet[]
let browser: Browser

beforeEach(async () => {
  outlets = []
  watch = watchRequests()
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => outlets.push({ name: 'output', text: String(text) }) > 0)
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...values) => void outlets.push({ name: 'console', text: inspect(values, { depth: Infinity }) }))
  }
  const onEvent = (event: AuthpipeEvent): void => void outlets.push({ name: 'event', text: JSON.stringify(event) })
  world = await openWorld({ options: { keys, onEvent } })
  browser = new Browser({ ...world.authpipe, handler: (request) => answerRecorded(request) }, { tenantId: 'org_acme', userId: 'user_1' })
})
afterEach(async () => {
  vi.restoreAllMocks()
  watch.stop()
  await world.close()
})

async function answerRecorded(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  const response = await world.authpipe.handler(request)
  const text = `${inspect([...response.headers])}\n${await response.clone().text()}`
  outlets.push({ name: pathname.includes('/callback/') ? 'callback page' : `answer of ${pathname}`, text })
  return response
}

/** Runs what may fail and notes its error with everything that hangs on it. */
async function attempt(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) =>
    outlets.push({ name: 'error', text: `${inspect(error, { depth: Infinity, showHidden: true, getters: true })}\n${JSON.stringify(error)}` }),
  )
}

/** Every secret that exists so far, the codes apart: a code comes and goes through the browser. */
function secretsSoFar(): { readonly kept: string[]; readonly codes: string[] } {
  const issued = [world.sandbox.plain.issuedSecrets(), world.sandbox.livechat.issuedSecrets()]
  const verifiers = watch.requests.flatMap(({ body }) => body.getAll('code_verifier'))
  const clients = [sandboxClient('plain').clientSecret, sandboxClient('livechat').clientSecret]
  const kept = [
    ...issued.flatMap(({ accessTokens, refreshTokens }) => [...accessTokens, ...refreshTokens]),
    ...verifiers,
    ...clients,
    keys.split(':')[1] ?? '',
  ]
  return { kept, codes: issued.flatMap(({ codes }) => codes) }
}

function expectNoSecretOutside(): void {
  const { kept, codes } = secretsSoFar()
  for (const { name, text } of outlets) {
    const secrets = name === 'callback page' ? kept : [...kept, ...codes]
    expect({ name, found: findSecrets(secrets, text) }).toEqual({ name, found: [] })
  }
}

async function expectNoSecretStored(more: readonly string[] = []): Promise<void> {
  const { kept, codes } = secretsSoFar()
  for (const [file, bytes] of await world.database.bytes())
    expect({ file, found: findSecrets([...kept, ...codes, ...more], bytes) }).toEqual({ file, found: [] })
}

/** Connects both providers, uses, refreshes, checks and disconnects them, with everything read on the way. */
async function wholeRoad(): Promise<void> {
  for (const provider of ['plain', 'livechat']) {
    const { id } = await browser.connect(provider)
    await browser.form('/sessions', { provider })
    for (const path of ['/providers', '/connections', `/connections/${id}`]) await browser.request(path)
    await world.authpipe.getCredential(query(provider))
    await world.authpipe.getCredential({ ...query(provider), forceRefresh: true })
    await (await world.authpipe.fetch(query(provider), '/me')).text()
    for (const action of ['check', 'refresh']) await browser.json('POST', `/connections/${id}/${action}`)
    outlets.push({
      name: 'server API',
      text: inspect(
        [
          await world.authpipe.listProviders(),
          await world.authpipe.listConnections({ tenantId: 'org_acme' }),
          await world.authpipe.getConnection({ tenantId: 'org_acme', connectionId: id }),
        ],
        { depth: Infinity },
      ),
    })
    await browser.json('DELETE', `/connections/${id}`)
    await browser.connect(provider)
  }
  outlets.push({ name: 'maintenance', text: inspect(await world.authpipe.maintain()) })
}

const amend = (members: Readonly<Record<string, unknown>>, without: readonly string[] = []): Fault => ({ kind: 'amend', members, without })
const answer = (status: number, body: unknown, processFirst = false): Fault => ({ kind: 'answer', status, body, processFirst })

/** Ways for a token endpoint to fail; those that amend carry true tokens in an answer that is refused. */
const failures: readonly [string, Fault][] = [
  ['a token type that is unknown', amend({ token_type: 'mac' })],
  ['no token type', amend({}, ['token_type'])],
  ['a broken access token', amend({ access_token: { a: 1 } })],
  ['a broken refresh token', amend({ refresh_token: 7 })],
  ['tokens beside an error', amend({ error: 'invalid_grant' })],
  ['tokens beside an error that is no code', amend({ error: 'no code\n' })],
  ['an expiry that is no number', amend({ expires_in: {} })],
  ['scopes that are no list', amend({ scope: { a: 1 } })],
  ['a hostile prototype', amend(JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{}}}') as Record<string, unknown>)],
  ['an error', answer(400, { error: 'invalid_grant', error_description: 'plain_secret_CANARY_sandbox' })],
  ['a wrong client', answer(401, { error: 'invalid_client' })],
  ['a page', answer(200, '<html>', true)],
  ['half an object', answer(200, '{"access_token":"plain_secret_CANARY_sandbox', true)],
  ['a list', answer(200, [], true)],
  ['trouble', answer(503, 'plain_secret_CANARY_sandbox', true)],
  ['a redirect', { kind: 'redirect', status: 307, location: 'http://127.0.0.1:9/', processFirst: true }],
  ['too many bytes', { kind: 'oversized' }],
  ['a gzip bomb', { kind: 'gzip_bomb' }],
  ['a cut connection', { kind: 'drop', processFirst: true }],
]

describe('findSecrets', () => {
  const secret = 'plain_at_CANARY_q-9_Zx+/='
  it.each([
    ['plain', secret],
    ['hex', Buffer.from(secret).toString('hex')],
    ['URL encoding', encodeURIComponent(secret)],
    ...[0, 1, 2].flatMap((offset) =>
      (['base64', 'base64url'] as const).map((encoding): [string, string] => [
        `${encoding} after ${offset} bytes`,
        Buffer.from(`${'x'.repeat(offset)}${secret}yz`).toString(encoding),
      ]),
    ),
  ])('finds a secret written in %s, and no other', (_, text) => {
    expect(findSecrets([secret, 'plain_rt_CANARY_other'], `before ${text} after`)).toEqual([secret])
  })
})

describe('on the whole road', () => {
  // LK-1
  it('no secret comes out but by getCredential', async () => {
    await wholeRoad()
    expect(new Set(outlets.map(({ name }) => name.split(' ')[0]))).toEqual(
      new Set(['output', 'answer', 'callback', 'event', 'server', 'maintenance']),
    )
    expectNoSecretOutside()
  })

  // LK-6, LK-7: a tracer notes where requests go, and its spans are read by many.
  it('no request goes to an address that holds a secret', async () => {
    await wholeRoad()
    expect(watch.requests.length).toBeGreaterThan(20)
    const { kept, codes } = secretsSoFar()
    for (const { method, path } of watch.requests) expect({ method, path, found: findSecrets([...kept, ...codes], path) }).toEqual({ method, path, found: [] })
  })

  it('getCredential gives the token that the provider issued last', async () => {
    await browser.connect('plain')
    const credential = await world.authpipe.getCredential(query('plain'))
    expect(credential.credential).toBe(world.sandbox.plain.issuedSecrets().accessTokens.at(-1))
    expect(credential.headers.Authorization).toBe(`Bearer ${credential.credential}`)
  })

  // CR-1, ST-15
  it('no secret, state, code or browser binding stands in the database', async () => {
    await wholeRoad()
    const { authorizationUrl } = await browser.start('plain')
    const { searchParams } = new URL(authorizationUrl)
    const flow = [searchParams.get('state') ?? '', searchParams.get('code_challenge') ?? '', browser.cookies.get('authpipe') ?? '']
    expect(await world.database.bytes()).not.toEqual([])
    await expectNoSecretStored(flow)

    await world.authpipe.close()
    await expectNoSecretStored(flow)
  })
})

// LK-2
describe('when the token endpoint answers with', () => {
  it.each(failures)('%s, no secret comes out', async (_, fault) => {
    for (const provider of ['plain', 'livechat'] as const) {
      const { sessionId, authorizationUrl } = await browser.start(provider)
      const callback = await consent(authorizationUrl)
      world.sandbox[provider].fault('token', fault)
      await browser.followCallback(callback)
      await browser.session(sessionId)

      await browser.connect(provider)
      world.sandbox[provider].fault('token', fault)
      await attempt(world.authpipe.getCredential({ ...query(provider), forceRefresh: true }))
      await attempt(world.authpipe.getCredential(query(provider)))
      world.sandbox[provider].fault('token', fault)
      world.clock.now += 28_800_000
      await attempt(world.authpipe.fetch(query(provider), '/me', { method: 'POST', body: '{}' }))
      const [connection] = await browser.connections()
      await browser.json('POST', `/connections/${connection?.id}/refresh`)
    }
    await world.authpipe.maintain()
    expectNoSecretOutside()
    await expectNoSecretStored()
  })

  // LK-8: the errors themselves, before the one catch of the server, with whatever hangs on them.
  it.each(failures)('%s, no error holds any of it', async (_, fault) => {
    const oauth = new RegisteredProvider(plain({ ...sandboxClient('plain'), endpoints: sandboxEndpoints('plain', world.sandbox.url) }), true).oauth({})
    const { fetch, close } = createOutbound({ allowInsecureLoopback: true })
    const redirectUri = `${baseUrl}/callback/plain`
    const grant = async (): Promise<TokenSet> => {
      const { url, state, codeVerifier } = await createAuthorizationRequest(oauth, redirectUri, ['profile'])
      const answered = judgeAuthorizationResponse(oauth, state, new URL(await consent(url)).searchParams)
      return exchangeCode(fetch, oauth, {
        parameters: answered.kind === 'code' ? answered.parameters : new URLSearchParams(),
        redirectUri,
        codeVerifier,
      })
    }
    const { refreshToken = '' } = await grant()

    for (const ask of [() => refreshTokens(fetch, oauth, refreshToken), grant]) {
      world.sandbox.plain.fault('token', fault)
      await attempt(ask())
      world.sandbox.plain.fault('token', fault)
      await attempt(ask().catch((failure: unknown) => Promise.reject(codeExchangeError(failure))))
    }
    await close()
    expect(world.sandbox.plain.tokenRequests()).toBe(5)
    expectNoSecretOutside()
  })
})

describe('when the API of the provider fails', () => {
  // LK-8, AK-4
  it.each([
    ['refuses the token', { kind: 'answer', status: 401, body: { error: { type: 'authentication', message: 'CANARY' } } }],
    ['drops the connection', { kind: 'drop' }],
    ['sends a gzip bomb', { kind: 'gzip_bomb' }],
  ] satisfies [string, Fault][])('because it %s, no secret comes out', async (_, fault) => {
    await browser.connect('livechat')
    for (let time = 0; time < 2; time += 1) {
      world.sandbox.livechat.fault('api', fault, { times: 2 })
      await attempt(world.authpipe.fetch(query('livechat'), '/agent/action/list_chats', { method: 'POST', body: '{}' }))
      const [connection] = await browser.connections()
      await browser.json('POST', `/connections/${connection?.id}/check`)
    }
    expectNoSecretOutside()
  })

  it.each(['https://evil.example/', 'https://user:password@evil.example/', '//evil.example'])(
    'because it is asked at %s, no secret comes out',
    async (url) => {
      await browser.connect('livechat')
      await attempt(world.authpipe.fetch(query('livechat'), url))
      expectNoSecretOutside()
    },
  )
})

describe('when the database fails', () => {
  it('no secret comes out', async () => {
    await browser.connect('plain')
    const [connection] = await browser.connections()
    await world.authpipe.close()
    const strange = world.another({ keys: generateKey() })
    await attempt(strange.getCredential(query('plain')))
    await attempt(strange.refreshConnection({ tenantId: 'org_acme', connectionId: connection?.id ?? '' }))
    const response = await strange.handler(new Request(`${baseUrl}/connections`, { headers: { cookie: 'app=org_acme/user_1' } }))
    outlets.push({ name: 'answer', text: await response.text() })
    expect([response.status, outlets.filter(({ name }) => name === 'error').length]).toEqual([500, 2])
    expectNoSecretOutside()
  })
})
