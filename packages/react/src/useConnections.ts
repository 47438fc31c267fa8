'use client'
import { useQuery, type UseQueryOptions, type UseQueryResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import type { ConnectionFilter } from './client/routes.ts'
import { connectionsQueryOptions } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'
import { useConnectionChanges } from './useConnectionChanges.ts'

/** Options of TanStack Query, without those that this hook sets. */
export type ConnectionsQuery = Partial<Omit<UseQueryOptions<readonly Connection[], AuthpipeError>, 'queryKey' | 'queryFn' | 'select'>>

export interface ConnectionsFilter extends ConnectionFilter {
  /**
   * Whether disconnected ones are listed too.
   * @defaultValue `false`
   */
  readonly revoked?: boolean
}

const withoutRevoked = (connections: readonly Connection[]): readonly Connection[] => connections.filter(({ status }) => status !== 'revoked')

/**
 * Reads the connections of the signed-in user, and keeps them true as they are made and lost on this page or another tab.
 *
 * @example
 * const { data: connections = [] } = useConnections({ provider: 'livechat' })
 */
export function useConnections(
  { revoked = false, ...filter }: ConnectionsFilter = {},
  { query }: { readonly query?: ConnectionsQuery } = {},
): UseQueryResult<readonly Connection[], AuthpipeError> & { readonly queryKey: readonly unknown[] } {
  const { client, queryClient } = useAuthpipe()
  useConnectionChanges()
  const options = connectionsQueryOptions(client, filter)
  const result = useQuery({ ...options, ...query, ...(revoked ? {} : { select: withoutRevoked }) }, queryClient)
  return { ...result, queryKey: options.queryKey }
}
