'use client'

import type { Connection } from '@authpipe/core'
import { ConnectButton, useConnection } from '@authpipe/react'
import { DisconnectButton } from './DisconnectButton.tsx'

/** An integration in the list: how its connection is, and the ways to begin, mend and end it. */
export function IntegrationRow({ provider, name, purpose }: { readonly provider: string; readonly name: string; readonly purpose: string }) {
  const { data: connection, connectionStatus } = useConnection(provider)
  return (
    <li className="integration" data-status={connectionStatus}>
      <span className="tile" aria-hidden="true">
        {name.slice(0, 1)}
      </span>
      <div>
        <h2>{name}</h2>
        <p className="muted">{connection ? summary(connection) : purpose}</p>
      </div>
      <div className="actions">
        <ConnectButton provider={provider} />
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
