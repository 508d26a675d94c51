import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type InstrumentRoutingOptions, instrumentRouting } from "../../src/otel/index.ts";
import { rejectionOf } from "../support/rejection.ts";
import { converseCommand, HELLO, SONNET } from "../support/requests.ts";
import { openWire, type Wire, type WireOptions } from "../support/wire.ts";
import { RecordedSpans } from "./recorded.ts";

const question = (): ConverseStreamCommand => new ConverseStreamCommand({ modelId: SONNET, messages: HELLO });

interface Scene extends AsyncDisposable {
  readonly wire: Wire;
  readonly end: () => void;
  /** Those that have ended, oldest first. */
  spans(): readonly ReadableSpan[];
}

async function openScene(options: InstrumentRoutingOptions = {}, wireOptions: WireOptions = {}): Promise<Scene> {
  const recorded = new RecordedSpans();
  const wire = await openWire(wireOptions);
  const end = instrumentRouting(wire.client, { meter: false, ...options });
  return {
    ...{ wire, end },
    spans: () => recorded.exporter.getFinishedSpans(),
    async [Symbol.asyncDispose]() {
      await wire[Symbol.asyncDispose]();
      await recorded[Symbol.asyncDispose]();
    },
  };
}

/** Runs something inside a span of the application. */
async function within<Result>(work: () => Promise<Result>): Promise<Result> {
  const span = trace.getTracer("application").startSpan("handler");
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } finally {
    span.end();
  }
}

describe("the spans of a routed client without other instrumentation", () => {
  it("are one for the request and below it one for each attempt", async () => {
    await using scene = await openScene();
    scene.wire.simulator.enqueue({ kind: "throttle", limit: "tokens" });
    await within(() => scene.wire.client.send(converseCommand()));
    const [first, second, request, handler] = scene.spans();
    expect(scene.spans()).toHaveLength(4);
    expect(request).toMatchObject({
      name: `chat ${SONNET}`,
      kind: SpanKind.CLIENT,
      parentSpanContext: { spanId: handler?.spanContext().spanId },
      status: { code: SpanStatusCode.UNSET },
    });
    expect(request?.attributes).toEqual({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "aws.bedrock",
      "gen_ai.request.model": SONNET,
      "gen_ai.request.stream": false,
      "gen_ai.response.model": SONNET,
      "gen_ai.usage.input_tokens": expect.any(Number),
      "gen_ai.usage.output_tokens": expect.any(Number),
      "gen_ai.usage.cache_creation.input_tokens": 0,
      "gen_ai.usage.cache_read.input_tokens": 0,
      "cloud.region": "eu-central-1",
      "bedrock_route.workload": "default",
      "bedrock_route.attempts": 2,
      "bedrock_route.outcome": "succeeded",
      "bedrock_route.default": false,
      "bedrock_route.source_region": "eu-central-1",
      "bedrock_route.kind": "global",
      "bedrock_route.geography": "global",
      "bedrock_route.model_id": `global.${SONNET}`,
    });
    for (const attempt of [first, second]) {
      expect(attempt?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
      // Or whoever adds up tokens over spans would count them twice.
      expect(Object.keys(attempt?.attributes ?? {}).filter((name) => name.startsWith("gen_ai."))).toEqual([]);
    }
    expect(first).toMatchObject({
      name: `attempt eu.${SONNET}`,
      status: { code: SpanStatusCode.ERROR },
      attributes: {
        "bedrock_route.number": 1,
        "bedrock_route.cause": "first",
        "bedrock_route.geography": "eu",
        "bedrock_route.outcome": "throttled",
        "bedrock_route.family": "tokens-per-minute",
        "error.type": "ThrottlingException",
      },
    });
    expect(second).toMatchObject({
      name: `attempt global.${SONNET}`,
      status: { code: SpanStatusCode.UNSET },
      attributes: { "bedrock_route.number": 2, "bedrock_route.cause": "failover" },
    });
  });

  it("are active while a request and an attempt are sent", async () => {
    await using scene = await openScene();
    const active: unknown[] = [];
    scene.wire.client.middlewareStack.add(
      (next) => (args) => {
        active.push(trace.getActiveSpan()?.spanContext().spanId);
        return next(args);
      },
      { step: "build" },
    );
    await scene.wire.client.send(converseCommand());
    expect(active).toEqual([scene.spans()[0]?.spanContext().spanId]);
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it("end with the stream, with the time to its first chunk", async () => {
    await using scene = await openScene();
    const { stream } = await scene.wire.client.send(question());
    expect(scene.spans()).toEqual([]);
    for await (const _event of stream ?? []);
    const [attempt, request] = scene.spans();
    expect(request?.attributes).toMatchObject({
      "gen_ai.request.stream": true,
      "gen_ai.response.time_to_first_chunk": 0,
    });
    expect(attempt?.attributes).toMatchObject({ "bedrock_route.time_to_first_byte": 0 });
  });

  it("tell failures by name, and do not call it an error when the caller gave up", async () => {
    await using scene = await openScene();
    const { client, simulator } = scene.wire;
    simulator.enqueue({ kind: "error", name: "ValidationException", status: 400, message: "secret is too long" });
    await rejectionOf(client.send(converseCommand()));
    for await (const _event of (await client.send(question())).stream ?? []) break;
    await rejectionOf(client.send(converseCommand(), { routing: { residency: "il" } }));
    const shown = scene
      .spans()
      .map(({ name, status, attributes }) => [
        ...[name.split(" ")[0], status.code === SpanStatusCode.ERROR, status.message],
        ...[attributes["bedrock_route.outcome"], attributes["error.type"]],
      ]);
    expect(shown).toEqual([
      ["attempt", true, undefined, "rejected", "ValidationException"],
      ["chat", true, undefined, "rejected", "ValidationException"],
      ["attempt", false, undefined, "cancelled", undefined],
      ["chat", false, undefined, "cancelled", undefined],
      ["chat", true, undefined, "no-route", "NoRouteError"],
    ]);
    const everything = scene
      .spans()
      .map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));
    expect(JSON.stringify(everything)).not.toMatch(/secret|Hello/);
  });

  it("name an application profile without its account", async () => {
    const arn = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/team-a";
    await using scene = await openScene({}, { routing: { routes: { [SONNET]: [{ modelId: arn }] } } });
    await scene.wire.client.send(converseCommand(arn)).catch(() => {});
    expect(scene.spans()[0]).toMatchObject({
      name: "attempt application-inference-profile",
      attributes: { "bedrock_route.model_id": "application-inference-profile/team-a" },
    });
    const everything = scene.spans().map(({ name, attributes }) => ({ name, attributes }));
    expect(JSON.stringify(everything)).not.toContain("123456789012");
  });

  it("of requests under way still end when nothing new is to be recorded", async () => {
    await using scene = await openScene();
    const { stream } = await scene.wire.client.send(question());
    scene.end();
    await scene.wire.client.send(converseCommand());
    expect(scene.spans()).toEqual([]);
    for await (const _event of stream ?? []);
    expect(scene.spans()).toHaveLength(2);
  });
});

describe("the events on the caller's span", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("are one for each attempt, and no spans, on request", async () => {
    await using scene = await openScene({ spans: false });
    scene.wire.simulator.enqueue({ kind: "throttle" });
    await within(() => scene.wire.client.send(converseCommand()));
    await scene.wire.client.send(converseCommand());
    expect(scene.spans().map(({ name }) => name)).toEqual(["handler"]);
    expect(scene.spans()[0]?.events.map(({ name, attributes }) => [name, attributes])).toMatchObject([
      [
        "bedrock_route.attempt",
        {
          ...{ "bedrock_route.number": 1, "bedrock_route.cause": "first", "bedrock_route.geography": "eu" },
          "bedrock_route.outcome": "throttled",
          "bedrock_route.family": "requests-per-minute",
        },
      ],
      [
        "bedrock_route.attempt",
        { "bedrock_route.number": 2, "bedrock_route.cause": "failover", "bedrock_route.geography": "global" },
      ],
    ]);
  });

  it("come late when a stream outlives the span, and then are left out without a complaint", async () => {
    await using scene = await openScene({ spans: false });
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { stream } = await within(() => scene.wire.client.send(question()));
    for await (const _event of stream ?? []);
    expect(scene.spans()[0]?.events).toEqual([]);
    expect(warned).not.toHaveBeenCalled();
  });
});

describe("a client without the SDK of OpenTelemetry", () => {
  it("works as if it were not instrumented", async () => {
    await using wire = await openWire();
    instrumentRouting(wire.client);
    wire.simulator.enqueue({ kind: "throttle" });
    const output = await wire.client.send(converseCommand());
    expect(output.$metadata.attempts).toBe(2);
  });
});
