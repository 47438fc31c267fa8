import type { Connection } from '@authpipe/core'
import type { ClientCore } from './createClientCore.ts'
import { newsOf } from './newsOf.ts'
import { openChannel } from './openChannel.ts'

/** Something happened to the connections; `connection` is the one that this page made, mended or ended, where it is known. */
export interface ConnectionChange {
  readonly connection?: Connection
  /** Whether it was there before and works again. */
  readonly reconnected?: boolean
  /** Whether it was disconnected. */
  readonly ended?: boolean
}

interface Tabs {
  readonly channel: BroadcastChannel | undefined
  listeners: number
}

/** The way to the other tabs, for as long as somebody on this page listens. */
const openTabs = new WeakMap<ClientCore['attempts'], Tabs>()

/** Says what this page did to a connection, to all who listen on this page and in other tabs. Those hear only that something changed. */
export function announce(client: ClientCore, connection: Connection, change?: Omit<ConnectionChange, 'connection'>): void {
  newsOf(client).tell({ change: { connection, ...change } })
  openTabs.get(client.attempts)?.channel?.postMessage({ v: 1, type: 'authpipe:changed' })
}

/** Calls back when this page, or any tab, changed a connection. Returns a function that ends it. */
export function onConnectionsChanged(client: ClientCore, listener: (change: ConnectionChange) => void): () => void {
  const news = newsOf(client)
  const tabs = openTabs.get(client.attempts) ?? { channel: openChannel('authpipe:changed', () => news.tell({ change: {} })), listeners: 0 }
  openTabs.set(client.attempts, tabs)
  tabs.listeners++
  const end = news.add((it) => 'change' in it && listener(it.change))
  return () => {
    end()
    if (--tabs.listeners > 0) return
    tabs.channel?.close()
    openTabs.delete(client.attempts)
  }
}
