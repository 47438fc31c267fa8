// A server of the app, as a process of its own, that something happens to and that is killed at a step of telling of it.
import { helpScout } from '@authpipe/core/providers'
import { composeAuthpipe } from '../src/createAuthpipe.ts'
import type { WebhookOptions } from '../src/events/webhookOptions.ts'
import { PostgresStore } from '../src/store/postgres/postgresStore.ts'
import { SqliteStore } from '../src/store/sqlite/sqliteStore.ts'
import type { Store } from '../src/store/store.ts'

export interface DyingServer {
  readonly url: string
  readonly keys: string
  readonly webhooks: WebhookOptions
  readonly step: 'after the commit' | 'after the claim' | 'after the telling'
}

const { url, keys, webhooks, step } = JSON.parse(process.argv[2] ?? '') as DyingServer

// What comes after it in this process never happens: the signal is the kernel's.
const die = (): void => void process.kill(process.pid, 'SIGKILL')
const never = <T>(): Promise<T> => new Promise(() => setInterval(() => undefined, 1_000))

const store: Store = url.startsWith('file:') ? new SqliteStore({ path: url.slice('file:'.length) }) : new PostgresStore({ url })
const { claimEvents, settleEvents } = store
store.claimEvents = async (...claim) => {
  if (step === 'after the commit') return die(), never()
  const claimed = await claimEvents.apply(store, claim)
  return step === 'after the claim' && claimed.length > 0 ? (die(), never()) : claimed
}
store.settleEvents = (...settlement) => (step === 'after the telling' ? (die(), never()) : settleEvents.apply(store, settlement))

const authpipe = composeAuthpipe(
  {
    providers: [helpScout({ clientId: 'id', clientSecret: 'secret' })],
    identify: () => null,
    baseUrl: 'http://localhost:3009/api/authpipe',
    keys,
    database: store,
    allowInsecureLoopback: true,
    maintenance: 'manual',
    onEvent: ({ id }) => void process.stdout.write(`${id}\n`),
    webhooks,
  },
  { env: {}, now: Date.now, isSimulated: true },
)
await authpipe.storeCredential({ provider: 'help-scout', tenantId: 'org_acme', credentialType: 'webhook_secret', fields: { secret: 'hook_CANARY' } })
await never()
