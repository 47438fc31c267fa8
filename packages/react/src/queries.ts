// Query keys and options. No 'use client' here: a server component calls these to prefetch.
import { queryOptions } from '@tanstack/react-query'
import type { AuthpipeError, Connection, ProviderSummary } from '@authpipe/core'
import type { ClientCore } from './client/createClientCore.ts'
import { listConnections, listProviders, type ConnectionFilter } from './client/routes.ts'
import { authpipeKeys } from './authpipeKeys.ts'
import { connectionQuery, connectionsStaleMs } from './connectionQuery.ts'
import type { ConnectionRef } from './findConnection.ts'

export { authpipeKeys } from './authpipeKeys.ts'
export { checkMutationOptions, type CheckVariables } from './checkMutationOptions.ts'
export { disconnectMutationOptions, type DisconnectVariables } from './disconnectMutationOptions.ts'

/** Where a list comes from: the routes that a client calls, or on a server a function that reads it there. */
export type ListSource<T> = ClientCore | (() => Promise<readonly T[]>)

/** Options of the query for the connections of the signed-in user; fresh for 30 seconds. */
export function connectionsQueryOptions(source: ListSource<Connection>, filter: ConnectionFilter = {}) {
  return queryOptions<readonly Connection[], AuthpipeError>({
    queryKey: authpipeKeys.connections(filter),
    queryFn: ({ signal }) => (typeof source === 'function' ? source() : listConnections(source, filter, signal)),
    staleTime: connectionsStaleMs,
  })
}

/** Options of the query for one connection, `null` where there is none. It reads the list, so any number of them is one request. */
export const connectionQueryOptions = (client: ClientCore, ref: ConnectionRef) =>
  queryOptions<readonly Connection[], AuthpipeError, Connection | null>(connectionQuery(client, ref))

/** Options of the query for the registered providers; fresh for one hour. */
export function providersQueryOptions(source: ListSource<ProviderSummary>) {
  return queryOptions<readonly ProviderSummary[], AuthpipeError>({
    queryKey: authpipeKeys.providers(),
    queryFn: ({ signal }) => (typeof source === 'function' ? source() : listProviders(source, signal)),
    staleTime: 3_600_000,
  })
}
