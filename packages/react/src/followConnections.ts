// Loaded once a component is mounted: what it shows at first comes from the cache or the server.
import type { QueryClient } from '@tanstack/react-query'
import type { Connection } from '@authpipe/core'
import { onConnectionsChanged, type ConnectionChange } from './client/connectionChanges.ts'
import type { ClientCore } from './client/createClientCore.ts'
import { authpipeKeys } from './queries.ts'

const lastChange = new WeakMap<QueryClient, ConnectionChange>()

/** Keeps the cached connections true as they are made and lost on this page or another tab. Returns a function that ends it. */
export function followConnections(client: ClientCore, queryClient: QueryClient): () => void {
  return onConnectionsChanged(client, (change) => {
    // Each component on the page hears of the change; the cache that they share needs to only once.
    if (lastChange.get(queryClient) === change) return
    lastChange.set(queryClient, change)
    const { connection, ended } = change
    // The mutation that has ended it keeps the lists itself, as others may be under way.
    if (ended) return
    if (connection) {
      queryClient.setQueryData<readonly Connection[]>(
        authpipeKeys.connections({}),
        (known) => known && [connection, ...known.filter(({ id }) => id !== connection.id)],
      )
    }
    void queryClient.invalidateQueries({ queryKey: authpipeKeys.connections() })
  })
}
