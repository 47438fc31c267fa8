import type { AuthpipeEvent } from './AuthpipeEvent.ts'
import type { ConnectionChange } from './connectionChanges.ts'
import type { ClientCore } from './createClientCore.ts'
import { createSignal, type Signal } from './createSignal.ts'

/** What is told on a page: what became of a connection, or what happened. */
export type ClientNews = { readonly change: ConnectionChange } | { readonly event: AuthpipeEvent }

const signals = new WeakMap<ClientCore['attempts'], Signal<ClientNews>>()

/** What a client tells. Apart from it, since nothing is told before anybody has clicked. */
export function newsOf({ attempts }: ClientCore): Signal<ClientNews> {
  const news = signals.get(attempts) ?? createSignal<ClientNews>()
  signals.set(attempts, news)
  return news
}
