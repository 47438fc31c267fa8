'use client'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { Connection } from '@authpipe/core'
import { cardTexts } from '../connection-card/cardTexts.ts'
import { DisconnectDialog } from '../disconnect-dialog/LaterDisconnectDialog.tsx'
import { useConnection } from '../useConnection.ts'
import { useMessages } from '../useMessages.ts'
import type { Connect } from './connectButtonEngine.tsx'

interface ConnectedMenuProps {
  readonly connection: Connection
  readonly connect: Connect
  readonly allowMultiple: boolean | undefined
  readonly onClose: () => void
}

/** What can be done with a connection, in a row below its button. Loaded when somebody asks for it. */
export function ConnectedMenu({ connection, connect, allowMultiple, onClose }: ConnectedMenuProps): ReactNode {
  const { id, provider, kind, credentialType } = connection
  const messages = useMessages()
  const texts = { ...cardTexts, ...messages.connectionCard }
  const { connectionStatus } = useConnection({ provider, connectionId: id })
  const [asks, setAsks] = useState(false)
  const isOver = connectionStatus !== 'active' && !asks
  useEffect(() => {
    if (isOver) onClose()
  }, [isOver, onClose])

  useEffect(() => {
    if (asks) return
    const leave = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') onClose()
    }
    document.addEventListener('keydown', leave)
    return () => document.removeEventListener('keydown', leave)
  }, [asks, onClose])

  const root = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const opener = document.activeElement
    const row = root.current
    return () => {
      // What had the focus goes with the row.
      if (opener instanceof HTMLElement && (document.activeElement === document.body || row?.contains(document.activeElement))) opener.focus()
    }
  }, [])

  const action = (label: string, run: () => void): ReactNode => (
    <button type="button" className="ap-link" onClick={run}>
      {label}
    </button>
  )
  // Closed first, since what is begun may open a dialog in its place.
  const begin = (run: () => void) => (): void => {
    onClose()
    run()
  }
  return (
    <span ref={root} role="group" aria-label={texts.manage} className="ap-note" data-tone="muted">
      {kind === 'user' && action(credentialType === 'api_key' ? texts.updateKey : texts.reconnect, begin(() => connect()))}
      {allowMultiple && kind === 'user' && action(texts.connectAnother, begin(() => connect(null, true)))}
      {action(texts.disconnect, () => setAsks(true))}
      <DisconnectDialog connection={connection} open={asks} onOpenChange={setAsks} />
    </span>
  )
}
