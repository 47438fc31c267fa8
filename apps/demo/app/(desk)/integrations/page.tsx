import type { Metadata } from 'next'
import { requirePerson } from '../../../signedIn.ts'
import { IntegrationRow } from './IntegrationRow.tsx'
import { SandboxControls } from './SandboxControls.tsx'

export const metadata: Metadata = { title: 'Integrations' }

export default async function IntegrationsPage() {
  const { tenantName } = await requirePerson()
  return (
    <>
      <h1>Integrations</h1>
      <p className="lead">Connect the tools that {tenantName} already uses.</p>
      <ul className="card rows" aria-label="Integrations">
        <IntegrationRow provider="livechat" name="LiveChat" purpose="Bring the chats of your customers into Northwind Desk." />
        <IntegrationRow provider="plain" name="Plain" purpose="An integration of your own, added with defineProvider." />
      </ul>
      <SandboxControls />
    </>
  )
}
