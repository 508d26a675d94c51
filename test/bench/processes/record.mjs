import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

const BUILT = new URL("../../../dist/otel.js", import.meta.url).href;

/** Collects nothing by itself. */
class QuietReader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
}

/**
 * Records a client with the SDK of OpenTelemetry, as an application would; what is recorded goes nowhere.
 * @param {"metrics" | "spans"} recorded `spans`: and metrics
 */
export async function record(client, recorded) {
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new QuietReader()] }));
  if (recorded === "spans") {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const nowhere = { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {} };
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(nowhere)] }));
  }
  const { instrumentRouting } = await import(BUILT);
  instrumentRouting(client, recorded === "metrics" ? { tracer: false } : {});
}

/** What no instrumentation can go below: the three values that the conventions ask for, in histograms of the SDK. */
export function recordThree({ routing }) {
  const meter = new MeterProvider({ readers: [new QuietReader()] }).getMeter("three");
  const histograms = ["duration", "input", "output"].map((name) => meter.createHistogram(name));
  const attributes = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "aws.bedrock",
    "gen_ai.request.model": "anthropic.claude-sonnet-4-6",
  };
  routing.on("request", ({ totalMs }) => {
    for (const histogram of histograms) histogram.record(totalMs, attributes);
  });
}
