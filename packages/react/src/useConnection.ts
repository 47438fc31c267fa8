'use client'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection, ConnectionStatus, ProviderId } from '@authpipe/core'
import { findConnection, type ConnectionRef } from './findConnection.ts'
import { connectionsQueryOptions } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'
import { useConnectionChanges } from './useConnectionChanges.ts'
import type { ConnectionsQuery } from './useConnections.ts'

/** What a page shows: the server's word, or that there is no connection. */
export type ConnectionStatusOrAbsent = ConnectionStatus | 'absent'

export type UseConnectionResult<T = Connection | null> = UseQueryResult<T, AuthpipeError> & {
  /** `status` of the connection; not to be confused with the `status` of the query. */
  readonly connectionStatus: ConnectionStatusOrAbsent
  readonly queryKey: readonly unknown[]
}

/** Options of TanStack Query for one connection; what they know of data is the whole list, which one request reads for all. */
export type ConnectionQuery<T = Connection | null> = Omit<ConnectionsQuery, 'select'> & { readonly select?: (connection: Connection | null) => T }

/** A connection by its provider, or as it is named. */
export type ConnectionTarget = ProviderId | ConnectionRef

export const toConnectionRef = (target: ConnectionTarget): ConnectionRef => (typeof target === 'string' ? { provider: target } : target)

/**
 * Reads the connection in use of a provider, or exactly the one with an id; `data` is `null` where there is none. A status that the
 * server's health checks have changed shows by itself: on focus, and within a minute while the page is visible.
 *
 * @example
 * const { data: connection, connectionStatus } = useConnection('livechat')
 */
export function useConnection<T = Connection | null>(of: ConnectionTarget, { query = {} }: { readonly query?: ConnectionQuery<T> } = {}): UseConnectionResult<T> {
  const { client, queryClient, refetchIntervalMs } = useAuthpipe()
  useConnectionChanges()
  const { select, ...rest } = query
  const ref = toConnectionRef(of)
  const options = { ...connectionsQueryOptions(client), refetchInterval: refetchIntervalMs, ...rest }
  const result = useQuery(
    {
      ...options,
      select(connections): T {
        const connection = findConnection(connections, ref)
        // Without a `select` of the app, T is what it is unless said otherwise: the connection.
        return select ? select(connection) : (connection as T)
      },
    },
    queryClient,
  )
  // Watched apart, since a `select` of the app may leave the status out.
  const { data: connectionStatus = 'absent' } = useQuery({ ...options, select: (connections) => findConnection(connections, ref)?.status }, queryClient)
  return { ...result, connectionStatus, queryKey: options.queryKey }
}
