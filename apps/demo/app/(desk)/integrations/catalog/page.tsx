import type { Metadata } from 'next'
import { Catalog } from './Catalog.tsx'

export const metadata: Metadata = { title: 'Catalog' }

export default function CatalogPage() {
  return (
    <>
      <h1>Catalog</h1>
      <p className="lead">Everything that Northwind Desk can be connected to, and how.</p>
      <Catalog />
    </>
  )
}
