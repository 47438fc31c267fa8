'use client'

import { ConnectionList, ProviderGrid, ReconnectBanner, RequestConnectionLink, RequestedConnection } from '@authpipe/react'
import { useRouter } from 'next/navigation'
import { integrations } from './integrations.ts'

/** What the desk is connected to, what it could be, and what each of them is. */
export function Integrations({ tenantName }: { readonly tenantName: string }) {
  const router = useRouter()
  return (
    <div className="integrations">
      <RequestedConnection workspace={tenantName} />
      <ReconnectBanner />
      <ConnectionList aria-label="Integrations" providers={integrations} headingLevel={2} card={{ allowMultiple: true }} />
      <p className="muted">
        Is LiveChat in the hands of a colleague? <RequestConnectionLink provider="livechat" />
      </p>
      <section aria-labelledby="about">
        <h2 id="about">About each of them</h2>
        <ProviderGrid search={false} onSelect={({ id }) => router.push(`/integrations/catalog/${id}`)} />
      </section>
    </div>
  )
}
