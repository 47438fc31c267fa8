// What `lib/authpipe.ts` is in an app: the place where Authpipe is put together.
import { composeAuthpipe, type Authpipe } from '../../src/createAuthpipe.ts'
import type { AuthpipeEvent } from '@authpipe/core'
import type { KeyManager } from '../../src/vault/keyManager.ts'
import { readPrincipal } from '../readPrincipal.ts'
import { textbookProvider } from '../textbookProvider.ts'
import type { WorkerSetup } from './workerSetup.ts'

export interface AppParts {
  readonly setup: WorkerSetup
  readonly keys: KeyManager
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly onEvent: (event: AuthpipeEvent) => void
}

export function composeApp({ setup, keys, now, onEvent }: AppParts): Authpipe {
  const providers = setup.providers.map(({ id, scopes, ...registration }) =>
    textbookProvider(
      id,
      scopes.map((scope) => ({ id: scope, description: scope })),
      // RFC 7009 §2.1, as the stand-in does it.
      { revocationEnds: 'grant' },
    )({ ...registration, scopes }),
  )
  const { database, baseUrl, timing, followsDatabase } = setup
  return composeAuthpipe(
    { providers, identify: readPrincipal, baseUrl, keys, database, allowInsecureLoopback: true, maintenance: 'manual', onEvent, ...setup.options },
    { env: {}, now, isSimulated: !followsDatabase, timing },
  )
}
