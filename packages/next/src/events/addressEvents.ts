import type { Config } from '../config.ts'
import type { EventRecord, EventSink } from '../store/store.ts'

/** Says who is to be told of events: those who listen in this process. */
export function addressEvents({ onEvent, webhooks }: Config, events: readonly EventRecord[]): EventRecord[] {
  const sinks: EventSink[] = [...(onEvent ? ['app' as const] : []), ...(webhooks ? ['webhook' as const] : [])]
  return events.map((event) => ({ ...event, sinks }))
}
