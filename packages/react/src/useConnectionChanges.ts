'use client'
import { useEffect } from 'react'
import { type QueryClient } from '@tanstack/react-query'
import type { Connection } from '@authpipe/core'
import type { ConnectionChange } from './client/createClient.ts'
import { authpipeKeys } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'

const lastChange = new WeakMap<QueryClient, ConnectionChange>()

/** Keeps the cached connections true while a component shows them. */
export function useConnectionChanges(): void {
  const { client, queryClient } = useAuthpipe()
  useEffect(
    () =>
      client.onConnectionsChanged((change) => {
        // Each component on the page hears of the change; the cache that they share needs to only once.
        if (lastChange.get(queryClient) === change) return
        lastChange.set(queryClient, change)
        const { connection } = change
        if (connection) {
          queryClient.setQueryData<readonly Connection[]>(
            authpipeKeys.connections({}),
            (known) => known && [connection, ...known.filter(({ id }) => id !== connection.id)],
          )
        }
        void queryClient.invalidateQueries({ queryKey: authpipeKeys.connections() })
      }),
    [client, queryClient],
  )
}
