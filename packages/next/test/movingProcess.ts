// A process of an app that exports or imports a tenant, to be killed in between.
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { composeAuthpipe } from '../src/createAuthpipe.ts'
import { PostgresStore } from '../src/store/postgres/postgresStore.ts'
import { SqliteStore } from '../src/store/sqlite/sqliteStore.ts'
import type { Store } from '../src/store/store.ts'
import { plain } from './textbookProvider.ts'

export interface MovingProcess {
  readonly action: 'export' | 'import'
  readonly url: string
  readonly keys: string
  /** The recipient's public key, or the private one. */
  readonly pem: string
  readonly file?: string
  readonly sandboxUrl: string
  /** The commit that this process dies at, counted from 1. @defaultValue none */
  readonly dieAtCommit?: number
}

const { action, url, keys, pem, file = '', sandboxUrl, dieAtCommit } = JSON.parse(process.argv[2] ?? '') as MovingProcess

const store: Store = url.startsWith('file:') ? new SqliteStore({ path: url.slice('file:'.length) }) : new PostgresStore({ url })
const { commit } = store
let commits = 0
store.commit = async (...change) => {
  commits += 1
  if (commits !== dieAtCommit) return commit.apply(store, change)
  // What comes after it in this process never happens: the signal is the kernel's.
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => setInterval(() => undefined, 1_000))
}

const authpipe = composeAuthpipe(
  {
    providers: [plain({ ...sandboxClient('plain'), endpoints: sandboxEndpoints('plain', sandboxUrl) })],
    identify: () => null,
    baseUrl: 'http://localhost:3009/api/authpipe',
    keys,
    database: store,
    allowInsecureLoopback: true,
    maintenance: 'manual',
  },
  { env: {}, now: Date.now, isSimulated: true },
)
const answer = action === 'export' ? await authpipe.exportTenant({ tenantId: 'org_acme', recipient: pem }) : JSON.stringify(await authpipe.importTenant(file, { key: pem }))
await authpipe.close()
process.send?.(answer)
process.disconnect?.()
