import type { AuthpipeEvent } from './AuthpipeEvent.ts'
import type { ClientCore } from './createClientCore.ts'
import { newsOf } from './newsOf.ts'

/** Tells an event, with the time, to all who listen on this page. */
export function emit(client: ClientCore, { event, ...about }: Omit<AuthpipeEvent, 'at'>): void {
  const known = Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined))
  newsOf(client).tell({ event: { event, ...known, at: new Date().toISOString() } })
}

/** Calls back with every event of this page. Returns a function that ends it. */
export const onEvent = (client: ClientCore, listener: (event: AuthpipeEvent) => void): (() => void) =>
  newsOf(client).add((it) => 'event' in it && listener(it.event))
