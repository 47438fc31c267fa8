'use client'
import { useQuery, type UseQueryOptions, type UseQueryResult } from '@tanstack/react-query'
import type { AuthpipeError, ProviderSummary } from '@authpipe/core'
import { providersQueryOptions } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'

type ProvidersQuery = Partial<Omit<UseQueryOptions<readonly ProviderSummary[], AuthpipeError>, 'queryKey' | 'queryFn'>>

/**
 * Reads the providers that the server has registered, in their order; fresh for one hour.
 *
 * @example
 * const { data: providers = [] } = useProviders()
 */
export function useProviders({ query }: { readonly query?: ProvidersQuery } = {}): UseQueryResult<readonly ProviderSummary[], AuthpipeError> {
  const { client, queryClient } = useAuthpipe()
  return useQuery({ ...providersQueryOptions(client), ...query }, queryClient)
}
