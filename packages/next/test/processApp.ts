// What the processes have in common that tests start in order to kill them.
import type { AuthpipeOptions } from '../src/config.ts'
import { composeAuthpipe, type Authpipe } from '../src/createAuthpipe.ts'
import { PostgresStore } from '../src/store/postgres/postgresStore.ts'
import { SqliteStore } from '../src/store/sqlite/sqliteStore.ts'
import type { Store } from '../src/store/store.ts'

/** The store of a test's database, for a process to put its steps in the way of. */
export function openStore(url: string): Store {
  return url.startsWith('file:') ? new SqliteStore({ path: url.slice('file:'.length) }) : new PostgresStore({ url })
}

/** Ends this process as a crash does: the signal is the kernel's, and what comes after it never happens. */
export function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL')
  return waitForever()
}

/** Keeps the process alive and goes no further. */
export function waitForever(): Promise<never> {
  return new Promise(() => setInterval(() => undefined, 1_000))
}

/** An app in this process, which does nothing by itself. */
export function composeApp(options: Pick<AuthpipeOptions, 'providers' | 'keys' | 'onEvent' | 'webhooks'> & { readonly database: Store }): Authpipe {
  const rest = { identify: () => null, baseUrl: 'http://localhost:3009/api/authpipe', allowInsecureLoopback: true, maintenance: 'manual' } as const
  return composeAuthpipe({ ...rest, ...options }, { env: {}, now: Date.now, isSimulated: true })
}
