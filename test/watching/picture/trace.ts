import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { context, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { createRoutedClient } from "../../../src/index.ts";
import { instrumentRouting } from "../../../src/otel/index.ts";
import { createSimulator, type SimulatorOptions } from "../../../src/simulator/index.ts";
import { RecordedSpans } from "../../otel/recorded.ts";
import { HELLO, SONNET } from "../../support/requests.ts";

const ROW = 34;

/** The spans of one request: its first route is throttled, the second hangs, and a backup answers. */
export async function drawTrace(
  simulated: SimulatorOptions = {},
  backupAfterMs = 1_500,
): Promise<{ readonly html: string; readonly height: number }> {
  await using recorded = new RecordedSpans();
  const simulator = await createSimulator(simulated);
  const client = createRoutedClient({
    ...simulator.clientConfig({ region: "eu-central-1" }),
    routing: { policy: "latency", sourceRegions: ["eu-west-1"], backupAfterMs },
  });
  instrumentRouting(client, { meter: false });
  simulator.enqueue({ kind: "throttle", limit: "tokens" }, { kind: "stall" });
  const handler = trace.getTracer("application").startSpan("POST /chat");
  await context.with(trace.setSpan(context.active(), handler), async () => {
    const { stream } = await client.send(new ConverseStreamCommand({ modelId: SONNET, messages: HELLO }));
    for await (const _event of stream ?? []);
  });
  handler.end();
  client.destroy();
  await simulator.close();
  const spans = [...recorded.exporter.getFinishedSpans()].sort((a, b) => startOf(a) - startOf(b));
  return { html: waterfall(spans), height: spans.length * ROW + 70 };
}

function waterfall(spans: readonly ReadableSpan[]): string {
  const from = Math.min(...spans.map(startOf));
  const to = Math.max(...spans.map((span) => startOf(span) + millisecondsOf(span)));
  const at = (ms: number): string => `${(100 * ms) / (to - from)}%`;
  const rows = spans.map((span) => {
    const { name, attributes, status } = span;
    const depth = depthOf(span, spans);
    const shown = ["bedrock_route.cause", "bedrock_route.outcome", "bedrock_route.family"]
      .flatMap((attribute) => attributes[attribute] ?? [])
      .join(", ");
    const colour =
      status.code === 2 ? "#d64e4e" : attributes["bedrock_route.outcome"] === "cancelled" ? "#b0b7bf" : "#3d71d9";
    return `<div style="display:flex;height:${ROW}px;align-items:center">
      <div style="box-sizing:border-box;width:330px;padding-left:${depth * 18}px">${name}<br><small style="color:#6a737d">${shown || "&nbsp;"}</small></div>
      <div style="flex:1;position:relative;height:16px;background:#fff;border:1px solid #e4e6e9">
        <div style="position:absolute;left:${at(startOf(span) - from)};width:${at(millisecondsOf(span))};height:16px;background:${colour}"></div>
      </div>
      <div style="width:70px;text-align:right">${(millisecondsOf(span) / 1_000).toFixed(2)} s</div>
    </div>`;
  });
  return `<h1>One request as a trace</h1>${rows.join("")}`;
}

function depthOf(span: ReadableSpan, spans: readonly ReadableSpan[]): number {
  const parent = spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
  return parent === undefined ? 0 : 1 + depthOf(parent, spans);
}

function startOf({ startTime: [seconds, nanoseconds] }: ReadableSpan): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}

function millisecondsOf({ duration: [seconds, nanoseconds] }: ReadableSpan): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}
