/** `bedrock-routed-client/otel` with the SDK of OpenTelemetry, sent to a collector over OTLP. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, describe, test } from "node:test";
import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { metrics } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { instrumentRouting } from "bedrock-routed-client/otel";
import { HELLO, MODEL, simulatedBedrock, textOf } from "../simulated-bedrock.mjs";

/** What a collector has received: the bodies by path. */
const received = { "/v1/metrics": [], "/v1/traces": [] };
const collector = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    received[request.url].push(Buffer.concat(parts).toString());
    response.setHeader("content-type", "application/json").end("{}");
  });
}).listen(0, "127.0.0.1");
await once(collector, "listening");
const url = (path) => `http://127.0.0.1:${collector.address().port}${path}`;

const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: url("/v1/metrics") }) });
const meters = new MeterProvider({ readers: [reader] });
const spans = new SimpleSpanProcessor(new OTLPTraceExporter({ url: url("/v1/traces") }));
const tracers = new NodeTracerProvider({ spanProcessors: [spans] });

const bedrock = await simulatedBedrock();
const client = bedrock.client();
// Before the SDK is registered: a meter that was asked for now would never record anything.
instrumentRouting(client);
metrics.setGlobalMeterProvider(meters);
tracers.register();
after(async () => {
  await tracers.shutdown();
  await meters.shutdown();
  collector.close();
  await bedrock.close();
});

const secret = "Nobody may read this";
bedrock.simulator.enqueue({ kind: "throttle" });
await textOf(
  (await client.send(new ConverseStreamCommand({ modelId: MODEL, messages: [...HELLO, ...answered(secret)] }))).stream,
);
await client.send(new ConverseCommand({ modelId: MODEL, messages: HELLO }));
await meters.forceFlush();
await tracers.forceFlush();

function answered(text) {
  return [
    { role: "assistant", content: [{ text }] },
    { role: "user", content: [{ text }] },
  ];
}

describe("a collector of OTLP", () => {
  test("receives the metrics, by the names and units of the conventions", () => {
    const [{ scope, metrics: seen }] = received["/v1/metrics"].flatMap((body) => {
      return JSON.parse(body).resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics);
    });
    assert.equal(scope.name, "bedrock-routed-client");
    assert.deepEqual(Object.fromEntries(seen.map(({ name, unit }) => [name, unit])), {
      "gen_ai.client.operation.duration": "s",
      "gen_ai.client.operation.time_to_first_chunk": "s",
      "gen_ai.server.time_to_first_token": "s",
      "gen_ai.client.token.usage": "{token}",
      "bedrock_route.requests": "{request}",
      "bedrock_route.attempts": "{attempt}",
      "bedrock_route.failovers": "{failover}",
      "bedrock_route.cooldowns": "{cooldown}",
      "bedrock_route.cooldown.active": "{cooldown}",
      "bedrock_route.budget.remaining": "1",
      "bedrock_route.cost": "{USD}",
    });
    const duration = seen.find(({ name }) => name === "gen_ai.client.operation.duration").histogram;
    assert.deepEqual(
      duration.dataPoints.map(({ count }) => Number(count)),
      [2],
    );
  });

  test("receives one trace for each request, with its attempts", () => {
    const all = received["/v1/traces"].flatMap((body) =>
      JSON.parse(body).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
    const roots = all.filter(({ parentSpanId }) => parentSpanId === undefined);
    assert.deepEqual(
      roots.map(({ traceId }) => all.filter((span) => span.traceId === traceId).length),
      [3, 2],
    );
  });

  test("receives nothing of a prompt or an answer, and no credential", () => {
    const everything = Object.values(received).flat().join();
    assert.ok(everything.length > 1_000);
    for (const word of [secret, "Hello", bedrock.config().credentials.secretAccessKey]) {
      assert.ok(!everything.includes(word), word);
    }
  });
});
