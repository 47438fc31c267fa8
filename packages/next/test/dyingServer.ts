// A server of the app, as a process of its own, that something happens to and that is killed at a step of telling of it.
import { helpScout } from '@authpipe/core/providers'
import type { WebhookOptions } from '../src/events/webhookOptions.ts'
import { composeApp, die, openStore, waitForever } from './processApp.ts'

export interface DyingServer {
  readonly url: string
  readonly keys: string
  readonly webhooks: WebhookOptions
  readonly step: 'after the commit' | 'after the claim' | 'after the telling'
}

const { url, keys, webhooks, step } = JSON.parse(process.argv[2] ?? '') as DyingServer

const store = openStore(url)
const { claimEvents, settleEvents } = store
store.claimEvents = async (...claim) => {
  if (step === 'after the commit') return die()
  const claimed = await claimEvents.apply(store, claim)
  return step === 'after the claim' && claimed.length > 0 ? die() : claimed
}
store.settleEvents = (...settlement) => (step === 'after the telling' ? die() : settleEvents.apply(store, settlement))

const authpipe = composeApp({
  providers: [helpScout({ clientId: 'id', clientSecret: 'secret' })],
  keys,
  database: store,
  onEvent: ({ id }) => void process.stdout.write(`${id}\n`),
  webhooks,
})
await authpipe.storeCredential({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 'hook_CANARY' } })
await waitForever()
