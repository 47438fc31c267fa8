import type { ProviderSummary } from '@authpipe/core'

/** Whether every word of a query stands somewhere in what a person reads of a provider, whatever its case and accents. */
export function matchesQuery({ name, description, category }: ProviderSummary, query: string): boolean {
  const text = plain(`${name} ${description} ${category}`)
  return plain(query)
    .split(/\s+/)
    .every((word) => text.includes(word))
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
