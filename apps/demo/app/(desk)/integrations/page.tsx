import type { Metadata } from 'next'
import { requirePerson } from '../../../signedIn.ts'
import { LivechatRow } from './LivechatRow.tsx'
import { SandboxControls } from './SandboxControls.tsx'

export const metadata: Metadata = { title: 'Integrations' }

export default async function IntegrationsPage() {
  const { tenantName } = await requirePerson()
  return (
    <>
      <h1>Integrations</h1>
      <p className="lead">Connect the tools that {tenantName} already uses.</p>
      <ul className="card rows">
        <li>
          <LivechatRow />
        </li>
      </ul>
      <SandboxControls />
    </>
  )
}
