import { HydrationBoundary } from '@tanstack/react-query'
import type { Metadata } from 'next'
import Link from 'next/link'
import { sandboxUrl } from '../../../sandboxUrl.ts'
import { requirePerson } from '../../../signedIn.ts'
import { dehydrateProviders } from './dehydrateProviders.ts'
import { Integrations } from './Integrations.tsx'
import { SandboxControls } from './SandboxControls.tsx'

export const metadata: Metadata = { title: 'Integrations' }

export default async function IntegrationsPage() {
  const { tenantName } = await requirePerson()
  return (
    <>
      <div className="title">
        <h1>Integrations</h1>
        <Link className="button" href="/integrations/catalog">
          Browse the catalog
        </Link>
      </div>
      <p className="lead">Connect the tools that {tenantName} already uses.</p>
      <HydrationBoundary state={await dehydrateProviders()}>
        <Integrations tenantName={tenantName} />
      </HydrationBoundary>
      <SandboxControls sandboxUrl={sandboxUrl} />
    </>
  )
}
