'use client'
import type { ProviderSummary } from '@authpipe/core'
import { providerName } from './providerName.ts'
import { authpipeKeys } from './queries.ts'
import { useAuthpipe } from './useAuthpipe.ts'

/** What the page has read of a provider, if anybody has; makes no request. */
export function useKnownProvider(id: string): ProviderSummary | undefined {
  return useAuthpipe()
    .queryClient.getQueryData<readonly ProviderSummary[]>(authpipeKeys.providers())
    ?.find((summary) => summary.id === id)
}

/** What a provider is called: by the app, by the server if somebody has asked it, else by the words of its id. */
export function useProviderName(id: string): string {
  const summary = useKnownProvider(id)
  return useAuthpipe().providers[id]?.name ?? summary?.name ?? providerName(id)
}
