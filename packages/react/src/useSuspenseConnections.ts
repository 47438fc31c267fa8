'use client'
import { useSuspenseQuery, type UseSuspenseQueryOptions, type UseSuspenseQueryResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import { connectionsQueryOptions } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'
import { useConnectionChanges } from './useConnectionChanges.ts'
import { selectConnections, type ConnectionsFilter } from './useConnections.ts'

/** Options of TanStack Query, without those that this hook sets. */
export type SuspenseConnectionsQuery<T = readonly Connection[]> = Partial<
  Omit<UseSuspenseQueryOptions<readonly Connection[], AuthpipeError, T>, 'queryKey' | 'queryFn'>
>

/**
 * Reads the connections as `useConnections` does, and suspends until they are there; an error goes to the error boundary. On a server
 * nothing can be read from here: give them to it by `initialConnections` or a `HydrationBoundary`.
 *
 * @example
 * const { data: connections } = useSuspenseConnections()
 */
export function useSuspenseConnections<T = readonly Connection[]>(
  { revoked = false, ...filter }: ConnectionsFilter = {},
  { query }: { readonly query?: SuspenseConnectionsQuery<T> } = {},
): UseSuspenseQueryResult<T, AuthpipeError> & { readonly queryKey: readonly unknown[] } {
  const { client, queryClient, refetchIntervalMs } = useAuthpipe()
  useConnectionChanges()
  const options = connectionsQueryOptions(client, filter)
  const result = useSuspenseQuery({ ...options, refetchInterval: refetchIntervalMs, ...query, select: selectConnections(revoked, query?.select) }, queryClient)
  return { ...result, queryKey: options.queryKey }
}
