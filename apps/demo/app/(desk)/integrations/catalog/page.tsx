import { HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import { dehydrateProviders } from '../dehydrateProviders.ts'
import { Catalog } from './Catalog.tsx'

export const metadata: Metadata = { title: 'Catalog' }

export default async function CatalogPage() {
  return (
    <>
      <h1>Catalog</h1>
      <p className="lead">Everything that Northwind Desk can be connected to, and how.</p>
      <HydrationBoundary state={await dehydrateProviders()}>
        <Catalog />
      </HydrationBoundary>
    </>
  )
}
