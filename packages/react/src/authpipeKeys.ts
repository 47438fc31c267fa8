import type { ConnectionFilter } from './client/routes.ts'
import { providersKey } from './listKeys.ts'

/** Query and mutation keys; each is a prefix of those below it, so `invalidateQueries({ queryKey: authpipeKeys.all })` takes them all. */
export const authpipeKeys = {
  all: ['authpipe'],
  /** All lists of connections, or the one with this filter. */
  connections: (filter?: ConnectionFilter) => (filter ? (['authpipe', 'connections', filter] as const) : (['authpipe', 'connections'] as const)),
  providers: () => providersKey,
  /** Attempts to connect, for `useIsMutating` and `useMutationState`. */
  connect: (provider?: string) => (provider ? ['authpipe', 'connect', provider] : ['authpipe', 'connect']),
  disconnect: () => ['authpipe', 'disconnect'],
  check: () => ['authpipe', 'check'],
} as const
