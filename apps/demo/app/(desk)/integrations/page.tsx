import type { Metadata } from 'next'
import Link from 'next/link'
import { sandboxUrl } from '../../../sandboxUrl.ts'
import { requirePerson } from '../../../signedIn.ts'
import { IntegrationRow, type Integration } from './IntegrationRow.tsx'
import { SandboxControls } from './SandboxControls.tsx'

export const metadata: Metadata = { title: 'Integrations' }

const integrations: readonly Integration[] = [
  { provider: 'livechat', kind: 'user', name: 'LiveChat', purpose: 'Bring the chats of your customers into Northwind Desk.' },
  { provider: 'help-scout', kind: 'user', name: 'Help Scout', purpose: 'Answer the conversations of your shared inboxes.' },
  { provider: 'freshdesk', kind: 'user', name: 'Freshdesk', purpose: 'See tickets beside the chats that they came from.' },
  { provider: 'freshservice', kind: 'user', name: 'Freshservice', purpose: 'Hand a question over to your own IT.' },
  { provider: 'crisp', kind: 'user', name: 'Crisp', purpose: 'Read the conversations of one workspace, by a token of it.' },
  { provider: 'crisp', kind: 'installation', name: 'Crisp plugin', purpose: 'Install Northwind Desk in your Crisp workspace, for everybody in it.' },
  { provider: 'plain', kind: 'user', name: 'Plain', purpose: 'An integration of your own, added with defineProvider.' },
]

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
      <ul className="card rows" aria-label="Integrations">
        {integrations.map((integration) => (
          <IntegrationRow key={integration.name} {...integration} />
        ))}
      </ul>
      <SandboxControls sandboxUrl={sandboxUrl} />
    </>
  )
}
