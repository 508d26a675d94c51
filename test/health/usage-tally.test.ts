import { describe, expect, it } from "vitest";
import { UsageTally } from "../../src/health/usage-tally.ts";

const USAGE = { inputTokens: 100, outputTokens: 50, cacheReadInputTokens: 10, cacheWriteInputTokens: 5 };

describe("the tally of a route", () => {
  it("says nothing before the first answer", () => {
    expect(new UsageTally().stats()).toEqual({});
    expect(new UsageTally().snapshot()).toBeUndefined();
  });

  it("sums tokens, cost and what the alternative would have cost", () => {
    const tally = new UsageTally();
    tally.answered(USAGE, 500, 0.1, 0.09);
    tally.answered({ inputTokens: 1, outputTokens: 150 }, 1_500, 0.2, "no-price");
    expect(tally.stats()).toEqual({
      tokens: { answers: 2, input: 101, output: 200, cacheRead: 10, cacheWrite: 5 },
      outputTokensPerSecond: 100,
      cost: {
        usd: 0.3,
        pricedAnswers: 2,
        unpricedAnswers: 0,
        alternative: { answers: 1, usd: 0.09, insteadOfUsd: 0.1 },
      },
    });
  });

  it("never gives an unknown cost as 0", () => {
    const tally = new UsageTally();
    tally.answered(undefined, 500, "no-usage", undefined);
    expect(tally.stats()).toEqual({ cost: { pricedAnswers: 0, unpricedAnswers: 1 } });
    tally.answered(USAGE, 500, "no-price", undefined);
    expect(tally.stats().cost).toEqual({ pricedAnswers: 0, unpricedAnswers: 2 });
    tally.extra(USAGE, "no-price");
    expect(tally.stats().extra).toEqual({
      attempts: 1,
      inputTokensIfBilled: 115,
      outputTokensIfBilled: 50,
      pricedAttempts: 0,
    });
  });

  it("takes no rate from an answer that came at once", () => {
    const tally = new UsageTally();
    tally.answered(USAGE, 0, 1, 1);
    expect(tally.stats()).not.toHaveProperty("outputTokensPerSecond");
  });

  it("sums what went in vain, with and without known tokens", () => {
    const tally = new UsageTally();
    tally.extra(USAGE, 0.1);
    tally.extra(undefined, "no-usage");
    expect(tally.stats()).toEqual({
      extra: {
        attempts: 2,
        inputTokensIfBilled: 115,
        outputTokensIfBilled: 50,
        usdIfBilled: 0.1,
        pricedAttempts: 1,
      },
    });
  });

  it("merges into the sums of both", () => {
    const fill = (tally: UsageTally): void => {
      tally.answered(USAGE, 500, 0.1, 0.09);
      tally.extra(USAGE, 0.1);
    };
    const merged = new UsageTally();
    fill(merged);
    const other = new UsageTally();
    fill(other);
    merged.merge(other.snapshot() ?? []);
    const both = new UsageTally();
    fill(both);
    fill(both);
    expect(merged.stats()).toEqual(both.stats());
    expect(merged.stats().tokens?.input).toBe(200);
  });

  it("takes the sums of an older version, which has fewer, and of a newer one, which has more", () => {
    const tally = new UsageTally();
    tally.merge([2, 30]);
    tally.merge(new Array(40).fill(1));
    expect(tally.stats().tokens).toMatchObject({ answers: 3, input: 31, output: 1 });
  });
});
