import { AsyncLocalStorage } from "node:async_hooks";
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import type { AttemptEvent, RequestEvent, RequestInfo } from "../../src/types/events.ts";
import { rejectionOf } from "../support/rejection.ts";
import { converseCommand, EU_SONNET, GLOBAL_SONNET, HELLO, SONNET } from "../support/requests.ts";
import { openWire, type Wire } from "../support/wire.ts";

const question = (): ConverseStreamCommand => new ConverseStreamCommand({ modelId: SONNET, messages: HELLO });

function watch({ client }: Wire): { requests: RequestEvent[]; attempts: AttemptEvent[]; order: string[] } {
  const seen = { requests: [] as RequestEvent[], attempts: [] as AttemptEvent[], order: [] as string[] };
  client.routing.on("request", (event) => {
    seen.requests.push(event);
    seen.order.push(`request ${event.outcome}`);
  });
  client.routing.on("attempt", (event) => {
    seen.attempts.push(event);
    seen.order.push(`attempt ${event.number} ${event.cause} ${event.outcome}`);
  });
  return seen;
}

describe("the event of a request", () => {
  it("comes once, after its attempts and before the answer, and holds what all its events hold", async () => {
    await using wire = await openWire();
    const seen = watch(wire);
    const infos: RequestInfo[] = [];
    wire.client.routing.on("failover", ({ request }) => infos.push(request));
    wire.simulator.enqueue({ kind: "throttle" });
    await wire.client.send(converseCommand());
    expect(seen.order).toEqual(["attempt 1 first throttled", "attempt 2 failover succeeded", "request succeeded"]);
    const [request] = seen.requests;
    expect(request).toMatchObject({
      request: { operation: "Converse", workload: "default", streaming: false },
      attempts: 2,
      route: { modelId: GLOBAL_SONNET },
      usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
      cost: { answer: { known: true } },
    });
    expect(request?.request.defaultRoute?.modelId).toBe(EU_SONNET);
    expect(new Set([...infos, ...seen.attempts.map((event) => event.request)])).toEqual(new Set([request?.request]));
    expect(seen.attempts[1]?.cost).toEqual(request?.cost?.answer);
    expect(seen.attempts[0]).not.toHaveProperty("cost");
  });

  it("counts its time from the start of the request, with the attempts that failed", async () => {
    await using wire = await openWire();
    const seen = watch(wire);
    wire.simulator.enqueue({ kind: "throttle" });
    await wire.client.send(converseCommand());
    const [first, second] = seen.attempts;
    const [request] = seen.requests;
    expect(request?.ttfbMs).toBeGreaterThanOrEqual((first?.totalMs ?? 0) + (second?.ttfbMs ?? 0));
    expect(request?.totalMs).toBeGreaterThanOrEqual(request?.ttfbMs ?? Number.POSITIVE_INFINITY);
  });

  it("waits for the reader of a stream", async () => {
    await using wire = await openWire();
    const seen = watch(wire);
    const output = await wire.client.send(question());
    expect(seen.requests).toEqual([]);
    for await (const _event of output.stream ?? []);
    expect(seen.requests).toMatchObject([{ outcome: "succeeded", request: { operation: "ConverseStream" } }]);
  });

  it("tells of a stream that was given up, and of one that broke", async () => {
    await using wire = await openWire();
    const seen = watch(wire);
    for await (const event of (await wire.client.send(question())).stream ?? []) if (event.contentBlockDelta) break;
    wire.simulator.enqueue({
      ...{ kind: "mid-stream-exception", exception: "serviceUnavailableException", afterContentEvents: 2 },
    });
    const { stream } = await wire.client.send(question());
    await rejectionOf(
      (async () => {
        for await (const _event of stream ?? []);
      })(),
    );
    expect(seen.requests).toMatchObject([
      { outcome: "cancelled", family: "abandoned", route: { modelId: EU_SONNET } },
      { outcome: "unavailable", errorName: "ServiceUnavailableException", route: { modelId: EU_SONNET } },
    ]);
  });

  it("tells why nothing answered, by names alone", async () => {
    await using wire = await openWire();
    const seen = watch(wire);
    wire.simulator.enqueue({ kind: "error", name: "ValidationException", status: 400, message: "secret is too long" });
    await rejectionOf(wire.client.send(converseCommand()));
    await rejectionOf(wire.client.send(converseCommand(), { abortSignal: AbortSignal.abort() }));
    await rejectionOf(wire.client.send(converseCommand(), { routing: { residency: "il" } }));
    expect(seen.requests).toMatchObject([
      { outcome: "rejected", attempts: 1, errorName: "ValidationException" },
      { outcome: "cancelled", attempts: 0, family: "cancelled" },
      { outcome: "no-route", attempts: 0, errorName: "NoRouteError" },
    ]);
    expect(seen.requests.every((event) => event.route === undefined && event.cost === undefined)).toBe(true);
    expect(JSON.stringify(seen)).not.toContain("secret");
  });
});

describe("a tracer", () => {
  it("runs around each request and each attempt, in the asynchronous context of the caller", async () => {
    await using wire = await openWire();
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    wire.client.middlewareStack.add(
      (next) => (args) => {
        seen.push(context.getStore());
        return next(args);
      },
      { step: "build" },
    );
    const remove = wire.client.routing.trace({
      request: ({ plan }, send) => context.run(`${context.getStore()} > ${plan.model}`, send),
      attempt: ({ number, route }, send) => context.run(`${context.getStore()} > ${number} ${route.geography}`, send),
    });
    wire.simulator.enqueue({ kind: "throttle" });
    await context.run("caller", () => wire.client.send(converseCommand()));
    expect(seen).toEqual([`caller > ${SONNET} > 1 eu`, `caller > ${SONNET} > 2 global`]);
    remove();
    seen.length = 0;
    await wire.client.send(converseCommand());
    expect(seen).toEqual([undefined]);
  });
});
