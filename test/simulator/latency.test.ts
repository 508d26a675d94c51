import { describe, expect, it } from "vitest";
import { labCells } from "../../src/profiles/lab.ts";
import { drawLatency, type Latency, type LatencyRequest } from "../../src/simulator/latency.ts";
import type { Scope } from "../../src/simulator/model-target.ts";
import { randomOf } from "../../src/simulator/request-random.ts";

const claude = "anthropic.claude-sonnet-4-6";
const nova = "amazon.nova-2-lite-v1:0";

describe("a drawn latency", () => {
  it.each(labCells().map((cell) => [cell.sourceRegion, cell.model, cell.kind, cell] as const))(
    "has the lab's medians in %s for %s, %s",
    (sourceRegion, model, kind, cell) => {
      const sample = latencies(model, sourceRegion, kind);
      expect(within(median(sample.map(({ ttfbMs }) => ttfbMs)), cell.ttfbP50Ms, 0.03)).toBe(true);
      expect(within(median(sample.map(({ totalMs }) => totalMs)), cell.totalP50Ms, 0.03)).toBe(true);
    },
  );

  it.each(
    labCells()
      .filter((cell) => cell.totalP95Ms !== undefined)
      .map((cell) => [cell.sourceRegion, cell.model, cell.kind, cell] as const),
  )("has the lab's P95 in %s for %s, %s", (sourceRegion, model, kind, cell) => {
    const totals = latencies(model, sourceRegion, kind, false).map(({ totalMs }) => totalMs);
    expect(within(percentile(totals, 0.95), cell.totalP95Ms!, 0.04)).toBe(true);
  });

  it("has Singapore's heavy tail, which can be switched off", () => {
    expect(within(percentile(totalsOf(claude), 0.99), 44_508, 0.15)).toBe(true);
    expect(within(percentile(totalsOf(nova), 0.99), 182_188, 0.15)).toBe(true);
    expect(percentile(totalsOf(claude, false), 0.999)).toBeLessThan(6_000);
  });

  it("is the geographic one for a global profile in the US, and 1.45 times it elsewhere, where nothing was measured", () => {
    const geographic = ttfbMedian("other.model", "us-east-2", "geographic");
    expect(within(geographic, 800, 0.03)).toBe(true);
    expect(within(ttfbMedian("other.model", "us-east-2", "global"), 800, 0.03)).toBe(true);
    expect(within(ttfbMedian("other.model", "eu-west-1", "global"), 1_160, 0.03)).toBe(true);
  });

  it("takes a measured model's mean where its Region was not measured, also in-Region", () => {
    expect(within(ttfbMedian(nova, "eu-north-1", "geographic"), (405 + 333 + 379 + 336) / 4, 0.03)).toBe(true);
    expect(within(ttfbMedian(nova, "eu-north-1", "in-region"), (405 + 333 + 379 + 336) / 4, 0.03)).toBe(true);
  });

  it("repeats", () => {
    expect(latencies(claude, "us-east-1", "global").slice(0, 5)).toEqual(
      latencies(claude, "us-east-1", "global").slice(0, 5),
    );
  });
});

function latencies(model: string, sourceRegion: string, scope: Scope, tails = true): readonly Latency[] {
  const facts = { operation: "ConverseStream", modelId: model, inputTokens: 10, outputTokens: 60 } as const;
  return Array.from({ length: 8_000 }, (_, index) => {
    const random = randomOf(1, model, sourceRegion, scope, index).sequence("latency");
    const request: LatencyRequest = { ...facts, model, sourceRegion, scope, random };
    return drawLatency(request, tails);
  });
}

function totalsOf(model: string, tails = true): readonly number[] {
  return latencies(model, "ap-southeast-1", "global", tails).map(({ totalMs }) => totalMs);
}

function ttfbMedian(model: string, sourceRegion: string, scope: Scope): number {
  return median(latencies(model, sourceRegion, scope).map(({ ttfbMs }) => ttfbMs));
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length * share)]!;
}

function within(actual: number, expected: number, tolerance: number): boolean {
  return Math.abs(actual - expected) <= expected * tolerance;
}
