import type { Connection } from '@authpipe/core'
import type { ClientCore } from './client/createClientCore.ts'
import { findConnection, type ConnectionRef } from './findConnection.ts'
import { connectionListKey } from './listKeys.ts'

/** How long a list of connections counts as fresh, in milliseconds. */
export const connectionsStaleMs = 30_000

/** What `connectionQueryOptions` consists of, for a button that uses nothing else of the queries. */
export const connectionQuery = (client: ClientCore, ref: ConnectionRef) => ({
  queryKey: connectionListKey,
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    client.call('/connections', import('./client/readAnswer.ts').then(({ parseConnectionList }) => parseConnectionList), { signal }),
  staleTime: connectionsStaleMs,
  select: (connections: readonly Connection[]) => findConnection(connections, ref),
})
