import { describe, expect, it } from "vitest";
import { converseUsage, eventUsage, tokenUsage } from "../../src/dispatch/answer-usage.ts";
import { chunk } from "../support/scripted-stream.ts";

const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
const METRICS = { inputTokenCount: 3, outputTokenCount: 13, cacheReadInputTokenCount: 7, cacheWriteInputTokenCount: 9 };

describe("the tokens of a Converse output", () => {
  it("are those of its usage", () => {
    expect(converseUsage({ output: {}, usage })).toEqual({ inputTokens: 10, outputTokens: 5 });
    const cached = { ...usage, cacheReadInputTokens: 100, cacheWriteInputTokens: 0 };
    expect(converseUsage({ usage: cached })).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 0,
    });
  });

  it("tell those that are cached for an hour", () => {
    const cacheDetails = [
      { ttl: "1h", inputTokens: 30 },
      { ttl: "5m", inputTokens: 20 },
    ];
    expect(converseUsage({ usage: { ...usage, cacheWriteInputTokens: 50, cacheDetails } })).toMatchObject({
      cacheWriteInputTokens: 50,
      cacheWrite1hInputTokens: 30,
    });
  });

  it("tell a tier and a latency that are not the standard ones", () => {
    const served = (type: string, latency: string): unknown =>
      converseUsage({ usage, serviceTier: { type }, performanceConfig: { latency } });
    expect(served("default", "standard")).toEqual({ inputTokens: 10, outputTokens: 5 });
    expect(served("priority", "optimized")).toMatchObject({ serviceTier: "priority", latency: "optimized" });
  });

  it.each([
    undefined,
    null,
    {},
    { usage: null },
    { usage: {} },
    { usage: { inputTokens: 1 } },
    { usage: { inputTokens: 1, outputTokens: -1 } },
    { usage: { inputTokens: 1.5, outputTokens: 1 } },
    { usage: { inputTokens: Number.NaN, outputTokens: 1 } },
    { usage: { inputTokens: "1", outputTokens: 1 } },
  ])("are unknown in %j", (output) => {
    expect(converseUsage(output)).toBeUndefined();
  });
});

describe("the tokens of a stream", () => {
  it("are in the metadata event of Converse", () => {
    expect(eventUsage({ metadata: { usage } }, "converse", {})).toEqual({ inputTokens: 10, outputTokens: 5 });
    expect(eventUsage({ messageStop: {} }, "converse", {})).toBeUndefined();
    expect(eventUsage(undefined, "converse", {})).toBeUndefined();
  });

  it("are in the metrics that Bedrock adds to the last chunk of InvokeModel", () => {
    const last = chunk({ type: "message_stop", "amazon-bedrock-invocationMetrics": METRICS });
    expect(eventUsage(last, "invoke-model", {})).toEqual({
      inputTokens: 3,
      outputTokens: 13,
      cacheReadInputTokens: 7,
      cacheWriteInputTokens: 9,
    });
    const output = { serviceTier: "flex", performanceConfigLatency: "standard" };
    expect(eventUsage(last, "invoke-model", output)).toMatchObject({ serviceTier: "flex" });
  });

  it("are unknown in a chunk without metrics, in a broken one, and in a model's own words about them", () => {
    const said = chunk({ completion: 'the "amazon-bedrock-invocationMetrics" are', other: 1 });
    const broken = { chunk: { bytes: Buffer.from('{"amazon-bedrock-invocationMetrics":') } };
    const empty = chunk({ "amazon-bedrock-invocationMetrics": null });
    const none = { chunk: { bytes: Buffer.from('"amazon-bedrock-invocationMetrics"') } };
    for (const event of [chunk({ type: "message_stop" }), said, broken, empty, none, {}, { chunk: {} }, undefined]) {
      expect(eventUsage(event, "invoke-model", {})).toBeUndefined();
    }
  });
});

describe("tokenUsage", () => {
  it("is frozen and leaves out what is not told", () => {
    const made = tokenUsage(1, 0, undefined, "2", 0, "default", undefined);
    expect(made).toEqual({ inputTokens: 1, outputTokens: 0 });
    expect(Object.isFrozen(made)).toBe(true);
  });
});
