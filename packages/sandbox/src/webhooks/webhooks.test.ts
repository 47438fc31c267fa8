import { createHmac } from 'node:crypto'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { ask, type Answer } from '../../test/App.ts'
import { Receiver } from '../../test/Receiver.ts'
import { sandboxClient, startSandbox, type Sandbox } from '../index.ts'

const northwind = '3b8f6d2a-51c7-4e90-9a4d-7e0c2f6b1d85'
const sentAt = 1_721_131_200_000

let sandbox: Sandbox
let receiver: Receiver
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => sentAt })
})
beforeEach(async () => {
  sandbox.reset()
  receiver = await Receiver.start()
})
afterEach(() => receiver.close())
afterAll(() => sandbox.close())

const lastBody = (): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(receiver.last.body)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

describe('a webhook of Help Scout', () => {
  // The vector of the official PHP SDK's tests: body {"id":123}, secret asdfasdf.
  it('is signed as in the vector of its SDK', async () => {
    await sandbox['help-scout'].sendWebhook({ url: receiver.url, event: 'convo.created', data: { id: 123 }, secret: 'asdfasdf' })

    expect(receiver.last).toMatchObject({
      body: '{"id":123}',
      headers: { 'x-helpscout-event': 'convo.created', 'x-helpscout-signature': '7S2+kN8bZsrdAEADJ+yYfWWsf/4=', 'content-type': 'application/json' },
    })
  })

  it('is signed with the secret of the setting', async () => {
    sandbox['help-scout'].set({ webhookSecret: 'chosen' })
    await sandbox['help-scout'].sendWebhook({ url: receiver.url, event: 'convo.created' })

    expect(receiver.last.headers['x-helpscout-signature']).toBe(createHmac('sha1', 'chosen').update(receiver.last.body).digest('base64'))
  })

  it('carries no signature where none is asked for', async () => {
    await sandbox['help-scout'].sendWebhook({ url: receiver.url, event: 'convo.created', signature: 'none' })

    expect(receiver.last.headers).not.toHaveProperty('x-helpscout-signature')
  })
})

describe('a hook of Crisp', () => {
  // Computed with the algorithm of the official SDK, not captured from Crisp.
  it('is signed over time and body as in the vector', async () => {
    const accountId = '11111111-2222-4333-8444-555555555555'
    await sandbox.crisp.sendWebhook({ url: receiver.url, event: 'message:send', accountId, data: { content: 'hi' }, secret: 'crisp-hook-secret' })

    expect(receiver.last).toMatchObject({
      body: '{"website_id":"11111111-2222-4333-8444-555555555555","event":"message:send","data":{"content":"hi"},"timestamp":1721131200000}',
      headers: {
        'x-crisp-request-timestamp': '1721131200000',
        'x-crisp-signature': '4a9751499ccdbd1774eec43e198c46a03cb1fa3825c11d05020b50affc59d5e8',
      },
    })
  })

  it('is signed with the secret of the plugin, about its first workspace', async () => {
    await sandbox.crisp.sendWebhook({ url: receiver.url, event: 'plugin:subscription:updated' })

    const secret = sandboxClient('crisp').webhookSecret ?? ''
    expect(receiver.last.headers['x-crisp-signature']).toBe(createHmac('sha256', secret).update(`[${sentAt};${receiver.last.body}]`).digest('hex'))
    expect(lastBody()).toMatchObject({ website_id: northwind, event: 'plugin:subscription:updated' })
  })

  it('can be as old as told, and is signed all the same', async () => {
    await sandbox.crisp.sendWebhook({ url: receiver.url, event: 'message:send', secret: 'secret', ageSeconds: 600 })

    const timestamp = String(sentAt - 600_000)
    expect(receiver.last.headers['x-crisp-request-timestamp']).toBe(timestamp)
    expect(receiver.last.headers['x-crisp-signature']).toBe(createHmac('sha256', 'secret').update(`[${timestamp};${receiver.last.body}]`).digest('hex'))
  })

  it('of a website has neither signature nor signed time', async () => {
    await sandbox.crisp.sendWebhook({ url: receiver.url, event: 'message:send', signature: 'none' })

    expect(Object.keys(receiver.last.headers).filter((name) => name.startsWith('x-crisp-'))).toEqual([])
  })
})

describe('a webhook of LiveChat', () => {
  it('holds the secret key in its body and no signature', async () => {
    await sandbox.livechat.sendWebhook({ url: receiver.url, event: 'incoming_chat', data: { chat_id: 'PJ0MRSHTDG' } })

    expect(lastBody()).toEqual({
      webhook_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      secret_key: 'lc_hook_CANARY_sandbox',
      action: 'incoming_chat',
      organization_id: '8a4f6c2e-1b7d-4e53-9c08-5d2f7a90b3e1',
      payload: { chat_id: 'PJ0MRSHTDG' },
      additional_data: {},
    })
    expect(Object.keys(receiver.last.headers).filter((name) => name.startsWith('x-'))).toEqual([])
  })

  it("is about the account's organization", async () => {
    const mia = sandbox.livechat.people.find(({ name }) => name === 'Mia Chen')?.accountId
    await sandbox.livechat.sendWebhook({ url: receiver.url, event: 'incoming_chat', accountId: mia })

    expect(lastBody()).toMatchObject({ organization_id: 'c3d91e57-60ab-4f28-8e14-b7f05a6d2c94' })
  })

  it('leaves out the secret key where no signature is asked for', async () => {
    await sandbox.livechat.sendWebhook({ url: receiver.url, event: 'incoming_chat', signature: 'none' })

    expect(lastBody()).not.toHaveProperty('secret_key')
  })

  it('about the uninstalled app has members of its own and no secret', async () => {
    await sandbox.livechat.sendWebhook({ url: receiver.url, event: 'application_uninstalled' })

    expect(lastBody()).toEqual({
      event: 'application_uninstalled',
      applicationID: 'sandbox-application',
      clientID: 'sandbox-livechat',
      licenseID: 10_000_001,
      organizationID: '8a4f6c2e-1b7d-4e53-9c08-5d2f7a90b3e1',
      userID: '1f0c5a7e-93d2-4b68-a1e4-7c86d25f0b39',
      date: '2024-07-16T12:00:00.000Z',
    })
  })
})

describe('sendWebhook', () => {
  it('signs with another secret where it is told to sign wrongly', async () => {
    await sandbox.crisp.sendWebhook({ url: receiver.url, event: 'message:send', secret: 'secret', signature: 'wrong' })

    const { headers, body } = receiver.last
    expect(headers['x-crisp-signature']).toMatch(/^[0-9a-f]{64}$/)
    expect(headers['x-crisp-signature']).not.toBe(createHmac('sha256', 'secret').update(`[${sentAt};${body}]`).digest('hex'))
  })

  it('replays the very same bytes and headers', async () => {
    await sandbox.livechat.sendWebhook({ url: receiver.url, event: 'incoming_chat', copies: 2 })

    const [first, second] = receiver.received
    expect(receiver.received).toHaveLength(2)
    expect(second).toEqual(first)
  })

  it('tells how each copy was answered', async () => {
    expect(await sandbox.crisp.sendWebhook({ url: receiver.url, event: 'message:send', copies: 2 })).toEqual([{ status: 204 }, { status: 204 }])
  })

  it('follows no redirect', async () => {
    receiver.location = receiver.url

    expect(await sandbox.crisp.sendWebhook({ url: receiver.url, event: 'message:send' })).toEqual([{ status: 302 }])
    expect(receiver.received).toHaveLength(1)
  })

  it('tells that nobody answered', async () => {
    const gone = await Receiver.start()
    const { url } = gone
    await gone.close()

    expect(await sandbox.crisp.sendWebhook({ url, event: 'message:send' })).toEqual([{ status: null }])
  })

  it.each(['https://example.com/hook', 'http://127.0.0.1.evil.example/', 'http://127.0.0.1@evil.example/', 'http://10.0.0.1/', 'ftp://localhost/', 'hook'])(
    'goes to nobody but this machine: %s',
    async (url) => {
      await expect(sandbox.crisp.sendWebhook({ url, event: 'message:send' })).rejects.toThrow('"url" must be an http or https address of this machine.')
    },
  )

  it('says so where a provider sends none', async () => {
    await expect(sandbox.plain.sendWebhook({ url: receiver.url, event: 'ping' })).rejects.toThrow('The stand-in plain sends no webhooks.')
  })
})

describe('POST /control/<stand-in>/send-webhook', () => {
  const tell = (standIn: string, body: unknown): Promise<Answer> =>
    ask(`${sandbox.url}/control/${standIn}/send-webhook`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  it('sends what it is told and answers how it was taken', async () => {
    const { status, body } = await tell('crisp', {
      url: receiver.url,
      event: 'message:send',
      accountId: northwind,
      data: { content: 'hi' },
      secret: 'secret',
      signature: 'right',
      ageSeconds: 60,
      copies: 2,
    })

    expect([status, body]).toEqual([200, { deliveries: [{ status: 204 }, { status: 204 }] }])
    expect(receiver.last.headers['x-crisp-request-timestamp']).toBe(String(sentAt - 60_000))
    expect(lastBody()).toMatchObject({ website_id: northwind, data: { content: 'hi' } })
  })

  it.each([
    [{ event: 'message:send' }, '"url" must be a string.'],
    [{ url: 'https://example.com', event: 'message:send' }, '"url" must be an http or https address of this machine.'],
    [{ url: 'http://127.0.0.1:1' }, '"event" must be a string.'],
    [{ url: 'http://127.0.0.1:1', event: 'e', signature: 'forged' }, '"signature" must be one of right, wrong, none.'],
    [{ url: 'http://127.0.0.1:1', event: 'e', copies: 0 }, '"copies" must be between 1 and 10.'],
    [{ url: 'http://127.0.0.1:1', event: 'e', data: [] }, '"data" must be an object.'],
    [{ url: 'http://127.0.0.1:1', event: 'e', ageSeconds: -1 }, '"ageSeconds" must be a number that is not negative.'],
  ])('refuses %j with one sentence', async (body, error) => {
    expect(await tell('crisp', body)).toMatchObject({ status: 400, body: { error } })
  })

  it.each(['plain', 'freshdesk', 'freshservice'])('is unknown to %s', async (standIn) => {
    expect((await tell(standIn, { url: receiver.url, event: 'ping' })).status).toBe(404)
  })
})
