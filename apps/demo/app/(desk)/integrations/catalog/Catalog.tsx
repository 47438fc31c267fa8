'use client'

import { ProviderGrid } from '@authpipe/react'
import { useRouter } from 'next/navigation'

/** Every provider as a tile that leads to its page. */
export function Catalog() {
  const router = useRouter()
  return <ProviderGrid onSelect={({ id }) => router.push(`/integrations/catalog/${id}`)} />
}
