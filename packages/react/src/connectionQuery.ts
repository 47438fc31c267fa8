import type { Connection } from '@authpipe/core'
import { connectionsKey } from './listKeys.ts'
import type { ClientCore } from './client/createClientCore.ts'
import { readConnections } from './client/readConnections.ts'
import { findConnection, type ConnectionRef } from './findConnection.ts'

/** How long a list of connections counts as fresh, in milliseconds. */
export const connectionsStaleMs = 30_000

/** What `connectionQueryOptions` consists of, for a button that uses nothing else of the queries. */
export const connectionQuery = (client: ClientCore, ref: ConnectionRef) => ({
  queryKey: connectionsKey({}),
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => readConnections(client, '', signal),
  staleTime: connectionsStaleMs,
  select: (connections: readonly Connection[]) => findConnection(connections, ref),
})
