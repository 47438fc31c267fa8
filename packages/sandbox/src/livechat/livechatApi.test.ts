import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App, ask, type Answer } from '../../test/App.ts'
import { startSandbox, type Sandbox } from '../index.ts'

const sam = '5e7b2d94-0c6f-4a1b-8f3d-29a4c8e1670d'

let sandbox: Sandbox
let app: App
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => Date.parse('2026-11-22T10:00:00Z') })
  app = new App(sandbox, 'livechat')
})
beforeEach(() => sandbox.reset())
afterAll(() => sandbox.close())

const call = (action: string, accessToken: string, parameters: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(`${app.endpoints.apiBaseUrl}/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(parameters),
  })

const listChats = (accessToken: string, parameters: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  call('agent/action/list_chats', accessToken, parameters, headers)

const error = (type: string, message: string) => ({ error: { type, message } })

const chatIds = ({ body }: Answer): unknown[] =>
  Array.isArray(body.chats_summary) ? body.chats_summary.map((chat: unknown) => (typeof chat === 'object' && chat !== null && 'id' in chat ? chat.id : undefined)) : []

describe('list_chats', () => {
  it('summarises every chat of the organization, the newest first', async () => {
    const { accessToken } = await app.connect({ scope: 'chats--all:ro' })

    const { status, body } = await listChats(accessToken, { limit: 1 })

    expect(status).toBe(200)
    expect(body).toMatchObject({
      found_chats: 4,
      chats_summary: [
        {
          id: 'PJ0MRSHTDG',
          last_event_per_type: { message: { event: { text: 'Thank you, the number is 20417.', created_at: '2026-11-22T09:56:00.000000Z' } } },
          users: [
            { type: 'customer', name: 'Hannah Weiss', email: 'hannah.weiss@example.com' },
            { type: 'agent', name: 'Sam Okafor' },
          ],
          last_thread_summary: { active: true, access: { group_ids: [1] } },
        },
      ],
    })
  })

  it('keeps the chats of another organization to that organization', async () => {
    const mia = sandbox.livechat.people.find(({ name }) => name === 'Mia Chen')?.accountId ?? ''
    const { accessToken } = await app.connect({ scope: 'chats--all:ro' }, { accountId: mia })

    expect(chatIds(await listChats(accessToken))).toEqual(['PN7SDXMTLE', 'PQ3TFYNUME'])
  })

  it("shows only the chats of one's groups with the access scope", async () => {
    const { accessToken } = await app.connect({ scope: 'chats--access:ro' }, { accountId: sam })

    expect(chatIds(await listChats(accessToken))).toEqual(['PJ0MRSHTDG', 'PK2NTVJWFB'])
  })

  it('takes a write scope for reading', async () => {
    const { accessToken } = await app.connect({ scope: 'chats--my:rw' }, { accountId: sam })

    expect((await listChats(accessToken)).status).toBe(200)
  })

  it('filters by activity and sorts the other way', async () => {
    const { accessToken } = await app.connect({ scope: 'chats--all:ro' })

    expect(chatIds(await listChats(accessToken, { filters: { active: false }, sort_order: 'asc' }))).toEqual(['PM5RBWLSKD', 'PL8QXZKRHC'])
  })

  it('refuses a token without a scope for chats', async () => {
    const { accessToken } = await app.connect({ scope: 'agents--my:ro' })

    expect(await listChats(accessToken)).toMatchObject({ status: 403, body: error('authorization', 'Authorization error') })
  })

  it.each([
    [{ limit: 0 }, '`limit` must be between 1 and 100'],
    [{ limit: 101 }, '`limit` must be between 1 and 100'],
    [{ sort_order: 'up' }, '`sort_order` must be asc or desc'],
  ])('refuses %j', async (parameters, message) => {
    const { accessToken } = await app.connect({ scope: 'chats--all:ro' })

    expect(await listChats(accessToken, parameters)).toMatchObject({ status: 400, body: error('validation', message) })
  })
})

describe('get_chat', () => {
  it('gives a whole thread', async () => {
    const { accessToken } = await app.connect({ scope: 'chats--all:ro' })

    expect(await call('agent/action/get_chat', accessToken, { chat_id: 'PL8QXZKRHC' })).toMatchObject({
      status: 200,
      body: { id: 'PL8QXZKRHC', thread: { events: [{ text: 'Can we get an invoice with our VAT number?' }, { type: 'message', author_id: 'ada@northwind.example' }] } },
    })
  })

  it('asks for chat_id', async () => {
    const { accessToken } = await app.connect({ scope: 'chats--all:ro' })

    expect(await call('agent/action/get_chat', accessToken)).toMatchObject({ status: 400, body: error('validation', '`chat_id` is required') })
  })

  it('does not find a chat of another organization', async () => {
    const { accessToken } = await app.connect({ scope: 'chats--all:ro' })

    expect(await call('agent/action/get_chat', accessToken, { chat_id: 'PN7SDXMTLE' })).toMatchObject({ status: 404, body: error('not_found', 'Chat not found') })
  })
})

describe('list_channels', () => {
  it('needs no scope', async () => {
    const { accessToken } = await app.connect({ scope: 'customers:ro' })

    expect(await call('configuration/action/list_channels', accessToken)).toMatchObject({
      status: 200,
      body: { list: [{ channel_type: 'code' }, { channel_type: 'direct_link' }, { channel_type: 'integration', channel_subtype: app.client.clientId }] },
    })
  })
})

describe('get_agent', () => {
  it.each(['sam@northwind.example', sam])('shows the own profile by %s', async (id) => {
    const { accessToken } = await app.connect({ scope: 'agents--my:ro' }, { accountId: sam })

    expect(await call('configuration/action/get_agent', accessToken, { id })).toMatchObject({
      status: 200,
      body: { id: 'sam@northwind.example', account_id: sam, name: 'Sam Okafor', role: 'normal', login_status: 'accepting chats' },
    })
  })

  it('keeps the profile of others from the scope for the own one', async () => {
    const { accessToken } = await app.connect({ scope: 'agents--my:ro' })

    expect(await call('configuration/action/get_agent', accessToken, { id: sam })).toMatchObject({ status: 403, body: error('authorization', 'Authorization error') })
  })

  it('does not find the agents of another organization', async () => {
    const { accessToken } = await app.connect({ scope: 'agents--all:ro' })

    expect(await call('configuration/action/get_agent', accessToken, { id: 'leo@bluebird.example' })).toMatchObject({ status: 404, body: error('not_found', 'Agent not found') })
  })
})

describe('every action', () => {
  it('refuses a call without authorization', async () => {
    expect(await ask(`${app.endpoints.apiBaseUrl}/agent/action/list_chats`, { method: 'POST', body: '{}' })).toMatchObject({
      status: 401,
      body: error('authentication', 'No `Authorization` header'),
    })
  })

  it.each(['expired', 'revoked', 'bogus', 'refresh'])('refuses a token that is %s, in the same words', async (kind) => {
    const { accessToken, refreshToken } = await app.connect()
    if (kind === 'expired') sandbox.livechat.expireAccessTokens()
    if (kind === 'revoked') sandbox.livechat.revokeGrants()

    const token = kind === 'bogus' ? 'dal:bogus' : kind === 'refresh' ? refreshToken : accessToken
    expect(await listChats(token)).toMatchObject({ status: 401, body: error('authentication', 'Invalid access token') })
  })

  it('refuses a suspended agent', async () => {
    const { accessToken } = await app.connect({ scope: 'chats--access:ro' }, { accountId: sam })
    sandbox.livechat.set({ suspended: [sam] })

    expect(await listChats(accessToken)).toMatchObject({ status: 403, body: error('requester_suspended', 'Requester suspended') })
  })

  it('refuses when the licence has lapsed', async () => {
    const { accessToken } = await app.connect()
    sandbox.livechat.set({ licenseExpired: true })

    expect(await listChats(accessToken)).toMatchObject({ status: 403, body: error('license_expired', 'License expired') })
  })

  it('names the region that a call should go to', async () => {
    const { accessToken } = await app.connect()
    sandbox.livechat.set({ homeRegion: 'fra' })

    expect(await listChats(accessToken)).toMatchObject({
      status: 400,
      body: { error: { type: 'misdirected_request', message: 'Wrong region', data: { region: 'fra' } } },
    })
    expect((await listChats(accessToken, {}, { 'x-region': 'fra' })).status).toBe(200)
  })

  it('refuses calls over the rate limit', async () => {
    const { accessToken } = await app.connect()
    sandbox.livechat.set({ rateLimited: true })

    expect(await listChats(accessToken)).toMatchObject({ status: 429, body: error('too_many_requests', 'Too many requests') })
  })

  it.each([
    ['a list', [], {}],
    ['another content type', {}, { 'content-type': 'text/plain' }],
  ])('refuses %s as body', async (_, parameters, headers: Record<string, string>) => {
    const { accessToken } = await app.connect()

    expect(await listChats(accessToken, parameters, headers)).toMatchObject({
      status: 400,
      body: error('validation', 'The body must be a JSON object sent as application/json'),
    })
  })

  it.each(['agent/action/delete_everything', 'constructor', 'reports/action/list_chats'])('does not know %s', async (action) => {
    const { accessToken } = await app.connect()

    expect(await call(action, accessToken)).toMatchObject({ status: 404, body: error('not_found', 'Unknown action') })
  })
})
