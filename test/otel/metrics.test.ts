import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { type DataPoint, DataPointType, type Histogram } from "@opentelemetry/sdk-metrics";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { describe, expect, it } from "vitest";
import { instrumentRouting } from "../../src/otel/index.ts";
import * as names from "../../src/otel/names.ts";
import { RoutingEmitter } from "../../src/router/routing-emitter.ts";
import type { Route } from "../../src/types/route.ts";
import { rejectionOf } from "../support/rejection.ts";
import { converseCommand, EU_SONNET, HELLO, SONNET } from "../support/requests.ts";
import { planOf, requestInfo, routeOf } from "../support/routes.ts";
import { openWire, untilWaiting, type Wire } from "../support/wire.ts";
import { RecordedMetrics } from "./recorded.ts";

const EU = {
  "gen_ai.request.model": SONNET,
  "bedrock_route.source_region": "eu-central-1",
  "bedrock_route.kind": "geographic",
  "bedrock_route.geography": "eu",
};
const GLOBAL = { ...EU, "bedrock_route.kind": "global", "bedrock_route.geography": "global" };
const CHAT = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "aws.bedrock" };

const question = (): ConverseStreamCommand => new ConverseStreamCommand({ modelId: SONNET, messages: HELLO });

async function stream({ client }: Wire): Promise<void> {
  for await (const _event of (await client.send(question())).stream ?? []);
}

function instrument(wire: Wire, metrics: RecordedMetrics, options = {}): () => void {
  return instrumentRouting(wire.client, { meter: metrics.provider.getMeter("test"), tracer: false, ...options });
}

describe("metrics of generative AI", () => {
  it("have the names of the semantic conventions", () => {
    const known = new Set<unknown>(Object.values(conventions));
    const ours = [...Object.values(names.GEN_AI), names.ERROR_TYPE, names.CLOUD_REGION, names.PROVIDER];
    expect(ours.filter((name) => !known.has(name))).toEqual([]);
  });

  it("have the units and the boundaries of the semantic conventions", async () => {
    await using wire = await openWire();
    await using metrics = new RecordedMetrics();
    instrument(wire, metrics);
    await stream(wire);
    const durations = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    const seen = [...(await metrics.collect()).values()].filter(({ dataPointType }) => {
      return dataPointType === DataPointType.HISTOGRAM;
    });
    const described = seen.map(({ descriptor: { name, unit }, dataPoints }) => {
      return [name, unit, (dataPoints[0] as DataPoint<Histogram>).value.buckets.boundaries];
    });
    expect(described).toEqual([
      ["gen_ai.client.operation.duration", "s", durations],
      ["gen_ai.client.operation.time_to_first_chunk", "s", durations],
      [
        ...["gen_ai.server.time_to_first_token", "s"],
        [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
      ],
      [...["gen_ai.client.token.usage", "{token}"], Array.from({ length: 14 }, (_, power) => 4 ** power)],
    ]);
  });

  it("time a request with everything in it, and an attempt by itself", async () => {
    await using wire = await openWire();
    await using metrics = new RecordedMetrics();
    instrument(wire, metrics);
    wire.client.middlewareStack.add(
      (next) => async (args) => {
        await wire.clock.advance(100);
        return next(args);
      },
      { step: "build" },
    );
    wire.simulator.enqueue({ kind: "throttle" });
    await stream(wire);
    const served = { ...CHAT, ...GLOBAL };
    expect(await metrics.pointsOf("gen_ai.client.operation.duration")).toEqual([
      { attributes: served, value: 1, sum: 0.2 },
    ]);
    expect(await metrics.pointsOf("gen_ai.client.operation.time_to_first_chunk")).toEqual([
      { attributes: served, value: 1, sum: 0.2 },
    ]);
    expect(await metrics.pointsOf("gen_ai.server.time_to_first_token")).toEqual([
      { attributes: served, value: 1, sum: 0.1 },
    ]);
  });

  it("know no first chunk of a unary call, and the tokens of both", async () => {
    await using wire = await openWire();
    await using metrics = new RecordedMetrics();
    instrument(wire, metrics);
    const { usage } = await wire.client.send(converseCommand());
    expect(await metrics.pointsOf("gen_ai.client.operation.time_to_first_chunk")).toEqual([]);
    expect(await metrics.pointsOf("gen_ai.server.time_to_first_token")).toEqual([]);
    expect(await metrics.pointsOf("gen_ai.client.token.usage")).toEqual([
      { attributes: { ...CHAT, ...EU, "gen_ai.token.type": "input" }, value: 1, sum: usage?.inputTokens },
      { attributes: { ...CHAT, ...EU, "gen_ai.token.type": "output" }, value: 1, sum: usage?.outputTokens },
    ]);
  });

  it.each([
    ["amazon.titan-embed-text-v2:0", "embeddings"],
    ["cohere.rerank-v3-5:0", "rerank"],
    ["amazon.titan-image-generator-v2:0", "generate_content"],
    ["amazon.nova-2-lite-v1:0", "chat"],
  ])("call the operation of %s %s", async (modelId, operation) => {
    await using wire = await openWire();
    await using metrics = new RecordedMetrics();
    instrument(wire, metrics);
    await wire.client.send(converseCommand(modelId)).catch(() => {});
    const [point] = await metrics.pointsOf("gen_ai.client.operation.duration");
    expect(point?.attributes).toMatchObject({ "gen_ai.operation.name": operation, "gen_ai.request.model": modelId });
  });

  it("name the error of a request that failed, and nothing of what it says", async () => {
    await using wire = await openWire();
    await using metrics = new RecordedMetrics();
    instrument(wire, metrics);
    wire.simulator.enqueue({ kind: "error", name: "ValidationException", status: 400, message: "secret is too long" });
    await rejectionOf(wire.client.send(converseCommand()));
    await rejectionOf(wire.client.send(converseCommand(), { routing: { residency: "il" } }));
    const failed = { ...CHAT, "gen_ai.request.model": SONNET };
    expect(await metrics.pointsOf("gen_ai.client.operation.duration")).toEqual([
      { attributes: { ...failed, "error.type": "ValidationException" }, value: 1, sum: 0 },
      { attributes: { ...failed, "error.type": "NoRouteError" }, value: 1, sum: 0 },
    ]);
    expect(JSON.stringify([...(await metrics.collect())])).not.toContain("secret");
  });
});

describe("metrics of routing", () => {
  it("count requests, attempts, failovers and cooldowns by route and family", async () => {
    await using wire = await openWire();
    await using metrics = new RecordedMetrics();
    instrument(wire, metrics);
    await wire.client.send(converseCommand());
    wire.simulator.enqueue({ kind: "throttle", limit: "tokens" });
    await wire.client.send(converseCommand());
    const family = { "bedrock_route.family": "tokens-per-minute" };
    const succeeded = { "bedrock_route.outcome": "succeeded" };
    const throttled = { "bedrock_route.outcome": "throttled", ...family };
    expect(await metrics.pointsOf("bedrock_route.requests")).toEqual([
      { attributes: { ...EU, ...succeeded, "bedrock_route.default": true }, value: 1 },
      { attributes: { ...GLOBAL, ...succeeded, "bedrock_route.default": false }, value: 1 },
    ]);
    expect(await metrics.pointsOf("bedrock_route.attempts")).toEqual([
      { attributes: { ...EU, ...succeeded, "bedrock_route.cause": "first" }, value: 1 },
      { attributes: { ...EU, ...throttled, "bedrock_route.cause": "first" }, value: 1 },
      { attributes: { ...GLOBAL, ...succeeded, "bedrock_route.cause": "failover" }, value: 1 },
    ]);
    expect(await metrics.pointsOf("bedrock_route.failovers")).toEqual([
      { attributes: { ...EU, ...throttled }, value: 1 },
    ]);
    expect(await metrics.pointsOf("bedrock_route.cooldowns")).toEqual([
      { attributes: { ...EU, ...family, "bedrock_route.scope": "route" }, value: 1 },
    ]);
    expect(await metrics.pointsOf("bedrock_route.cooldown.active")).toEqual([
      {
        attributes: { ...family, "bedrock_route.scope": "route", "bedrock_route.source_region": "eu-central-1" },
        value: 1,
      },
    ]);
    await wire.clock.advance(60_000);
    expect(await metrics.pointsOf("bedrock_route.cooldown.active")).toMatchObject([{ value: 0 }]);
  });

  it("tell a backup that won, and what is left of the budgets", async () => {
    await using wire = await openWire();
    await using metrics = new RecordedMetrics();
    instrument(wire, metrics);
    wire.simulator.rule({ match: { modelId: EU_SONNET }, fault: { kind: "stall" } });
    const pending = stream(wire);
    let backups = 0;
    wire.client.routing.on("backup", () => {
      backups += 1;
    });
    await untilWaiting(wire.clock);
    while (backups === 0) await wire.clock.advance(500);
    await pending;
    expect(await metrics.pointsOf("bedrock_route.backups")).toEqual([
      { attributes: { ...GLOBAL, "bedrock_route.cause": "backup", "bedrock_route.won": true }, value: 1 },
    ]);
    expect(await metrics.pointsOf("bedrock_route.budget.remaining")).toEqual(
      // A client starts with two of its ten backups, and each request earns a twentieth.
      (
        [
          ["retry", 1],
          ["backup", 0.205],
          ["hedge", 1],
        ] as const
      ).map(([budget, value]) => ({ attributes: { "bedrock_route.budget": budget }, value: expect.closeTo(value) })),
    );
  });

  it("sum up what is known of the cost, and count what is not", async () => {
    await using wire = await openWire();
    await using metrics = new RecordedMetrics();
    instrument(wire, metrics);
    let usd = 0;
    wire.client.routing.on("request", ({ cost }) => {
      if (cost?.answer.known) usd += cost.answer.usd;
    });
    await wire.client.send(converseCommand());
    await wire.client.send(converseCommand());
    const [point] = await metrics.pointsOf("bedrock_route.cost");
    expect(point?.attributes).toEqual({ ...EU, "bedrock_route.cost.type": "answer" });
    expect(point?.value).toBeCloseTo(usd, 12);
    expect(usd).toBeGreaterThan(0);
    for await (const _event of (await wire.client.send(question())).stream ?? []) break;
    expect(await metrics.pointsOf("bedrock_route.cost.unknown")).toEqual([
      { attributes: { ...EU, "bedrock_route.cost.reason": "no-usage" }, value: 1 },
    ]);
  });

  it("add up over the clients of a process, until a client is no longer instrumented", async () => {
    await using one = await openWire();
    await using other = await openWire();
    await using metrics = new RecordedMetrics();
    const end = instrument(one, metrics);
    instrument(other, metrics);
    await one.client.send(converseCommand());
    await other.client.send(converseCommand());
    expect((await metrics.pointsOf("bedrock_route.requests")).map(({ value }) => value)).toEqual([2]);
    end();
    end();
    await one.client.send(converseCommand());
    await other.client.send(converseCommand());
    expect((await metrics.pointsOf("bedrock_route.requests")).map(({ value }) => value)).toEqual([3]);
  });

  it.each([
    [true, 101],
    [false, 1],
  ])(
    "stay few with 10,000 tenants who choose workloads, models, profiles and errors (workloads: %s)",
    async (workload, workloads) => {
      await using metrics = new RecordedMetrics();
      const emitter = new RoutingEmitter();
      const routing = {
        on: emitter.on.bind(emitter),
        off: emitter.off.bind(emitter),
        trace: () => () => {},
        state: () => ({ cooldowns: [], budgets: { retry: 1, backup: 1, hedge: 1 } }),
      };
      instrumentRouting({ routing }, { meter: metrics.provider.getMeter("test"), tracer: false, workload });
      for (let tenant = 0; tenant < 10_000; tenant += 1) playRequest(emitter, tenant);
      const all = [...(await metrics.collect())];
      const values = new Map<string, Set<unknown>>();
      for (const { attributes } of all.flatMap(([, { dataPoints }]) => dataPoints as { attributes: object }[])) {
        for (const [name, value] of Object.entries(attributes))
          values.set(name, (values.get(name) ?? new Set()).add(value));
      }
      expect(Math.max(...[...values.values()].map(({ size }) => size))).toBeLessThanOrEqual(101);
      expect(values.get("bedrock_route.workload")?.size ?? 1).toBe(workloads);
      expect(values.get("gen_ai.request.model")).toContain("application-inference-profile");
      expect(JSON.stringify(all)).not.toMatch(/123456789012|profile-of-/);
    },
  );
});

/** A request of a tenant who makes up everything that a caller can, and what it causes. */
function playRequest(emitter: RoutingEmitter, tenant: number): void {
  const arn = `arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/profile-of-${tenant}`;
  const model = tenant % 2 === 0 ? arn : `acme.model-${tenant}`;
  const route: Route = {
    ...routeOf("us"),
    ...{ key: `us-east-1|${arn}`, modelId: arn, model, kind: "application", geography: `g${tenant}` },
  };
  const request = requestInfo({ ...planOf("us"), model }, { workload: `tenant-${tenant}`, defaultRoute: route });
  const family = `family-${tenant}`;
  const usage = { inputTokens: tenant, outputTokens: tenant };
  const end = { request, route, workload: request.workload, streaming: true, startedAt: 0, totalMs: tenant };
  emitter.emit("attempt", () => ({ ...end, number: 1, cause: "first", outcome: "throttled", family }));
  emitter.emit("cooldown", () => ({ route, scope: "route", family, forMs: 1, until: 1 }));
  emitter.emit("failover", () => ({ request, from: route, to: route, kind: "throttled", family }));
  emitter.emit("attempt", () => ({ ...end, number: 2, cause: "hedge", outcome: "succeeded", ttfbMs: tenant, usage }));
  const errorName = `Error${tenant}`;
  emitter.emit("request", () => ({
    ...end,
    outcome: "rejected",
    attempts: 2,
    family,
    errorName,
    ttfbMs: tenant,
    usage,
  }));
}
