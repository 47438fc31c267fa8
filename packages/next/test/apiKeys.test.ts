// Keys that users paste: seen by the provider before they are stored, and never shown again.
import type { Connection } from '@authpipe/core'
import { sandboxAccounts } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorld, type Browser, type World } from './world.ts'

let world: World
let browser: Browser
beforeEach(async () => {
  world = await openWorld()
  browser = world.browser()
})
afterEach(() => world.close())

const question = { provider: 'freshdesk', tenantId: 'org_acme', userId: 'user_1' }

function accountOf(kind: string): { settings: Record<string, string>; fields: Record<string, string> } {
  const account = sandboxAccounts('freshdesk').find((one) => one.kind === kind)
  if (!account) throw new Error(`the sandbox has no ${kind}`)
  return { settings: { ...account.settings }, fields: { ...account.fields } }
}

async function send(body: unknown): Promise<{ status: number; body: Connection & { code?: string; details?: unknown } }> {
  const answer = await browser.json('POST', '/connections', body)
  return { status: answer.status, body: (await answer.json()) as never }
}

describe('a key', () => {
  it('that the provider accepts becomes a connection, and a credential that calls the API', async () => {
    const { status, body } = await send({ provider: 'freshdesk', ...accountOf('admin') })

    const credential = await world.authpipe.getCredential(question)
    const tickets = await world.authpipe.fetch(question, '/tickets')

    expect(status).toBe(201)
    expect(body).toMatchObject({ provider: 'freshdesk', credentialType: 'api_key', status: 'active', settings: accountOf('admin').settings, isDefault: true })
    expect(credential.credential).toBe(accountOf('admin').fields.apiKey)
    expect(credential.headers.Authorization).toBe(`Basic ${Buffer.from(`${accountOf('admin').fields.apiKey}:X`).toString('base64')}`)
    expect(credential).toMatchObject({ credentialType: 'api_key', fields: { apiKey: credential.credential } })
    expect(credential.expiresAt).toBeUndefined()
    expect(tickets.status).toBe(200)
  })

  // AK-1
  it('is never shown again', async () => {
    const account = accountOf('admin')
    const answer = await browser.json('POST', '/connections', { provider: 'freshdesk', ...account })
    const seen = [await answer.text(), JSON.stringify(await browser.connections())].join()

    expect(seen).not.toContain(account.fields.apiKey)
  })

  it('that the provider refuses is refused under its field, and not stored', async () => {
    const { settings } = accountOf('admin')

    const { status, body } = await send({ provider: 'freshdesk', settings, fields: { apiKey: 'wrong-key-0123456789' } })

    expect(status).toBe(422)
    expect(body).toMatchObject({ code: 'credential_rejected', details: { field: 'apiKey' } })
    expect(await browser.connections()).toEqual([])
  })

  it('of a suspended account is refused with the reason', async () => {
    const { status, body } = await send({ provider: 'freshdesk', ...accountOf('suspended') })

    expect(status).toBe(422)
    expect(body).toMatchObject({ code: 'credential_rejected', details: { reason: 'account_suspended' } })
  })

  it('whose role may do too little is refused as that, and not stored', async () => {
    const restricted = sandboxAccounts('freshservice').find(({ kind }) => kind === 'restricted')

    const { status, body } = await send({ provider: 'freshservice', settings: restricted?.settings, fields: restricted?.fields })

    expect(status).toBe(409)
    expect(body).toMatchObject({ code: 'insufficient_scope', details: { field: 'apiKey' } })
    expect(await browser.connections()).toEqual([])
  })

  it('of a plan without an API is refused with the reason', async () => {
    const { status, body } = await send({ provider: 'freshdesk', ...accountOf('free') })

    expect(status).toBe(422)
    expect(body).toMatchObject({ code: 'credential_rejected', details: { reason: 'plan_unsupported' } })
  })

  it('for a company that is not there is refused under the setting', async () => {
    const { status, body } = await send({ provider: 'freshdesk', fields: accountOf('admin').fields, settings: { subdomain: 'no-such-company' } })

    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid_request', details: { setting: 'subdomain' } })
  })

  // AK-5
  it.each([
    ['500', { status: 500, body: {} }, 'provider_unreachable'],
    ['a page', { status: 502, body: '<html></html>' }, 'provider_unreachable'],
    ['429', { status: 429, body: {} }, 'provider_rate_limited'],
  ])('that could not be told, for %s, is not stored and may be tried again', async (_, answer, code) => {
    world.sandbox.freshdesk.fault('api', { kind: 'answer', ...answer })

    const { status, body } = await send({ provider: 'freshdesk', ...accountOf('admin') })

    expect(status).toBe(503)
    expect(body).toMatchObject({ code, retryable: true })
    expect(await browser.connections()).toEqual([])
  })

  // SS-1, SS-2
  it.each(['evil.example#', 'evil.example/', 'evil.example?', 'evil.example\\', 'user@evil', 'a.b', 'acme%2eevil', 'acme:8443', '-acme', 'acme-', 'a'.repeat(64), 'ａcme', '', '127.0.0.1', 'acme.freshdesk.com.evil.example'])(
    'with the domain %j goes nowhere',
    async (subdomain) => {
      const before = world.sandbox.requests.length

      const { status, body } = await send({ provider: 'freshdesk', fields: accountOf('admin').fields, settings: { subdomain } })

      expect(status).toBe(400)
      expect(body).toMatchObject({ code: 'invalid_request', details: { setting: 'subdomain' } })
      expect(world.sandbox.requests.length).toBe(before)
    },
  )

  it('is taken with the domain as a person pastes it', async () => {
    const { settings, fields } = accountOf('admin')

    const { status, body } = await send({ provider: 'freshdesk', fields: { apiKey: `  ${fields.apiKey}\n` }, settings: { subdomain: ` https://${settings.subdomain?.toUpperCase()}.freshdesk.com/a/tickets/1 ` } })

    expect(status).toBe(201)
    expect(body.settings).toEqual(settings)
  })

  // AK-3, AK-8
  it.each([
    ['a line break', 'abc\r\nX-Evil: 1'],
    ['NUL', 'abc\0def'],
    ['an emoji', 'abc🔑'],
    ['a hundred thousand characters', 'x'.repeat(50_000)],
    ['nothing', '   '],
  ])('with %s in it is refused before it goes anywhere', async (_, apiKey) => {
    const before = world.sandbox.requests.length

    const { status, body } = await send({ provider: 'freshdesk', settings: accountOf('admin').settings, fields: { apiKey } })

    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid_request', details: { field: 'apiKey' } })
    expect(world.sandbox.requests.length).toBe(before)
  })

  // AK-8
  it('comes alone: what the form does not have is dropped', async () => {
    const { settings, fields } = accountOf('admin')

    await send({ provider: 'freshdesk', settings: { ...settings, other: 'x' }, fields: { ...fields, other: 'x', constructor: 'x' } })

    expect((await world.authpipe.getCredential(question)).fields).toEqual({ apiKey: fields.apiKey })
    expect((await browser.connections())[0]?.settings).toEqual(settings)
  })

  // AK-7
  it('that replaces another one does so only once it is verified', async () => {
    const account = accountOf('admin')
    const { body } = await send({ provider: 'freshdesk', ...account })

    const refused = await send({ provider: 'freshdesk', fields: { apiKey: 'wrong-key-0123456789' }, connectionId: body.id })
    const kept = await world.authpipe.getCredential(question)
    world.sandbox.freshdesk.replaceKeys()
    const fresh = world.sandbox.freshdesk.accounts.find((one) => one.kind === 'admin')?.fields ?? {}
    const replaced = await send({ provider: 'freshdesk', fields: fresh, connectionId: body.id })

    expect(refused.status).toBe(422)
    expect(kept.credential).toBe(account.fields.apiKey)
    expect(replaced).toMatchObject({ status: 201, body: { id: body.id } })
    expect((await world.authpipe.getCredential(question)).credential).toBe(fresh.apiKey)
  })

  // AK-6
  it('can be tried twenty times in ten minutes', async () => {
    const guess = { provider: 'freshdesk', settings: accountOf('admin').settings, fields: { apiKey: 'wrong-key-0123456789' } }
    for (let count = 0; count < 20; count += 1) await send(guess)

    const { status, body } = await send(guess)

    expect(status).toBe(429)
    expect(body).toMatchObject({ code: 'rate_limited' })
  })

  it.each([
    ['a provider that signs in', { provider: 'livechat', fields: {} }, 400, 'invalid_request'],
    ['an unknown provider', { provider: 'nope', fields: {} }, 404, 'unknown_provider'],
    ['no fields', { provider: 'freshdesk' }, 400, 'invalid_request'],
  ])('for %s is refused', async (_, body, status, code) => {
    expect(await send(body)).toMatchObject({ status, body: { code } })
  })

  // HT-2
  it('in a body of another type is refused', async () => {
    const answer = await browser.request('/connections', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ provider: 'freshdesk', ...accountOf('admin') }) })

    expect(answer.status).toBe(415)
    expect(await browser.connections()).toEqual([])
  })

  it('that one check finds refused shows as degraded: a single refusal is no proof', async () => {
    const { body } = await send({ provider: 'freshdesk', ...accountOf('admin') })
    world.sandbox.freshdesk.replaceKeys()

    await browser.request(`/connections/${body.id}/check`, { method: 'POST' })

    expect((await browser.connections())[0]).toMatchObject({ status: 'active', health: { state: 'degraded' } })
  })
})

describe('Help Scout', () => {
  it('connects without scopes, challenge or redirect URI in the request', async () => {
    const { authorizationUrl } = await browser.start('help-scout')

    expect([...new URL(authorizationUrl).searchParams.keys()].toSorted()).toEqual(['client_id', 'response_type', 'state'])
  })

  it('is called, refreshed and rotated', async () => {
    const connection = await browser.connect('help-scout')
    const helpScout = { ...question, provider: 'help-scout' }
    world.clock.now += 3 * 86_400_000

    const response = await world.authpipe.fetch(helpScout, '/users/me')

    expect(connection.account.label).toContain('@')
    expect(response.status).toBe(200)
    expect(world.sandbox['help-scout'].tokenRequests()).toBe(2)
  })

  it('whose refresh token is dead asks the user, although it says invalid_request', async () => {
    await browser.connect('help-scout')
    world.sandbox['help-scout'].revokeGrants()
    world.clock.now += 3 * 86_400_000

    await expect(world.authpipe.getCredential({ ...question, provider: 'help-scout' })).rejects.toMatchObject({ code: 'needs_reauth' })
  })
})
