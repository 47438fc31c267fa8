'use client'

import { ConnectButton, useConnection } from '@authpipe/react'
import { DisconnectButton } from './DisconnectButton.tsx'

const connectedOn = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' })
const healthTexts = { healthy: 'Healthy', degraded: 'LiveChat has trouble right now', unknown: undefined }

/** LiveChat in the list of integrations: what the connection does, and the ways to begin, mend and end it. */
export function LivechatRow() {
  const { data: connection, connectionStatus } = useConnection('livechat')
  return (
    <div className="integration" data-status={connectionStatus}>
      <span className="tile" aria-hidden="true">
        L
      </span>
      <div>
        <h2>LiveChat</h2>
        {connection && connectionStatus === 'active' ? (
          <p className="muted">
            {[
              connection.account.label ?? connection.account.id,
              `Connected on ${connectedOn.format(new Date(connection.connectedAt))}`,
              healthTexts[connection.health.state],
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        ) : (
          <p className="muted">{sentences[connectionStatus] ?? sentences.absent}</p>
        )}
      </div>
      <div className="actions">
        <ConnectButton provider="livechat" />
        {connection && <DisconnectButton connection={connection} />}
      </div>
    </div>
  )
}

const sentences: Readonly<Partial<Record<string, string>>> = {
  absent: 'Bring the chats of your customers into Northwind Desk.',
  needs_reauth: 'LiveChat needs you to sign in again to keep conversations up to date.',
  failed: 'LiveChat refuses the account. Its administrator can tell you why.',
}
