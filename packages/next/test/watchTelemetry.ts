// What an app's OpenTelemetry SDK is told, kept in memory.
import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { MeterProvider, MetricReader, type MetricData } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace'

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

export interface WatchedTelemetry {
  spans(name?: string): readonly ReadableSpan[]
  metrics(): Promise<readonly MetricData[]>
  /** The values of a metric with what they are of, in an order. */
  points(name: string): Promise<readonly { readonly of: Readonly<Record<string, unknown>>; readonly value: unknown }[]>
  stop(): void
}

/** Registers an SDK for the whole process until it is stopped. */
export function watchTelemetry(): WatchedTelemetry {
  const exporter = new InMemorySpanExporter()
  const reader = new Reader()
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const collect = async (): Promise<readonly MetricData[]> => {
    const { resourceMetrics, errors } = await reader.collect()
    if (errors.length > 0) throw errors[0]
    return resourceMetrics.scopeMetrics.filter(({ scope }) => scope.name === '@authpipe/next').flatMap((scope) => scope.metrics)
  }
  return {
    spans: (name) => exporter.getFinishedSpans().filter((span) => name === undefined || span.name === name),
    metrics: collect,
    async points(name) {
      const points = (await collect()).find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
      return points.map(({ attributes, value }) => ({ of: attributes, value })).toSorted((one, other) => (JSON.stringify(one.of) < JSON.stringify(other.of) ? -1 : 1))
    },
    stop() {
      for (const api of [trace, metrics, context]) api.disable()
    },
  }
}
