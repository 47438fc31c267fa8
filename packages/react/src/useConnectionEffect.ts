'use client'
import { useEffect, useRef } from 'react'
import type { Connection, ConnectionStatus } from '@authpipe/core'
import { onConnectionsChanged } from './client/connectionChanges.ts'
import { useAuthpipe } from './useAuthpipe.ts'
import { useConnections, type ConnectionsQuery } from './useConnections.ts'

/** What is to happen when something happens to a connection, each at most once for each time that it does. */
export interface ConnectionEffects {
  /** This page has connected an account, also where whatever started it is gone, or after a reload. */
  readonly onConnect?: ((connection: Connection) => void) | undefined
  /** This page has mended a connection. */
  readonly onReconnect?: ((connection: Connection) => void) | undefined
  /** This page has disconnected it, or the server says that it was disconnected elsewhere. */
  readonly onDisconnect?: ((connection: Connection) => void) | undefined
  /** The server says that a connection needs its user to connect again, and said before that it does not. */
  readonly onNeedsReauth?: ((connection: Connection) => void) | undefined
}

/**
 * Does something when a connection is made, mended, lost or ended while the page is open. What the page finds when it opens is no
 * reason, nor is a connection that another tab has made.
 *
 * @example
 * useConnectionEffect({ onConnect: ({ provider }) => toast(`${provider} is connected`) })
 */
export function useConnectionEffect(effects: ConnectionEffects, { query }: { readonly query?: Omit<ConnectionsQuery, 'select'> } = {}): void {
  const { client } = useAuthpipe()
  const { data } = useConnections({ revoked: true }, { query: query ?? {} })
  const latest = useRef(effects)
  const known = useRef(new Map<string, ConnectionStatus>())
  useEffect(() => {
    latest.current = effects
  })

  useEffect(
    () =>
      onConnectionsChanged(client, ({ connection, reconnected, ended }) => {
        if (!connection) return
        known.current.set(connection.id, ended ? 'revoked' : connection.status)
        const { onConnect, onReconnect, onDisconnect } = latest.current
        const tell = ended ? onDisconnect : reconnected ? onReconnect : onConnect
        tell?.(connection)
      }),
    [client],
  )
  useEffect(() => {
    for (const connection of data ?? []) {
      const { id, status } = connection
      const before = known.current.get(id)
      known.current.set(id, status)
      if (before === undefined || before === status) continue
      if (status === 'needs_reauth') latest.current.onNeedsReauth?.(connection)
      if (status === 'revoked') latest.current.onDisconnect?.(connection)
    }
  }, [data])
}
