import { providersQueryOptions } from '@authpipe/react/queries'
import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query'
import type { Metadata } from 'next'
import { authpipe } from '../../../../authpipe.ts'
import { Catalog } from './Catalog.tsx'

export const metadata: Metadata = { title: 'Catalog' }

export default async function CatalogPage() {
  // Read here under the key of the hooks, so that the first paint has the tiles and the browser asks for none.
  const queryClient = new QueryClient()
  await queryClient.prefetchQuery(providersQueryOptions(() => authpipe.listProviders()))
  return (
    <>
      <h1>Catalog</h1>
      <p className="lead">Everything that Northwind Desk can be connected to, and how.</p>
      <HydrationBoundary state={dehydrate(queryClient)}>
        <Catalog />
      </HydrationBoundary>
    </>
  )
}
