import type { AuthpipeEvent } from './AuthpipeEvent.ts'
import type { ClientCore } from './createClientCore.ts'

/** Tells an event, with the time, to all who listen on this page. */
export function emit({ news }: ClientCore, { event, ...about }: Omit<AuthpipeEvent, 'at'>): void {
  const known = Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined))
  news.tell({ event: { event, ...known, at: new Date().toISOString() } })
}

/** Calls back with every event of this page. Returns a function that ends it. */
export const onEvent = ({ news }: ClientCore, listener: (event: AuthpipeEvent) => void): (() => void) => news.add((it) => 'event' in it && listener(it.event))
