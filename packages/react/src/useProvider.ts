'use client'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { AuthpipeError, ProviderId, ProviderSummary } from '@authpipe/core'
import { providersQueryOptions } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'
import type { ProvidersQuery } from './useProviders.ts'

/**
 * Reads one provider: its name, ways to connect, scopes and form fields; `data` is `null` where the server has not registered it.
 *
 * @example
 * const { data: provider } = useProvider('livechat')
 */
export function useProvider(
  id: ProviderId,
  { query }: { readonly query?: Omit<ProvidersQuery, 'select'> } = {},
): UseQueryResult<ProviderSummary | null, AuthpipeError> & { readonly queryKey: readonly unknown[] } {
  const { client, queryClient } = useAuthpipe()
  const options = providersQueryOptions(client)
  const result = useQuery({ ...options, ...query, select: (known) => known.find((provider) => provider.id === id) ?? null }, queryClient)
  return { ...result, queryKey: options.queryKey }
}
