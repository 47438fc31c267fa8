'use client'
import { useQuery, type UseQueryOptions, type UseQueryResult } from '@tanstack/react-query'
import type { AuthKind, AuthpipeError, ProviderId, ProviderSummary } from '@authpipe/core'
import { matchesQuery } from './provider-grid/matchesQuery.ts'
import { providersQueryOptions } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'

/** Options of TanStack Query, without those that this hook sets. */
export type ProvidersQuery<T = readonly ProviderSummary[]> = Partial<Omit<UseQueryOptions<readonly ProviderSummary[], AuthpipeError, T>, 'queryKey' | 'queryFn'>>

/** Which providers are listed; of several conditions, all hold. */
export interface ProvidersFilter {
  /** Only those in whose name, category or description every word is found. */
  readonly search?: string | undefined
  readonly category?: string | undefined
  /** Only these, in this order. */
  readonly ids?: readonly ProviderId[] | undefined
  /** Only those that can be connected this way. */
  readonly authMethod?: AuthKind | undefined
}

interface ProvidersOptions<T> {
  readonly query?: ProvidersQuery<T> | undefined
}

/** What is left of the providers that the server has registered. */
export function filterProviders(known: readonly ProviderSummary[], { search, category, ids, authMethod }: ProvidersFilter): readonly ProviderSummary[] {
  const named = ids ? ids.flatMap((id) => known.filter((provider) => provider.id === id)) : known
  return named.filter(
    (provider) =>
      (search === undefined || matchesQuery(provider, search)) &&
      (category === undefined || provider.category === category) &&
      (authMethod === undefined || provider.auth.some(({ kind }) => kind === authMethod)),
  )
}

/**
 * Reads the providers that the server has registered, in their order; fresh for one hour. However they are filtered, they are one request.
 *
 * @param options - `query` goes to TanStack Query; it is also taken beside the filter
 * @example
 * const { data: providers = [] } = useProviders({ category: 'Customer Support' })
 */
export function useProviders<T = readonly ProviderSummary[]>(
  { query: beside, ...filter }: ProvidersFilter & ProvidersOptions<T> = {},
  { query = beside }: ProvidersOptions<T> = {},
): UseQueryResult<T, AuthpipeError> & { readonly queryKey: readonly unknown[] } {
  const { client, queryClient } = useAuthpipe()
  const options = providersQueryOptions(client)
  const result = useQuery(
    {
      ...options,
      ...query,
      select(known): T {
        const chosen = filterProviders(known, filter)
        // Without a `select` of the app, T is what it is unless said otherwise: the list.
        return query?.select ? query.select(chosen) : (chosen as T)
      },
    },
    queryClient,
  )
  return { ...result, queryKey: options.queryKey }
}
