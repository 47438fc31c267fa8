// What events say, whatever happens to a connection. WO-2 names a row of the threat catalogue.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AuthpipeEvent } from '@authpipe/core'
import { startEventReceiver, type EventReceiver } from './eventReceiver.ts'
import { findSecrets } from './findSecrets.ts'
import { openWorld, type World } from './world.ts'

const day = 86_400_000
const signingSecret = `whsec_${Buffer.alloc(32, 'signs').toString('base64')}`

let receiver: EventReceiver
let world: World
let told: AuthpipeEvent[]
let lines: string[]
beforeEach(async () => {
  told = []
  lines = []
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  receiver = await startEventReceiver()
  world = await openWorld({ options: { onEvent: (event) => void told.push(event), webhooks: { url: `${receiver.url}?CANARY_in_url`, secrets: [signingSecret] } } })
})
afterEach(async () => {
  await world.close()
  await receiver.close()
  vi.restoreAllMocks()
})

const ref = (connectionId: string) => ({ tenantId: 'org_acme', connectionId })
/** What people and providers say: never told on. */
const said = ['CANARY_body', 'CANARY_key', 'CANARY_hook', 'CANARY_header']

/** Lets everything happen to connections that can, with providers that say what they should not. */
async function wholeLife(): Promise<void> {
  const { plain, livechat } = world.sandbox
  const browser = world.browser()
  const { id } = await browser.connect('plain')
  await browser.connect('plain')
  await world.authpipe.refreshConnection(ref(id))

  world.clock.now += day
  plain.fault('token', { kind: 'answer', status: 500, body: 'CANARY_body', headers: { 'x-secret': 'CANARY_header' } })
  await world.authpipe.refreshConnection(ref(id)).catch(() => undefined)
  world.clock.now += day
  await world.authpipe.refreshConnection(ref(id))

  const { id: chat } = await browser.connect('livechat')
  livechat.set({ suspended: livechat.people.map(({ accountId }) => accountId) })
  for (let times = 0; times < 3; times += 1) {
    world.clock.now += 600_000
    await world.authpipe.checkConnection(ref(chat))
  }
  livechat.set({ suspended: [] })
  world.clock.now += 600_000
  await world.authpipe.checkConnection(ref(chat))
  await world.authpipe.disconnect(ref(chat))

  plain.fault('token', { kind: 'answer', status: 400, body: '{"error":"invalid_grant","error_description":"CANARY_body"}', headers: { 'content-type': 'application/json' } })
  world.clock.now += day
  await world.authpipe.refreshConnection(ref(id)).catch(() => undefined)
  await world.authpipe.storeCredential({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 'CANARY_hook' } })
  await world.authpipe.storeCredential({ provider: 'freshdesk', tenantId: 'org_acme', userId: 'user_1', credentialType: 'api_key', fields: { apiKey: 'CANARY_key' }, settings: { subdomain: 'acme' }, verify: false })
  await world.authpipe.maintain()
}

// WO-2
it('no event, signature or log line holds a token, a key, a code, a label or a word of a provider', async () => {
  await wholeLife()

  const types = ['created', 'failed', 'needs_reauth', 'reconnected', 'recovered', 'revoked'].map((change) => `connection.${change}`)
  expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining([...types, 'credential.stored', 'token.refresh_failed', 'token.refreshed']))
  expect(new Set(receiver.ids())).toEqual(new Set(told.map(({ id }) => id)))
  const { plain, livechat } = world.sandbox
  const issued = [plain, livechat].flatMap((standIn) => Object.values(standIn.issuedSecrets()).flat())
  const people = [plain, livechat].flatMap((standIn) => standIn.people.flatMap(({ name, email, accountId }) => [name, email, accountId]))
  const place = [...receiver.posted.flatMap(({ body, headers }) => [body, JSON.stringify(headers)]), ...told.map((event) => JSON.stringify(event)), ...lines].join('\n')
  expect(issued.length).toBeGreaterThan(8)
  expect(findSecrets([...issued, ...people, ...said, signingSecret.slice('whsec_'.length), 'CANARY_in_url'], place)).toEqual([])
})
