'use client'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection, ConnectionStatus } from '@authpipe/core'
import type { ConnectionRef } from './findConnection.ts'
import type { ProviderId } from './providerId.ts'
import { connectionQueryOptions } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'
import { useConnectionChanges } from './useConnectionChanges.ts'
import type { ConnectionsQuery } from './useConnections.ts'

/** What a page shows: the server's word, or that there is no connection. */
export type ConnectionStatusOrAbsent = ConnectionStatus | 'absent'

export type UseConnectionResult = UseQueryResult<Connection | null, AuthpipeError> & {
  /** `status` of the connection; not to be confused with the `status` of the query. */
  readonly connectionStatus: ConnectionStatusOrAbsent
  readonly queryKey: readonly unknown[]
}

/**
 * Reads the connection in use of a provider, or exactly the one with an id; `data` is `null` where there is none.
 *
 * @example
 * const { data: connection, connectionStatus } = useConnection('livechat')
 */
export function useConnection(of: ProviderId | ConnectionRef, { query }: { readonly query?: ConnectionsQuery } = {}): UseConnectionResult {
  const { client, queryClient } = useAuthpipe()
  useConnectionChanges()
  const options = connectionQueryOptions(client, typeof of === 'string' ? { provider: of } : of)
  const result = useQuery({ ...options, ...query }, queryClient)
  return { ...result, connectionStatus: result.data?.status ?? 'absent', queryKey: options.queryKey }
}
