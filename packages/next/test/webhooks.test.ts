// Webhooks of providers, over real HTTP, as the providers send them and as an attacker would. WI-… name rows of the threat catalogue.
import { crisp, helpScout } from '@authpipe/core/providers'
import { sandboxAccounts, sandboxClient, sandboxEndpoints, type Webhook } from '@authpipe/sandbox'
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthpipeOptions } from '../src/config.ts'
import type { Store } from '../src/store/store.ts'
import type { WebhookEvent } from '../src/webhooks/webhookEvent.ts'
import { findSecrets } from './findSecrets.ts'
import { serveHandler, type Served } from './serveHandler.ts'
import { watchRequests } from './watchRequests.ts'
import { baseUrl, openWorld, type World } from './world.ts'

const secret = 'hook_CANARY_one'
const minute = 60_000
const day = 24 * 60 * minute
const pluginSecret = sandboxClient('crisp').webhookSecret ?? ''
const [northwind, bluebird] = sandboxAccounts('crisp')

let world: World
let served: Served
let taken: WebhookEvent[]
let lines: string[]
beforeEach(async () => {
  taken = []
  lines = []
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  await open({ onWebhook: (event) => void taken.push(event) })
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  await served.close()
  await world.close()
})

async function open(options: Partial<AuthpipeOptions>): Promise<void> {
  world = await openWorld({ options })
  served = await serveHandler((request) => world.authpipe.handler(request), new URL(baseUrl).origin)
}

async function reopen(options: Partial<AuthpipeOptions>): Promise<void> {
  await served.close()
  await world.close()
  await open(options)
}

/** Where an endpoint is really reached. */
const reach = (url: string): string => url.replace(new URL(baseUrl).origin, served.origin)

const storeSecret = (provider: string, value = secret, more: { tenantId?: string; overlapMs?: number } = {}) =>
  world.authpipe.storeCredential({ provider, tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: value }, ...more })

async function endpointOf(provider: string, tenantId = 'org_acme'): Promise<string> {
  return reach((await world.authpipe.createWebhookEndpoint({ provider, tenantId })).url)
}

async function connectCrisp(tenantId: string, account = northwind): Promise<void> {
  const answer = await world.browser(tenantId).json('POST', '/connections', { provider: 'crisp', fields: account?.fields, settings: account?.settings })
  expect(answer.status).toBe(201)
}

/** A store of whom somebody else is always quicker. */
function openOvertakenStore(): Store {
  const store = world.database.openStore()
  store.claimWebhook = () => Promise.resolve(false)
  return store
}

type Sender = 'help-scout' | 'livechat' | 'crisp'

/** Sets a provider up for one tenant, with the secret that its sender signs with. */
async function setUp(provider: Sender): Promise<{ url: string; secret: string }> {
  if (provider === 'crisp') {
    await connectCrisp('org_acme')
    return { url: reach((await world.authpipe.createWebhookEndpoint({ provider })).url), secret: pluginSecret }
  }
  await storeSecret(provider)
  return { url: await endpointOf(provider), secret }
}

async function send(provider: Sender, webhook: Webhook): Promise<(number | null)[]> {
  return (await world.sandbox[provider].sendWebhook(webhook)).map(({ status }) => status)
}

/** Waits until the app has taken so many. */
const expectTaken = (count: number): Promise<void> => vi.waitFor(() => expect(taken).toHaveLength(count))

/** Nothing is under way and nothing is due: what has not been taken by now never will be. */
async function expectNoneTaken(): Promise<void> {
  expect((await world.authpipe.maintain()).webhooks).toBe(0)
  expect(taken).toEqual([])
}

const sha1 = (signed: string | Uint8Array, key = secret): string => createHmac('sha1', key).update(signed).digest('base64')
const sha256 = (signed: string, key = pluginSecret): string => createHmac('sha256', key).update(signed).digest('hex')
const signHelpScout = (body: string | Uint8Array, key = secret): Record<string, string> => ({
  'content-type': 'application/json',
  'x-helpscout-event': 'convo.created',
  'x-helpscout-signature': sha1(body, key),
})
const signCrisp = (body: string, timestamp: string | number, key = pluginSecret): Record<string, string> => ({
  'content-type': 'application/json',
  'x-crisp-request-timestamp': String(timestamp),
  'x-crisp-signature': sha256(`[${timestamp};${body}]`, key),
})

async function post(url: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array<ArrayBuffer>): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { method: 'POST', headers, body })
  return { status: answer.status, text: await answer.text() }
}

const invalid = (answer: { status: number; text: string }): void => {
  const detail = expect.stringContaining('is not signed as the provider signs') as unknown
  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([401, { code: 'webhook_signature_invalid', detail }])
}

const events = { 'help-scout': 'convo.created', livechat: 'incoming_chat', crisp: 'message:send' } as const

describe.each(['help-scout', 'livechat', 'crisp'] as const)('a webhook of %s', (provider) => {
  const event = events[provider]

  it('that is signed reaches the app under its tenant', async () => {
    const { url, secret } = await setUp(provider)

    expect(await send(provider, { url, event, secret, data: { id: 7 } })).toEqual([204])

    await expectTaken(1)
    expect(taken).toMatchObject([{ type: event, provider, tenantId: 'org_acme', id: expect.stringMatching(/^[\w-]{43}$/) as unknown }])
    expect(JSON.stringify(taken[0]?.payload)).toContain('"id":7')
  })

  it.each(['wrong', 'none'] as const)('with the signature %s is refused and goes nowhere', async (signature) => {
    const { url, secret } = await setUp(provider)

    expect(await send(provider, { url, event, secret, signature })).toEqual([401])

    await expectNoneTaken()
  })

  // WI-3
  it('that comes twice is answered twice and handled once', async () => {
    const { url, secret } = await setUp(provider)

    expect(await send(provider, { url, event, secret, copies: 3 })).toEqual([204, 204, 204])

    await expectTaken(1)
    world.clock.now += day
    expect((await world.authpipe.maintain()).webhooks).toBe(0)
    expect(taken).toHaveLength(1)
  })

  // WI-6
  it('signed with the secret of another tenant is refused', async () => {
    await storeSecret(provider, 'hook_CANARY_other', { tenantId: 'org_other' })
    await storeSecret(provider, secret)

    expect(await send(provider, { url: await endpointOf(provider), event, secret: 'hook_CANARY_other', data: { tenantId: 'org_acme' } })).toEqual([401])
  })

  // WI-5
  it('verifies by the old and the new secret during rotation, and after a day by the new one alone', async () => {
    await storeSecret(provider, 'hook_CANARY_old')
    await storeSecret(provider, 'hook_CANARY_new')
    const url = await endpointOf(provider)
    const sendBoth = async (id: number) => [
      await send(provider, { url, event, secret: 'hook_CANARY_old', data: { id } }),
      await send(provider, { url, event, secret: 'hook_CANARY_new', data: { id: id + 1 } }),
    ]

    const during = await sendBoth(1)
    world.clock.now += day
    const after = await sendBoth(3)

    expect([during, after]).toEqual([[[204], [204]], [[401], [204]]])
  })

  // WI-8
  it('is refused where no secret is stored, even if it is signed with an empty one', async () => {
    const url = await endpointOf(provider)

    expect(await send(provider, { url, event, secret: '' })).toEqual([401])
    expect(await send(provider, { url, event, signature: 'none' })).toEqual([401])
  })

  it('is refused once its secret is disconnected', async () => {
    const { id } = await storeSecret(provider)
    await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: id })

    expect(await send(provider, { url: await endpointOf(provider), event, secret })).toEqual([401])
  })
})

describe('a signature', () => {
  // WI-1, WI-7
  it.each([
    ['of another body', () => sha1('{"id":2}')],
    ['changed by one bit', (right: string) => (right.startsWith('A') ? 'B' : 'A') + right.slice(1)],
    ['that is empty', () => ''],
    ['cut short', (right: string) => right.slice(0, -4)],
    ['in hex', (right: string) => Buffer.from(right, 'base64').toString('hex')],
    ['by a stronger algorithm', (_: string, body: string) => createHmac('sha256', secret).update(body).digest('base64')],
    ['with a scheme before it', (right: string) => `sha1=${right}`],
    ['in a list', (right: string) => `x, ${right}`],
    ['with an empty secret', (_: string, body: string) => sha1(body, '')],
    ['of 15 kB', () => 'A'.repeat(15_000)],
  ])('%s is refused, in the same words each', async (_, forge) => {
    const { url } = await setUp('help-scout')
    const body = '{"id":1}'

    const answer = await post(url, { ...signHelpScout(body), 'x-helpscout-signature': forge(sha1(body), body) }, body)

    invalid(answer)
    expect(answer.text).toBe((await post(url, {}, '{}')).text)
    await expectNoneTaken()
  })

  it('in a header of 1 MB is refused', async () => {
    const { url } = await world.authpipe.createWebhookEndpoint({ provider: 'help-scout', tenantId: 'org_acme' })
    await storeSecret('help-scout')
    const request = new Request(url, { method: 'POST', headers: { 'x-helpscout-signature': 'A'.repeat(1_048_576) }, body: '{}' })

    expect((await world.authpipe.handler(request)).status).toBe(401)
  })

  // WI-7
  it.each([
    ['in capitals', (right: string) => right.toUpperCase()],
    ['by a weaker algorithm', (_: string, signed: string) => createHmac('sha1', pluginSecret).update(signed).digest('hex')],
    ['of the body alone', (_: string, signed: string) => sha256(signed.slice(signed.indexOf(';') + 1, -1))],
    ['with a version before it', (right: string) => `v0=${right}`],
  ])('of Crisp %s is refused', async (_, forge) => {
    const { url } = await setUp('crisp')
    const body = JSON.stringify({ website_id: northwind?.accountId, event: 'message:send' })
    const signed = `[${world.clock.now};${body}]`

    invalid(await post(url, { ...signCrisp(body, world.clock.now), 'x-crisp-signature': forge(sha256(signed), signed) }, body))
  })

  // WI-2
  it.each([
    ['members in another order', '{"b":1,"a":2}'],
    ['escapes', '{"name":"\\u00e9\\/"}'],
    ['white space and a new line at its end', '{ "a" : 1 }\r\n'],
    ['a member that stands twice', '{"a":1,"a":2}'],
    ['numbers that JSON writes otherwise', '{"a":1.0e2}'],
  ])('is over the very bytes of a body with %s', async (_, body) => {
    const { url } = await setUp('help-scout')

    expect((await post(url, signHelpScout(body), body)).status).toBe(204)

    await expectTaken(1)
    expect(taken[0]?.payload).toEqual(JSON.parse(body))
  })
})

describe('a signed time', () => {
  // WI-3
  it.each([
    ['299 seconds ago', 299, 204],
    ['301 seconds ago', 301, 401],
  ])('of %s is answered %i', async (_, ageSeconds, status) => {
    const { url, secret } = await setUp('crisp')

    expect(await send('crisp', { url, event: 'message:send', secret, ageSeconds })).toEqual([status])
  })

  // WI-3, WI-4
  it.each([
    ['in the far future', () => world.clock.now + 10 * minute],
    ['that is negative', () => -world.clock.now],
    ['in seconds', () => Math.floor(world.clock.now / 1000)],
    ['with a fraction', () => `${world.clock.now}.5`],
    ['that overflows', () => '9'.repeat(400)],
    ['that is no number', () => 'now'],
    ['that is empty', () => ''],
    ['in another base', () => `0x${world.clock.now.toString(16)}`],
    ['that stands twice', () => `${world.clock.now}, ${world.clock.now}`],
  ])('%s is refused though its signature is right', async (_, timestamp) => {
    const { url } = await setUp('crisp')
    const body = JSON.stringify({ website_id: northwind?.accountId, event: 'message:send' })

    invalid(await post(url, signCrisp(body, timestamp()), body))
  })

  it('that ran out ends a replay', async () => {
    const { url } = await setUp('crisp')
    const body = JSON.stringify({ website_id: northwind?.accountId, event: 'message:send' })
    const headers = signCrisp(body, world.clock.now)

    const first = await post(url, headers, body)
    world.clock.now += 6 * minute
    const replay = await post(url, headers, body)

    expect([first.status, replay.status]).toEqual([204, 401])
  })

  it('is when the event occurred', async () => {
    const { url, secret } = await setUp('crisp')

    await send('crisp', { url, event: 'message:send', secret, ageSeconds: 60 })

    await expectTaken(1)
    expect(taken[0]?.occurredAt).toBe(new Date(world.clock.now - minute).toISOString())
  })
})

describe('a webhook secret', () => {
  const question = { provider: 'help-scout', tenantId: 'org_acme' }

  // WI-15
  it('is given to who asks for it and to nobody else', async () => {
    await storeSecret('help-scout', 'hook_CANARY_old')
    const { id } = await storeSecret('help-scout')
    const browser = world.browser()

    const credential = await world.authpipe.getCredential({ ...question, credentialType: 'webhook_secret' })

    expect([credential.credential, credential.connectionId, credential.fields]).toEqual([secret, id, { secret }])
    await expect(world.authpipe.getCredential({ ...question, userId: 'user_1' })).rejects.toMatchObject({ code: 'connection_not_found' })
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toEqual([])
    expect(await browser.connections()).toEqual([])
    for (const [method, path] of [['GET', ''], ['DELETE', ''], ['POST', '/check'], ['POST', '/refresh']] as const) {
      expect([path, (await browser.json(method, `/connections/${id}${path}`)).status]).toEqual([path, 404])
    }
  })

  it('comes back as a connection without the secret, and tells that it was stored', async () => {
    const connection = await storeSecret('help-scout')
    await vi.waitFor(() => expect(world.events).toMatchObject([{ type: 'credential.stored' }]))

    expect(connection).toMatchObject({ provider: 'help-scout', credentialType: 'webhook_secret', attachment: 'tenant', status: 'active', health: { state: 'unknown' } })
    expect(JSON.stringify([connection, world.events])).not.toContain(secret)
  })

  // WI-8
  it.each(['', '   ', 'x'.repeat(4_097)])('that is empty or too long is refused: %#', async (value) => {
    await expect(storeSecret('help-scout', value)).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining('1 to 4096 characters') as unknown })
  })

  it('that leaked ends at once where the new one leaves it no time', async () => {
    await storeSecret('help-scout', 'hook_CANARY_leaked')
    await storeSecret('help-scout', 'hook_CANARY_new', { overlapMs: 0 })

    expect(await send('help-scout', { url: await endpointOf('help-scout'), event: 'convo.created', secret: 'hook_CANARY_leaked' })).toEqual([401])
  })

  it('ends at once when it is the third', async () => {
    for (const value of ['hook_CANARY_1', 'hook_CANARY_2', 'hook_CANARY_3']) await storeSecret('help-scout', value)
    const url = await endpointOf('help-scout')

    const answers = []
    for (const id of [1, 2, 3]) answers.push(await send('help-scout', { url, event: 'convo.created', secret: `hook_CANARY_${id}`, data: { id } }))
    expect(answers).toEqual([[401], [204], [204]])
  })

  it('stored a second time leaves the one before it its time', async () => {
    await storeSecret('help-scout', 'hook_CANARY_old')
    await storeSecret('help-scout', 'hook_CANARY_new')
    await storeSecret('help-scout', 'hook_CANARY_new')

    expect(await send('help-scout', { url: await endpointOf('help-scout'), event: 'convo.created', secret: 'hook_CANARY_old' })).toEqual([204])
  })

  it('is in no health check, since no request carries it', async () => {
    const stored = await storeSecret('help-scout')
    const watch = watchRequests()

    const checked = await world.authpipe.checkConnection({ tenantId: 'org_acme', connectionId: stored.id })

    watch.stop()
    expect([checked, watch.requests]).toEqual([stored, []])
  })

  it('for all tenants is refused where each has hooks of its own', async () => {
    const registration = helpScout({ ...sandboxClient('help-scout'), webhookSecret: secret })

    await expect(world.another({ providers: [registration], baseUrl: `${baseUrl}2` }).ready()).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringContaining('"webhookSecret" does not apply') as unknown,
    })
  })
})

describe('an endpoint', () => {
  // WI-13
  it('that nobody made is not found, whatever is sent', async () => {
    const url = await endpointOf('help-scout')
    await storeSecret('help-scout')
    const elsewhere = url.replace('help-scout', 'livechat')
    const unknown = url.slice(0, -1) + (url.endsWith('A') ? 'B' : 'A')

    const answers = await Promise.all([elsewhere, unknown].map((one) => post(one, signHelpScout('{}'), '{}')))

    expect(answers.map(({ status, text }) => [status, (JSON.parse(text) as { code: string }).code])).toEqual([
      [404, 'not_found'],
      [404, 'not_found'],
    ])
    expect(answers[0]?.text).toBe(answers[1]?.text)
  })

  it('has a path of 256 random bits, of which the database knows a hash alone', async () => {
    const { url, isSigned } = await world.authpipe.createWebhookEndpoint({ provider: 'help-scout', tenantId: 'org_acme' })
    const [, endpointId = ''] = /^http:\/\/localhost:3000\/api\/authpipe\/webhooks\/help-scout\/([\w-]{43})$/.exec(url) ?? []

    expect([isSigned, endpointId.length]).toEqual([true, 43])
    expect(await secretsInDatabase([endpointId])).toEqual([])
  })

  it('that is removed is not found any more, and only its tenant removes it', async () => {
    const { url } = await world.authpipe.createWebhookEndpoint({ provider: 'freshdesk', tenantId: 'org_acme' })

    await expect(world.authpipe.removeWebhookEndpoint({ url, tenantId: 'org_other' })).rejects.toMatchObject({ code: 'not_found' })
    expect((await post(reach(url), {}, '{}')).status).toBe(204)
    await world.authpipe.removeWebhookEndpoint({ url, tenantId: 'org_acme' })
    expect((await post(reach(url), {}, '{}')).status).toBe(404)
  })

  it.each(['freshdesk', 'freshservice'])('of %s, which signs nothing, says so and names the tenant by its path', async (provider) => {
    const { url, isSigned } = await world.authpipe.createWebhookEndpoint({ provider, tenantId: 'org_acme' })

    expect([isSigned, (await post(reach(url), {}, '{"ticket_id":7,"tenantId":"org_other"}')).status]).toEqual([false, 204])
    await expectTaken(1)
    expect(taken).toMatchObject([{ type: 'unknown', tenantId: 'org_acme', payload: { ticket_id: 7 } }])
  })

  it('of a Crisp website takes unsigned hooks only where it was made for them', async () => {
    const hook = { event: 'message:send', signature: 'none', accountId: northwind?.accountId ?? '' } as const
    const { url, isSigned } = await world.authpipe.createWebhookEndpoint({ provider: 'crisp', tenantId: 'org_acme', unsigned: true })

    expect(await send('crisp', { ...hook, url: await endpointOf('crisp') })).toEqual([401])
    expect([isSigned, await send('crisp', { ...hook, url: reach(url) })]).toEqual([false, [204]])
    await expectTaken(1)
    expect(taken[0]).not.toHaveProperty('occurredAt')
  })

  it.each([
    [{ provider: 'help-scout', tenantId: 'org_acme', unsigned: true }, 'invalid_request', 'Leave out "unsigned"'],
    [{ provider: 'crisp', unsigned: true }, 'invalid_request', 'Leave out "unsigned"'],
    [{ provider: 'help-scout' }, 'invalid_request', 'needs a tenantId'],
    [{ provider: 'plain', tenantId: 'org_acme' }, 'invalid_request', 'Add "webhook" to it'],
    [{ provider: 'crisp', tenantId: '' }, 'invalid_request', 'non-empty'],
    [{ provider: 'nope', tenantId: 'org_acme' }, 'unknown_provider', 'No provider with this id'],
  ])('is not made for %j', async (endpoint, code, message) => {
    await expect(world.authpipe.createWebhookEndpoint(endpoint)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as unknown })
  })

  // WI-10
  it('takes no body above 1 MiB', async () => {
    const url = await endpointOf('freshdesk')

    expect((await post(url, {}, JSON.stringify('x'.repeat(1_048_574)))).status).toBe(204)
    expect((await post(url, {}, JSON.stringify('x'.repeat(1_048_575)))).status).toBe(413)
  })

  it('takes a provider’s post from another site, for nobody who is signed in', async () => {
    const { url } = await setUp('help-scout')
    const headers = { ...signHelpScout('{}'), origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' }

    expect((await post(url, headers, '{}')).status).toBe(204)
  })

  it('takes nothing that is not JSON', async () => {
    const { url } = await setUp('help-scout')

    const answer = await post(url, signHelpScout('CANARY'), 'CANARY')

    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([400, { code: 'invalid_request', detail: expect.stringContaining('is not JSON') as unknown }])
    expect(answer.text + lines.join('')).not.toContain('CANARY')
  })
})

describe('the hook of our Crisp plugin', () => {
  const hook = (account = northwind) => ({ event: 'message:send', accountId: account?.accountId ?? '' })

  it('tells each tenant of its own website', async () => {
    const { url } = await setUp('crisp')
    await connectCrisp('org_other', bluebird)

    await send('crisp', { ...hook(bluebird), url })

    await expectTaken(1)
    expect(taken).toMatchObject([{ tenantId: 'org_other', payload: { website_id: bluebird?.accountId } }])
  })

  it('tells every tenant that has the website connected', async () => {
    const { url } = await setUp('crisp')
    await connectCrisp('org_other', northwind)

    await send('crisp', { ...hook(), url, copies: 2 })

    await expectTaken(2)
    expect(taken.map(({ tenantId }) => tenantId).toSorted()).toEqual(['org_acme', 'org_other'])
  })

  it('is answered and dropped where nobody has the website connected, with a line in the log', async () => {
    const { url } = await setUp('crisp')

    expect(await send('crisp', { ...hook(bluebird), url })).toEqual([204])

    await expectNoneTaken()
    expect(lines.join('')).toContain('a webhook is about an account that nobody has connected; it was dropped provider="crisp"')
  })

  it('is dropped once the website is disconnected', async () => {
    const { url } = await setUp('crisp')
    const [connection] = await world.browser().connections()
    await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: connection?.id ?? '' })

    await send('crisp', { ...hook(), url })

    await expectNoneTaken()
  })

  it('goes to nobody who stored a key for the website without verifying it', async () => {
    const { url } = await setUp('crisp')
    const key = { provider: 'crisp', credentialType: 'api_key', fields: bluebird?.fields ?? {}, settings: bluebird?.settings ?? {} } as const
    await world.authpipe.storeCredential({ ...key, tenantId: 'org_evil', userId: 'mallory', verify: false })

    await send('crisp', { ...hook(bluebird), url })

    await expectNoneTaken()
  })

  it('goes to nobody whose webhook secret has the name of the account', async () => {
    const { url } = await setUp('crisp')
    const { account } = await storeSecret('crisp')

    await send('crisp', { url, event: 'message:send', accountId: account.id })

    await expectNoneTaken()
  })

  it('with a forged website id is refused', async () => {
    const { url } = await setUp('crisp')
    const body = JSON.stringify({ website_id: northwind?.accountId, event: 'message:send' })
    const headers = signCrisp(body, world.clock.now)

    invalid(await post(url, headers, body.replace(northwind?.accountId ?? '', bluebird?.accountId ?? '')))
  })

  it('that reaches the endpoint of one tenant about the website of another is refused', async () => {
    await setUp('crisp')
    await connectCrisp('org_other', bluebird)
    const url = await endpointOf('crisp')

    expect(await send('crisp', { ...hook(bluebird), url })).toEqual([401])
    expect(await send('crisp', { ...hook(northwind), url })).toEqual([204])
  })

  it('verifies by two secrets while one replaces the other', async () => {
    const both = crisp({ ...sandboxClient('crisp'), webhookSecret: ['hook_CANARY_new', pluginSecret], endpoints: sandboxEndpoints('crisp', world.sandbox.url) })
    await connectCrisp('org_acme')
    const { url } = await world.another({ providers: [both] }).createWebhookEndpoint({ provider: 'crisp' })

    expect(await send('crisp', { ...hook(), url: reach(url), secret: pluginSecret })).toEqual([204])
    expect(await send('crisp', { ...hook(), url: reach(url), secret: 'hook_CANARY_new' })).toEqual([204])
  })

  // WI-8
  it.each([
    ['is not there', undefined, 'Pass "webhookSecret" to its registration'],
    ['is empty', '', '"webhookSecret" is empty'],
  ])('has no endpoint where its secret %s', async (_, webhookSecret, message) => {
    const authpipe = world.another({ providers: [crisp({ webhookSecret })], baseUrl: `${baseUrl}2` })

    await expect(authpipe.createWebhookEndpoint({ provider: 'crisp' })).rejects.toMatchObject({ code: 'invalid_configuration', message: expect.stringContaining(message) as unknown })
  })
})

describe('onWebhook', () => {
  // WI-12
  it('that is busy keeps no provider waiting', async () => {
    let finish = (): void => undefined
    const busy = new Promise<void>((resolve) => {
      finish = resolve
    })
    await reopen({ onWebhook: () => busy })
    const { url } = await setUp('help-scout')

    expect(await send('help-scout', { url, event: 'convo.created', secret })).toEqual([204])
    finish()
  })

  // WI-12
  it('that throws is given the webhook again when its time has come', async () => {
    let isBroken = true
    await reopen({
      onWebhook: (event) => {
        if (isBroken) throw new Error('CANARY')
        taken.push(event)
      },
    })
    const { url } = await setUp('help-scout')
    await send('help-scout', { url, event: 'convo.created', secret })
    await vi.waitFor(() => expect(lines.join('')).toContain('onWebhook did not take a webhook; it stays and is offered again'))

    isBroken = false
    const before = await world.authpipe.maintain()
    world.clock.now += minute
    const after = await world.authpipe.maintain()

    expect([before.webhooks, after.webhooks, taken.length]).toEqual([0, 1, 1])
    expect(lines.join('')).not.toContain('CANARY')
  })

  it('is not given a webhook that another server has claimed meanwhile', async () => {
    await reopen({})
    await post(await endpointOf('freshdesk'), {}, '{}')
    const store = openOvertakenStore()

    await world.another({ database: store, onWebhook: (event) => void taken.push(event) }).maintain()

    expect(taken).toEqual([])
  })

  it('is given all that waits in one round', async () => {
    await reopen({})
    const url = await endpointOf('freshdesk')
    for (let id = 0; id < 45; id += 1) await post(url, {}, JSON.stringify({ id }))

    const counts = await world.another({ onWebhook: (event) => void taken.push(event) }).maintain()

    expect([counts.webhooks, new Set(taken.map(({ id }) => id)).size]).toEqual([45, 45])
  })

  it('that hangs counts as one that threw', async () => {
    const offered = Promise.withResolvers<void>()
    const onWebhook = (): Promise<void> => {
      offered.resolve()
      return new Promise(() => undefined)
    }
    await reopen({ onWebhook })
    const { url } = await world.authpipe.createWebhookEndpoint({ provider: 'freshdesk', tenantId: 'org_acme' })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

    await world.authpipe.handler(new Request(url, { method: 'POST', body: '{}' }))
    await offered.promise
    await vi.advanceTimersByTimeAsync(30_000)

    expect(lines.join('')).toContain('onWebhook did not take a webhook')
  })

  it('is told by another server of what this one accepted and could not hand over', async () => {
    await reopen({})
    const { url } = await setUp('help-scout')
    await send('help-scout', { url, event: 'convo.created', secret })
    await world.authpipe.close()

    await world.another({ onWebhook: (event) => void taken.push(event) }).maintain()

    expect(taken).toMatchObject([{ type: 'convo.created' }])
  })

  it('that never takes a webhook is given up after 7 days, and the log says so', async () => {
    await reopen({})
    const { url } = await setUp('help-scout')
    await send('help-scout', { url, event: 'convo.created', secret })

    world.clock.now += 7 * day + 1
    await world.authpipe.maintain()
    await world.another({ onWebhook: (event) => void taken.push(event) }).maintain()

    expect(taken).toEqual([])
    expect(lines.join('')).toContain('webhooks were given up: onWebhook did not take them webhooks=1')
  })

  it('gets no secret of a body', async () => {
    const { url } = await setUp('livechat')

    await send('livechat', { url, event: 'incoming_chat', secret })

    await expectTaken(1)
    expect(taken[0]?.payload).not.toHaveProperty('secret_key')
  })
})

describe('what is stored and said of a webhook', () => {
  it('holds neither its secret nor its payload', async () => {
    await reopen({})
    for (const provider of ['help-scout', 'livechat', 'crisp'] as const) {
      const { url, secret } = await setUp(provider)
      expect(await send(provider, { url, event: events[provider], secret, data: { text: 'payload_CANARY' } })).toEqual([204])
      await send(provider, { url, event: events[provider], secret: 'wrong_CANARY' })
    }

    const canaries = [secret, 'payload_CANARY', 'wrong_CANARY', pluginSecret]
    expect(await secretsInDatabase(canaries)).toEqual([])
    expect(findSecrets(canaries, lines.join(''))).toEqual([])
  })

  // WI-11
  it('sends for no URL that stands in it', async () => {
    const watch = watchRequests()
    const { url } = await setUp('help-scout')
    const body = JSON.stringify({ SubscribeURL: `${served.origin}/fetched`, callback_url: `${served.origin}/fetched` })

    await post(url, signHelpScout(body), body)

    await expectTaken(1)
    watch.stop()
    expect(watch.requests.filter(({ path }) => path.includes('fetched'))).toEqual([])
  })
})

async function secretsInDatabase(secrets: readonly string[]): Promise<string[]> {
  return (await world.database.bytes()).flatMap(([, bytes]) => findSecrets(secrets, bytes))
}

describe('verifyWebhook', () => {
  const place = { provider: 'help-scout', tenantId: 'org_acme' }
  const body = '{"id":7}'
  const request = (headers = signHelpScout(body)) => new Request('https://app.example.com/hooks', { method: 'POST', headers, body })

  it('gives the event of a request that nothing has read', async () => {
    await storeSecret('help-scout')

    expect(await world.authpipe.verifyWebhook(request(), place)).toEqual({
      id: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      type: 'convo.created',
      provider: 'help-scout',
      tenantId: 'org_acme',
      payload: { id: 7 },
    })
  })

  it('gives the same for the headers of Node.js and the raw bytes', async () => {
    await storeSecret('help-scout')
    const headers = { ':path': '/hooks', 'set-cookie': ['a', 'b'], host: undefined, ...signHelpScout(body) }

    const event = await world.authpipe.verifyWebhook({ headers, body: Buffer.from(body) }, place)

    expect(event).toEqual(await world.authpipe.verifyWebhook(request(), place))
  })

  it('refuses what another tenant’s secret signed', async () => {
    await storeSecret('help-scout', secret, { tenantId: 'org_other' })

    await expect(world.authpipe.verifyWebhook(request(), place)).rejects.toMatchObject({
      code: 'webhook_signature_invalid',
      status: 401,
      message: expect.stringContaining('is not signed as the provider signs') as unknown,
    })
  })

  it.each([
    ['was read', async () => {
      const read = request()
      await read.text()
      return read
    }],
    ['was begun', async () => {
      const begun = request()
      const reader = begun.body?.getReader()
      await reader?.read()
      reader?.releaseLock()
      return begun
    }],
    ['is being read', () => {
      const locked = request()
      locked.body?.getReader()
      return locked
    }],
    ['was parsed', () => ({ headers: signHelpScout(body), body: JSON.parse(body) as Uint8Array })],
    ['is text', () => ({ headers: signHelpScout(body), body: body as unknown as Uint8Array })],
  ])('says what to do where the body %s', async (_, webhook) => {
    await storeSecret('help-scout')

    await expect(world.authpipe.verifyWebhook(await webhook(), place)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('Hand over the request before anything reads it, or pass { headers, body } with the raw bytes.') as unknown,
    })
  })

  it('refuses a body above 1 MiB', async () => {
    await expect(world.authpipe.verifyWebhook({ headers: {}, body: new Uint8Array(1_048_577) }, place)).rejects.toMatchObject({
      code: 'payload_too_large',
      message: 'The body is larger than 1048576 bytes.',
    })
  })

  it('believes the plugin of Crisp for the tenant whose website it is about, and for no other', async () => {
    await connectCrisp('org_acme')
    const hook = JSON.stringify({ website_id: northwind?.accountId, event: 'message:send' })
    const webhook = { headers: signCrisp(hook, world.clock.now), body: Buffer.from(hook) }

    expect(await world.authpipe.verifyWebhook(webhook, { provider: 'crisp', tenantId: 'org_acme' })).toMatchObject({ tenantId: 'org_acme', type: 'message:send' })
    await expect(world.authpipe.verifyWebhook(webhook, { provider: 'crisp', tenantId: 'org_other' })).rejects.toMatchObject({ code: 'webhook_signature_invalid' })
  })

  it('has nothing to verify where a provider signs nothing', async () => {
    await expect(world.authpipe.verifyWebhook(request(), { provider: 'freshdesk', tenantId: 'org_acme' })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('Freshdesk signs no webhooks') as unknown,
    })
  })

  it('needs a tenant', async () => {
    await expect(world.authpipe.verifyWebhook(request(), { provider: 'help-scout', tenantId: '' })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('needs the tenantId') as unknown,
    })
  })
})
