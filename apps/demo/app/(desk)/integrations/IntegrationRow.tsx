'use client'

import type { Connection } from '@authpipe/core'
import { ConnectButton, InstallButton, useConnection } from '@authpipe/react'
import Link from 'next/link'
import { DisconnectButton } from './DisconnectButton.tsx'

/** What an integration is for, and whether people connect it or install an app of ours in it. */
export interface Integration {
  readonly provider: string
  readonly name: string
  readonly purpose: string
  readonly kind: Connection['kind']
}

/** An integration in the list: how its connection is, and the ways to begin, mend and end it. */
export function IntegrationRow({ provider, name, purpose, kind }: Integration) {
  const { data: connection, connectionStatus } = useConnection({ provider, kind })
  return (
    <li className="integration" data-status={connectionStatus}>
      <span className="tile" aria-hidden="true">
        {name.slice(0, 1)}
      </span>
      <div>
        <h2>
          <Link href={`/integrations/catalog/${provider}`}>{name}</Link>
        </h2>
        <p className="muted">{connection ? summary(connection) : purpose}</p>
      </div>
      <div className="actions">
        {kind === 'user' ? <ConnectButton provider={provider} /> : <InstallButton provider={provider} />}
        {connection && <DisconnectButton connection={connection} name={name} />}
      </div>
    </li>
  )
}

// One time zone, so that the server and every browser write the same date.
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' })
const healths = { healthy: 'Healthy', degraded: 'Has trouble right now', unknown: undefined }

const summary = ({ account, connectedAt, status, health }: Connection): string =>
  [account.label ?? account.id, `Since ${date.format(new Date(connectedAt))}`, status === 'active' && healths[health.state]].filter(Boolean).join(' · ')
