// A server of the app, as a process of its own, that is killed in the middle of a mass revocation.
import { composeAuthpipe } from '../src/createAuthpipe.ts'
import { PostgresStore } from '../src/store/postgres/postgresStore.ts'
import { SqliteStore } from '../src/store/sqlite/sqliteStore.ts'
import type { Store } from '../src/store/store.ts'
import { crowdProvider } from './crowdProvider.ts'

export interface RevokingServer {
  readonly url: string
  readonly keys: string
  readonly sandboxUrl: string
  /** After so many changes it is killed. */
  readonly commits: number
}

const { url, keys, sandboxUrl, commits } = JSON.parse(process.argv[2] ?? '') as RevokingServer

const store: Store = url.startsWith('file:') ? new SqliteStore({ path: url.slice('file:'.length) }) : new PostgresStore({ url })
const { commit } = store
let landed = 0
store.commit = async (...change) => {
  const isLanded = await commit.apply(store, change)
  if ((landed += 1) >= commits) process.kill(process.pid, 'SIGKILL')
  return isLanded
}

const authpipe = composeAuthpipe(
  {
    providers: [crowdProvider('crowd', sandboxUrl)],
    identify: () => null,
    baseUrl: 'http://localhost:3009/api/authpipe',
    keys,
    database: store,
    allowInsecureLoopback: true,
    maintenance: 'manual',
    // It takes none, so whoever comes after it is told.
    onEvent: () => new Promise<void>(() => undefined),
  },
  { env: {}, now: Date.now, isSimulated: true },
)
await authpipe.revokeAll({ provider: 'crowd' })
