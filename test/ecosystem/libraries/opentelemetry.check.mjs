/** `@opentelemetry/instrumentation-aws-sdk`, which wraps `send` of the class beneath every SDK client. */
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { AwsInstrumentation } from "@opentelemetry/instrumentation-aws-sdk";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const exporter = new InMemorySpanExporter();
const started = [];
const counting = {
  onStart: (span) => started.push(span),
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
};
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter), counting] });
provider.register();
const instrumentation = new AwsInstrumentation();
instrumentation.setTracerProvider(provider);

// It sees what is loaded after it.
const { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, InvokeModelCommand } = await import(
  "@aws-sdk/client-bedrock-runtime"
);
const { createRoutedFetch } = await import("bedrock-routed-client/fetch");
const { instrumentRouting } = await import("bedrock-routed-client/otel");
const { HELLO, MODEL, ROUTES, simulatedBedrock, textOf } = await import("../simulated-bedrock.mjs");

const bedrock = await simulatedBedrock();
const { simulator } = bedrock;
const plain = new BedrockRuntimeClient({ ...bedrock.config(), maxAttempts: 1 });
after(async () => {
  plain.destroy();
  await bedrock.close();
});
beforeEach(() => {
  simulator.clearScript();
  exporter.reset();
  started.length = 0;
});

const question = (modelId = MODEL) => new ConverseCommand({ modelId, messages: HELLO });
const streamed = (modelId = MODEL) => new ConverseStreamCommand({ modelId, messages: HELLO });

/** What the spans say that have ended, in the order in which they began. */
function spans() {
  return exporter
    .getFinishedSpans()
    .toSorted((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
    .map(({ attributes, status }) => ({
      sourceRegion: attributes["cloud.region"],
      modelId: attributes["gen_ai.request.model"],
      failed: status.code === SpanStatusCode.ERROR,
    }));
}

/** How many spans have begun and not ended. */
const open = () => started.length - exporter.getFinishedSpans().length;

function spanOf({ sourceRegion, modelId }, failed = false) {
  return { sourceRegion, modelId, failed };
}

describe("the spans of a routed client", () => {
  test("are one for each attempt, with its source Region and its modelId", async () => {
    const client = bedrock.client({ routing: { sourceRegions: ["us-west-2"] } });
    simulator.enqueue({ kind: "throttle" }, { kind: "throttle" });
    await client.send(question());
    const calls = bedrock.calls();
    assert.equal(calls.length, 3);
    assert.equal(new Set(calls.map(({ sourceRegion }) => sourceRegion)).size, 2);
    assert.deepEqual(
      spans(),
      calls.map((call, index) => spanOf(call, index < 2)),
    );
    assert.equal(open(), 0);
  });

  test("are children of the caller's span", async () => {
    const parent = provider.getTracer("application").startSpan("request");
    await context.with(trace.setSpan(context.active(), parent), () => bedrock.client().send(question()));
    const [span] = exporter.getFinishedSpans();
    assert.equal(span.parentSpanContext?.spanId, parent.spanContext().spanId);
    parent.end();
  });

  test("are not doubled when the middleware of the routed client changes, or when it sends often", async () => {
    const client = bedrock.client();
    for (let round = 0; round < 3; round += 1) {
      client.middlewareStack.add((next) => (args) => next(args), { step: "build" });
      await client.send(question());
    }
    assert.deepEqual(spans(), Array(3).fill(spanOf(ROUTES[0])));
  });

  test("end with the stream that was read", async () => {
    const output = await bedrock.client().send(streamed());
    assert.equal(open(), 1);
    assert.notEqual(await textOf(output.stream), "");
    assert.deepEqual(spans(), [spanOf(ROUTES[0])]);
    assert.deepEqual(exporter.getFinishedSpans()[0].attributes["gen_ai.response.finish_reasons"], ["end_turn"]);
  });

  test("end with the stream that the reader gave up", async () => {
    const output = await bedrock.client().send(streamed());
    for await (const event of output.stream) if (event.contentBlockDelta !== undefined) break;
    while (open() > 0) await setImmediate();
    assert.deepEqual(spans(), [spanOf(ROUTES[0])]);
  });

  test("end with the stream that breaks, before its content and after it", async () => {
    const exception = "serviceUnavailableException";
    simulator.enqueue(
      { kind: "mid-stream-exception", exception },
      { kind: "mid-stream-exception", exception, afterContentEvents: 2 },
    );
    const output = await bedrock.client().send(streamed());
    await assert.rejects(textOf(output.stream), { name: "ServiceUnavailableException" });
    while (open() > 0) await setImmediate();
    // That they failed is not in them: the instrumentation ends the span of a stream in one way only.
    assert.deepEqual(
      spans(),
      ROUTES.map((route) => spanOf(route)),
    );
  });

  test("end for a stream that lost against its backup", async () => {
    simulator.enqueue({ kind: "stall" });
    const output = await bedrock.client({ routing: { backupAfterMs: 50 } }).send(streamed());
    await textOf(output.stream);
    while (open() > 0) await setImmediate();
    assert.deepEqual(
      spans(),
      ROUTES.map((route) => spanOf(route)),
    );
  });

  test("cover operations that are passed through, and the body of InvokeModel", async () => {
    const body = JSON.stringify({
      ...{ anthropic_version: "bedrock-2023-05-31", max_tokens: 9 },
      messages: [{ role: "user", content: "Hi" }],
    });
    await bedrock.client().send(new InvokeModelCommand({ modelId: MODEL, body }));
    assert.deepEqual(spans(), [spanOf(ROUTES[0])]);
  });
});

describe("bedrock-routed-client/otel beside it", () => {
  const instrumented = (options) => {
    const client = bedrock.client();
    instrumentRouting(client, { meter: false, ...options });
    return client;
  };
  const within = async (work) => {
    const span = provider.getTracer("application").startSpan("handler");
    await context.with(trace.setSpan(context.active(), span), work);
    span.end();
  };
  const finished = () => exporter.getFinishedSpans();
  const handler = () => finished().find(({ name }) => name === "handler");

  test("doubles no span, and tells of each attempt on the caller's", async () => {
    simulator.enqueue({ kind: "throttle" });
    await within(() => instrumented().send(question()));
    assert.deepEqual(
      finished().map(({ name }) => name),
      [...ROUTES.map(({ modelId }) => `chat ${modelId}`), "handler"],
    );
    assert.deepEqual(
      handler().events.map(({ name, attributes }) => [
        ...[name, attributes["bedrock_route.geography"], attributes["bedrock_route.outcome"]],
        attributes["bedrock_route.family"],
      ]),
      [
        ["bedrock_route.attempt", "global", "throttled", "requests-per-minute"],
        ["bedrock_route.attempt", "us", "succeeded", undefined],
      ],
    );
  });

  test("doubles none of a routed fetch, which sends by the client too", async () => {
    const client = bedrock.client();
    const fetch = createRoutedFetch(client);
    instrumentRouting(fetch, { meter: false });
    simulator.enqueue({ kind: "throttle" });
    const { protocol, hostname, port } = await client.config.endpoint();
    const url = `${protocol}//${hostname}:${port}/model/${encodeURIComponent(MODEL)}/converse`;
    await within(async () => {
      const response = await fetch(url, { method: "POST", body: JSON.stringify({ messages: HELLO }) });
      assert.equal(response.status, 200);
      await response.text();
    });
    assert.deepEqual(
      finished().map(({ name }) => name),
      [...ROUTES.map(({ modelId }) => `chat ${modelId}`), "handler"],
    );
    assert.equal(handler().events.length, 2);
  });

  test("is the parent of its spans when it is told to make spans all the same", async () => {
    await within(() => instrumented({ spans: true }).send(question()));
    const [command, attempt, request] = finished();
    assert.equal(command.parentSpanContext.spanId, attempt.spanContext().spanId);
    assert.equal(attempt.parentSpanContext.spanId, request.spanContext().spanId);
    assert.equal(request.parentSpanContext.spanId, handler().spanContext().spanId);
  });

  test("makes spans of its own as soon as the instrumentation is switched off", async () => {
    const client = instrumented();
    instrumentation.disable();
    try {
      await client.send(question());
    } finally {
      instrumentation.enable();
    }
    assert.deepEqual(
      finished().map(({ name }) => name),
      [`attempt global.${MODEL}`, `chat ${MODEL}`],
    );
  });
});

/** What the instrumentation loses with the plain client it loses with a routed one: these are its gaps, not promises. */
describe("known gaps of the instrumentation", () => {
  test("the span of a streaming call that fails never ends: with the plain client, and for a failed attempt", async () => {
    simulator.enqueue({ kind: "throttle" });
    await assert.rejects(plain.send(streamed(ROUTES[0].modelId)));
    assert.equal(open(), 1);

    simulator.enqueue({ kind: "throttle" });
    const output = await bedrock.client().send(streamed());
    await textOf(output.stream);
    assert.equal(open(), 2);
    assert.deepEqual(spans(), [spanOf(ROUTES[1])]);
  });

  test("the span of a stream that nobody reads never ends", async () => {
    await plain.send(streamed(ROUTES[0].modelId));
    await bedrock.client().send(streamed());
    assert.equal(open(), 2);
  });

  test("a body of bytes that is no Buffer makes send fail, and costs no failover", async () => {
    const body = new TextEncoder().encode(JSON.stringify({ prompt: "Hi" }));
    const send = (client, modelId) => client.send(new InvokeModelCommand({ modelId, body }));
    bedrock.calls();
    await assert.rejects(async () => send(plain, ROUTES[0].modelId), SyntaxError);
    await assert.rejects(send(bedrock.client(), MODEL), SyntaxError);
    assert.deepEqual(bedrock.calls(), []);
  });
});
