import { metrics } from '@opentelemetry/api'
import { AggregationTemporality, MeterProvider, MetricReader, type MetricData } from '@opentelemetry/sdk-metrics'
import { countConnections, type ConnectionCounts } from './countConnections.ts'

/** What happened since the sample before, and how things are at its end. A real app sends the same metrics to where it watches. */
export interface Sample {
  /** Epoch milliseconds. */
  readonly at: number
  readonly refreshes: { readonly succeeded: number; readonly failed: number }
  readonly checks: { readonly healthy: number; readonly otherwise: number }
  /** Connections, events, revocations and webhooks whose turn has come. */
  readonly due: number
  /** Ids of providers that are taken for down. */
  readonly down: readonly string[]
  readonly connections: ConnectionCounts
}

/** How long samples are kept. */
export const keptMs = 10 * 60_000
const everyMs = 5_000

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

interface Recorder {
  readonly reader: Reader
  samples: readonly Sample[]
}

// Pages and the instrumentation are bundled apart, so what they share lives beside both.
const place = Symbol.for('northwind.recorder')
const everywhere: typeof globalThis & { [place]?: Recorder } = globalThis

/** Registers a meter provider for the whole process, and takes samples of it. To be called before Authpipe starts. */
export function startRecorder(): void {
  if (everywhere[place]) return
  const reader = new Reader({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  everywhere[place] = { reader, samples: [] }
  setInterval(() => void takeSample().catch(() => undefined), everyMs).unref()
}

/** Takes a sample now. @returns it with those before it, oldest first */
export async function takeSample(): Promise<readonly Sample[]> {
  const recorder = everywhere[place]
  if (!recorder) return []
  const [{ resourceMetrics }, connections] = await Promise.all([recorder.reader.collect(), countConnections()])
  const sample = toSample(resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics), connections)
  recorder.samples = [...recorder.samples.filter(({ at }) => at > sample.at - keptMs), sample]
  return recorder.samples
}

function toSample(found: readonly MetricData[], connections: ConnectionCounts): Sample {
  const points = (name: string) =>
    found
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => ({ attributes, value: typeof value === 'number' ? value : 0 })))
  const split = (name: string, good: string): [number, number] => {
    let [isGood, isOther] = [0, 0]
    for (const { attributes, value } of points(name)) {
      if (attributes['authpipe.outcome'] === good) isGood += value
      else isOther += value
    }
    return [isGood, isOther]
  }
  const [succeeded, failed] = split('authpipe.token.refreshes', 'ok')
  const [healthy, otherwise] = split('authpipe.health.checks', 'healthy')
  return {
    at: Date.now(),
    refreshes: { succeeded, failed },
    checks: { healthy, otherwise },
    due: points('authpipe.maintenance.due').reduce((sum, { value }) => sum + value, 0),
    down: points('authpipe.breaker.open').flatMap(({ attributes, value }) => (value > 0 ? [String(attributes['authpipe.provider.id'])] : [])),
    connections,
  }
}
