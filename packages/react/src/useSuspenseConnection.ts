'use client'
import { useSuspenseQuery, type UseSuspenseQueryResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import { findConnection } from './findConnection.ts'
import { connectionsQueryOptions } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'
import { toConnectionRef, type ConnectionStatusOrAbsent, type ConnectionTarget } from './useConnection.ts'
import { useConnectionChanges } from './useConnectionChanges.ts'
import type { SuspenseConnectionsQuery } from './useSuspenseConnections.ts'

/**
 * Reads a connection as `useConnection` does, and suspends until it is known whether there is one; an error goes to the error boundary.
 * On a server nothing can be read from here: give the connections to it by `initialConnections` or a `HydrationBoundary`.
 *
 * @example
 * const { data: connection, connectionStatus } = useSuspenseConnection('livechat')
 */
export function useSuspenseConnection(
  of: ConnectionTarget,
  { query }: { readonly query?: Omit<SuspenseConnectionsQuery, 'select'> } = {},
): UseSuspenseQueryResult<Connection | null, AuthpipeError> & { readonly connectionStatus: ConnectionStatusOrAbsent; readonly queryKey: readonly unknown[] } {
  const { client, queryClient, refetchIntervalMs } = useAuthpipe()
  useConnectionChanges()
  const ref = toConnectionRef(of)
  const options = connectionsQueryOptions(client)
  const result = useSuspenseQuery({ ...options, refetchInterval: refetchIntervalMs, ...query, select: (connections) => findConnection(connections, ref) }, queryClient)
  return { ...result, connectionStatus: result.data?.status ?? 'absent', queryKey: options.queryKey }
}
