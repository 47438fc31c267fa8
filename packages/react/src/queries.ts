// Query keys and options. No 'use client' here: a server component calls these to prefetch.
import { queryOptions } from '@tanstack/react-query'
import type { AuthpipeError, Connection, ProviderSummary } from '@authpipe/core'
import type { AuthpipeClient } from './client/createClient.ts'
import { listConnections, listProviders, type ConnectionFilter } from './client/routes.ts'
import { findConnection, type ConnectionRef } from './findConnection.ts'

/** Query and mutation keys; each is a prefix of those below it, so `invalidateQueries({ queryKey: authpipeKeys.all })` takes them all. */
export const authpipeKeys = {
  all: ['authpipe'],
  /** All lists of connections, or the one with this filter. */
  connections: (filter?: ConnectionFilter) => (filter ? ['authpipe', 'connections', filter] : ['authpipe', 'connections']),
  providers: () => ['authpipe', 'providers'],
  /** Attempts to connect, for `useIsMutating` and `useMutationState`. */
  connect: (provider?: string) => (provider ? ['authpipe', 'connect', provider] : ['authpipe', 'connect']),
  disconnect: () => ['authpipe', 'disconnect'],
} as const

const listOptions = (client: AuthpipeClient, filter: ConnectionFilter) => ({
  queryKey: authpipeKeys.connections(filter),
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => listConnections(client, filter, signal),
  staleTime: 30_000,
})

/** Options of the query for the connections of the signed-in user; fresh for 30 seconds. */
export function connectionsQueryOptions(client: AuthpipeClient, filter: ConnectionFilter = {}) {
  return queryOptions<readonly Connection[], AuthpipeError>(listOptions(client, filter))
}

/** Options of the query for one connection, `null` where there is none. It reads the list, so any number of them is one request. */
export function connectionQueryOptions(client: AuthpipeClient, ref: ConnectionRef) {
  return queryOptions<readonly Connection[], AuthpipeError, Connection | null>({
    ...listOptions(client, {}),
    select: (connections) => findConnection(connections, ref),
  })
}

/** Options of the query for the registered providers; fresh for one hour. */
export function providersQueryOptions(client: AuthpipeClient) {
  return queryOptions<readonly ProviderSummary[], AuthpipeError>({
    queryKey: authpipeKeys.providers(),
    queryFn: ({ signal }) => listProviders(client, signal),
    staleTime: 3_600_000,
  })
}
