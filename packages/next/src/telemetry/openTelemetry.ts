// Spans and metrics by the OpenTelemetry API, where the app has it. Without an SDK behind it the API does nothing.
import type { Counter, Histogram, Meter } from '@opentelemetry/api'
import { metricAttributes, spanAttributes } from './attributes.ts'
import { failureOf } from './failureOf.ts'
import { observe } from './observe.ts'
import { operations, type Operation, type OperationNames } from './operations.ts'
import { noTelemetry, type Outcome, type Telemetry } from './telemetry.ts'

type Api = typeof import('@opentelemetry/api')

/** Name of what measures, by which an app can filter. */
const scope = '@authpipe/next'
/** Seconds, as OpenTelemetry advises for requests. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const ok = (): Outcome => ({ outcome: 'ok' })

interface Instruments {
  readonly counter: Counter
  readonly duration: Histogram
}

/**
 * Tells what happens to the SDK that the app has registered by now.
 *
 * @param load - gives the API, or rejects where the app has none
 */
export async function openTelemetry(load: () => Promise<Api> = () => import('@opentelemetry/api')): Promise<Telemetry> {
  const api = await load().catch(() => undefined)
  // Versions before 1.3 know no metrics.
  if (typeof api?.metrics?.getMeter !== 'function') return noTelemetry
  const { ProxyTracerProvider, SpanKind, SpanStatusCode } = api
  const provider = api.trace.getTracerProvider()
  const tracer = provider.getTracer(scope)
  const meter = api.metrics.getMeter(scope)
  // Most apps have no SDK: then a cold read should not pay for what nobody gets. Spans wait for one that comes later.
  const isCounted = meter !== api.createNoopMeter()
  let isTraced = false
  const isWatched = (): boolean => {
    isTraced ||= !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(scope) !== undefined
    return isTraced || isCounted
  }
  const instruments = new Map<Operation, Instruments>()
  const instrumentsOf = (operation: Operation): Instruments => {
    let made = instruments.get(operation)
    if (!made) instruments.set(operation, (made = createInstruments(meter, operations[operation])))
    return made
  }
  const statusChanges = meter.createCounter('authpipe.connection.status_changes', {
    unit: '{change}',
    description: 'How often connections became something.',
  })

  return {
    measure(operation, facts, work, outcomeOf = ok) {
      if (!isWatched()) return work()
      const names: OperationNames = operations[operation]
      const { counter, duration } = instrumentsOf(operation)
      const startedAt = performance.now()
      const kind = names.isRequest ? SpanKind.CLIENT : SpanKind.INTERNAL
      return tracer.startActiveSpan(names.span, { kind, attributes: spanAttributes(facts) }, async (span) => {
        const end = ({ outcome, isFailure = false }: Outcome): void => {
          const result = { outcome, ...(isFailure ? { error: outcome } : {}) }
          if (isCounted) {
            const attributes = metricAttributes({ ...facts, ...result })
            counter.add(1, attributes)
            duration.record((performance.now() - startedAt) / 1_000, attributes)
          }
          if (span.isRecording()) span.setAttributes(spanAttributes(result))
          // No message: what went wrong is told by the code, and a text could hold anything.
          if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        }
        try {
          const result = await work()
          end(outcomeOf(result))
          return result
        } catch (error) {
          end(failureOf(error))
          throw error
        }
      })
    },
    noteStatus(provider, status) {
      statusChanges.add(1, metricAttributes({ provider, status }))
    },
    observe: (observed) => observe(meter, observed),
  }
}

function createInstruments(meter: Meter, { span, counter, one }: OperationNames): Instruments {
  return {
    counter: meter.createCounter(counter, { unit: `{${one}}`, description: `Each ${span}, by its outcome.` }),
    duration: meter.createHistogram(`${span}.duration`, { unit: 's', description: `How long each ${span} took.`, advice: { explicitBucketBoundaries: boundaries } }),
  }
}
