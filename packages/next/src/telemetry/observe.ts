// What is only counted when somebody looks.
import type { Attributes, Meter, Observable, ObservableCallback } from '@opentelemetry/api'
import { ownWayOut } from '../health/breaker.ts'
import { metricAttributes } from './attributes.ts'
import type { Observed } from './observed.ts'

/** Makes the instruments that ask. @returns ends it */
export function observe(meter: Meter, { countLookups, countDue, readBreakers }: Observed): () => void {
  const ends: (() => void)[] = []
  const on = <A extends Attributes>(instrument: Observable<A>, callback: ObservableCallback<A>): void => {
    instrument.addCallback(callback)
    ends.push(() => instrument.removeCallback(callback))
  }
  const lookups = meter.createObservableCounter('authpipe.credential.cache.lookups', { unit: '{lookup}', description: 'Plain questions for credentials, by whether memory had the answer.' })
  on(lookups, (result) => {
    const { hits, misses } = countLookups()
    result.observe(hits, metricAttributes({ cache: 'hit' }))
    result.observe(misses, metricAttributes({ cache: 'miss' }))
  })
  const due = meter.createObservableGauge('authpipe.maintenance.due', { unit: '{item}', description: 'What is due and waits, in the whole database; counted up to 10 000 of each kind.' })
  on(due, async (result) => {
    const counts = await countDue().catch(() => undefined)
    if (!counts) return
    for (const work of ['connections', 'deliveries', 'revocations', 'webhooks'] as const) result.observe(counts[work], metricAttributes({ work }))
  })
  const breakers = meter.createObservableGauge('authpipe.breaker.open', { unit: '1', description: 'Whether a provider is taken for down; "*" is our own way out.' })
  on(breakers, async (result) => {
    for (const [provider, isOpen] of (await readBreakers().catch(() => undefined)) ?? []) {
      result.observe(isOpen ? 1 : 0, metricAttributes({ provider: provider === ownWayOut ? '*' : provider }))
    }
  })
  return () => {
    for (const end of ends) end()
  }
}
