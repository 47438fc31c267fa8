import { createAuthpipe, type Authpipe, type AuthpipeOptions } from '@authpipe/next'
import { livechat } from '@authpipe/next/providers'
import type { Filled } from './fillDatabase.ts'

let servers = 0

/** Opens the built server on a filled database, with an engine of its own. Reads ask no provider and need no `tokenEndpoint`. */
export async function openServer({ database, keys }: Filled, options: Pick<AuthpipeOptions, 'cache' | 'refresh' | 'secretKeys'>, tokenEndpoint?: string): Promise<Authpipe> {
  servers += 1
  const authpipe = createAuthpipe({
    providers: [livechat({ clientId: 'bench', clientSecret: 'bench', endpoints: tokenEndpoint === undefined ? {} : { tokenEndpoint } })],
    identify: () => null,
    // Engines are shared by database and base URL.
    baseUrl: `http://localhost:${3000 + servers}/api/authpipe`,
    database: database.option,
    keys,
    allowInsecureLoopback: true,
    maintenance: 'manual',
    ...options,
  })
  await authpipe.ready()
  return authpipe
}
