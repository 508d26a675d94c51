import { describe, expect, it } from "vitest";
import type { PriceLookup, RequestCost } from "../../src/types/cost.ts";
import { routeOf } from "../support/routes.ts";
import { chunk, converse, stepsOf } from "../support/scripted-stream.ts";
import { throttled } from "../support/service-errors.ts";
import {
  answers,
  converseStream,
  fails,
  hangs,
  type Script,
  Stage,
  type StagedRequest,
  streams,
} from "../support/stage.ts";

const USAGE = { inputTokens: 1_000, outputTokens: 200 };
/** 0.006 for the answer below on a global route, 0.0066 on any other. */
const priceOf: PriceLookup = ({ kind }) => {
  const factor = kind === "global" ? 1 : 1.1;
  return { usdPerMillionInputTokens: 3 * factor, usdPerMillionOutputTokens: 15 * factor, source: "test" };
};

describe("a unary answer", () => {
  it("counts its tokens, its rate and its cost for the route that served", async () => {
    const { stage, cost } = await run({ us: [answers(2_000, { usage: USAGE })] }, ["us", "global"]);
    expect(stage.statsOf("us")).toMatchObject({
      tokens: { answers: 1, input: 1_000, output: 200, cacheRead: 0, cacheWrite: 0 },
      outputTokensPerSecond: 100,
      cost: { usd: 0.0066, pricedAnswers: 1, alternative: { answers: 1, usd: 0.006, insteadOfUsd: 0.0066 } },
    });
    expect(stage.statsOf("us")).not.toHaveProperty("extra");
    expect(stage.attempts).toMatchObject([{ usage: USAGE }]);
    expect(cost).toMatchObject({ answer: { known: true, usd: 0.0066 }, alternative: { route: routeOf("global") } });
  });

  it("of unknown tokens is counted as one without a price", async () => {
    const { stage, cost } = await run({ us: [answers(10)] }, ["us"]);
    expect(stage.statsOf("us")?.cost).toEqual({ pricedAnswers: 0, unpricedAnswers: 1 });
    expect(cost?.answer).toEqual({ known: false, reason: "no-usage" });
    expect(stage.attempts[0]).not.toHaveProperty("usage");
  });

  it("counts nothing beside it for an attempt that the service refused", async () => {
    const script = { us: [fails(10, throttled())], global: [answers(10, { usage: USAGE })] };
    const { stage, cost } = await run(script, ["us", "global"]);
    expect(cost).not.toHaveProperty("extra");
    expect(stage.statsOf("us")).not.toHaveProperty("extra");
    expect(stage.statsOf("us")).not.toHaveProperty("cost");
  });

  it("counts a lost race beside it, as if it were billed the same", async () => {
    const script = { us: [hangs()], global: [answers(10, { usage: USAGE })] };
    const { stage, cost } = await run(script, ["us", "global"], { facts: { backupAfterMs: 100 } });
    expect(cost?.extra).toEqual({ attempts: 1, ifBilled: { known: true, usd: 0.0066 } });
    expect(stage.statsOf("us")?.extra).toEqual({
      attempts: 1,
      inputTokensIfBilled: 1_000,
      outputTokensIfBilled: 200,
      usdIfBilled: 0.0066,
      pricedAttempts: 1,
    });
    expect(stage.statsOf("global")).not.toHaveProperty("extra");
  });
});

describe("a streamed answer", () => {
  const events = [converse.start, converse.text("Hi"), converse.stop, { metadata: { usage: USAGE } }];

  it("is known once it has been read to its end, its rate counted from the first event", async () => {
    const script = { us: [streams(1_000, stepsOf(events, 500))] };
    const { stage, before, cost } = await run(script, ["us"], { stream: converseStream });
    expect(before?.answer).toEqual({ known: false, reason: "no-usage" });
    expect(cost?.answer).toMatchObject({ known: true, usd: 0.0066 });
    const stats = stage.statsOf("us");
    const generationMs = stats!.total.max - stats!.ttfb.max;
    expect(generationMs).toBeGreaterThanOrEqual(1_500);
    expect(stats?.outputTokensPerSecond).toBeCloseTo(200_000 / generationMs, 0);
  });

  it("of InvokeModel is known by its last chunk", async () => {
    const metrics = { inputTokenCount: 1_000, outputTokenCount: 200 };
    const chunks = [
      chunk({ type: "content_block_delta", delta: { text: "Hi" } }),
      chunk({ type: "message_stop", "amazon-bedrock-invocationMetrics": metrics }),
    ];
    const script = { us: [streams(10, stepsOf(chunks))] };
    const { cost } = await run(script, ["us"], { stream: { field: "stream", format: "invoke-model" } });
    expect(cost?.answer).toMatchObject({ known: true, usd: 0.0066 });
  });

  it("of InvokeModel in a single chunk is known too", async () => {
    const metrics = { inputTokenCount: 1_000, outputTokenCount: 200 };
    const script = { us: [streams(10, stepsOf([chunk({ novel: 1, "amazon-bedrock-invocationMetrics": metrics })]))] };
    const { cost } = await run(script, ["us"], { stream: { field: "stream", format: "invoke-model" } });
    expect(cost?.answer).toMatchObject({ known: true, usd: 0.0066 });
  });

  it("that broke off has cost something that is not known", async () => {
    const script = { us: [streams(10, stepsOf(events.slice(0, 2)))] };
    const { stage, cost } = await run(script, ["us"], { stream: converseStream });
    expect(cost?.answer).toEqual({ known: false, reason: "no-usage" });
    expect(stage.statsOf("us")?.cost).toEqual({ pricedAnswers: 0, unpricedAnswers: 1 });
  });
});

async function run(script: Script, routes: readonly string[], request: StagedRequest = {}) {
  const stage = new Stage(script, undefined, priceOf);
  const usageOf: StagedRequest["usageOf"] = (output) => (output as { usage?: typeof USAGE }).usage;
  const result = await stage.run(routes, { ...request, usageOf });
  const before = result.log.report().cost;
  if (result.succeeded && request.stream !== undefined) {
    const { stream } = result.output as { stream: AsyncIterable<unknown> };
    const reading = (async () => {
      for await (const _event of stream);
    })();
    await stage.clock.finish(reading.catch(() => {}));
  }
  const cost: RequestCost | undefined = result.log.report().cost;
  return { stage, before, cost };
}
