import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

/** The SDK of OpenTelemetry for metrics, in memory. */
export class RecordedMetrics implements AsyncDisposable {
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly provider: MeterProvider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: this.#exporter, exportIntervalMillis: 2 ** 30 })],
  });

  /** Everything that has been recorded so far, by name. */
  async collect(): Promise<ReadonlyMap<string, MetricData>> {
    this.#exporter.reset();
    await this.provider.forceFlush();
    const all = this.#exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  }

  /** The points of one metric: attributes, and the value or the count and sum of a histogram. */
  async pointsOf(name: string): Promise<readonly { attributes: object; value: number; sum?: number | undefined }[]> {
    const points = (await this.collect()).get(name)?.dataPoints as DataPoint<number | Histogram>[] | undefined;
    return (points ?? []).map(({ attributes, value }) =>
      typeof value === "number" ? { attributes, value } : { attributes, value: value.count, sum: value.sum },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.provider.shutdown();
  }
}

/** The SDK of OpenTelemetry for traces, in memory, registered for the process as long as it is not disposed of. */
export class RecordedSpans implements AsyncDisposable {
  readonly exporter: InMemorySpanExporter = new InMemorySpanExporter();
  readonly provider: BasicTracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.exporter)],
  });

  constructor() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(this.provider);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    context.disable();
    trace.disable();
    await this.provider.shutdown();
  }
}
