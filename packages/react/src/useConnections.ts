'use client'
import { useQuery, type UseQueryOptions, type UseQueryResult } from '@tanstack/react-query'
import type { AuthpipeError, Connection } from '@authpipe/core'
import type { ConnectionFilter } from './client/routes.ts'
import { connectionsQueryOptions } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'
import { useConnectionChanges } from './useConnectionChanges.ts'

/** Options of TanStack Query, without those that this hook sets. */
export type ConnectionsQuery<T = readonly Connection[]> = Partial<Omit<UseQueryOptions<readonly Connection[], AuthpipeError, T>, 'queryKey' | 'queryFn'>>

export interface ConnectionsFilter extends ConnectionFilter {
  /**
   * Whether disconnected ones are listed too.
   * @defaultValue `false`
   */
  readonly revoked?: boolean
}

/** Makes the `select` of a list: what the filter shows, then what the app makes of it. */
export function selectConnections<T>(revoked: boolean, select?: (connections: readonly Connection[]) => T) {
  return (known: readonly Connection[]): T => {
    const shown = revoked ? known : known.filter(({ status }) => status !== 'revoked')
    // Without a `select` of the app, T is what it is unless said otherwise: the list.
    return select ? select(shown) : (shown as T)
  }
}

/**
 * Reads the connections of the signed-in user, and keeps them true as they are made and lost on this page or another tab, and as the
 * server's own health checks find them: the list is read again when the page gets the focus, and each minute while it is visible.
 *
 * @example
 * const { data: connections = [] } = useConnections({ provider: 'livechat' })
 */
export function useConnections<T = readonly Connection[]>(
  { revoked = false, ...filter }: ConnectionsFilter = {},
  { query }: { readonly query?: ConnectionsQuery<T> } = {},
): UseQueryResult<T, AuthpipeError> & { readonly queryKey: readonly unknown[] } {
  const { client, queryClient, refetchIntervalMs } = useAuthpipe()
  useConnectionChanges()
  const options = connectionsQueryOptions(client, filter)
  const result = useQuery({ ...options, refetchInterval: refetchIntervalMs, ...query, select: selectConnections(revoked, query?.select) }, queryClient)
  return { ...result, queryKey: options.queryKey }
}
