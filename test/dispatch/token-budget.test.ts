import { describe, expect, it } from "vitest";
import { FreeBackups, makeBudgets, TokenBudget } from "../../src/dispatch/token-budget.ts";
import { throttled, unavailable } from "../support/service-errors.ts";
import { answers, fails, Stage } from "../support/stage.ts";

describe("a budget", () => {
  it.each([
    ["backup", 2, 20, 10],
    ["hedge", 5, 20, 5],
  ] as const)("of the kind %s starts with %i tokens, and gets one in %i requests", (kind, first, requests, burst) => {
    const budget = makeBudgets()[kind];
    const spent = (): number => {
      let tokens = 0;
      while (budget.spend()) tokens += 1;
      return tokens;
    };
    expect(spent()).toBe(first);
    // One more than needed: tenths and twentieths do not add up exactly.
    for (let request = 0; request <= requests; request += 1) budget.earn();
    expect(spent()).toBe(1);
    for (let request = 0; request <= 1_000; request += 1) budget.earn();
    budget.refund(5);
    expect(spent()).toBe(burst);
  });

  it("lends nothing: what costs more than is left is refused", () => {
    const budget = new TokenBudget({ burst: 12, perRequest: 0 });
    expect([budget.spend(10), budget.spend(5), budget.spend(2), budget.left]).toEqual([true, false, true, 0]);
  });
});

describe("the retry budget", () => {
  it("lasts for a hundred throttled retries or fifty others, as the SDK's does", async () => {
    for (const [error, retries] of [
      [throttled(), 100],
      [unavailable(), 50],
    ] as const) {
      const stage = new Stage({ us: [fails(5, error)] });
      for (let request = 0; request < 120; request += 1) await stage.run(["us"], { maxAttempts: 2 });
      expect(stage.attempts).toHaveLength(120 + retries);
    }
  });

  it("grows by a token with each request that needs no retry, and never beyond its start", async () => {
    const stage = new Stage({ us: [...Array(3).fill(fails(5, throttled())), answers(5)] });
    await stage.run(["us"], { maxAttempts: 3 });
    expect(stage.budgets.retry.left).toBeCloseTo(490 / 500);
    for (let request = 0; request < 4; request += 1) await stage.run(["us"]);
    expect(stage.budgets.retry.left).toBeCloseTo(494 / 500);
    for (let request = 0; request < 20; request += 1) await stage.run(["us"]);
    expect(stage.budgets.retry.left).toBe(1);
  });

  it("never limits failover to a healthy route, however many requests need it at once", async () => {
    const stage = new Stage({ us: [fails(5, throttled())], global: [answers(5)] });
    const results = await Promise.all(Array.from({ length: 100 }, () => stage.run(["us", "global"])));
    expect(results.every((result) => result.succeeded)).toBe(true);
  });

  it("gives a request that succeeds in the end its tokens back", async () => {
    const flaky = Array.from({ length: 100 }, (_, call) => (call % 2 === 0 ? fails(5, throttled()) : answers(5)));
    const stage = new Stage({ us: flaky });
    for (let request = 0; request < 50; request += 1) {
      expect((await stage.run(["us"])).succeeded).toBe(true);
    }
  });
});

describe("backups that cost no token", () => {
  it("are four times as many as answers came lately", () => {
    const free = new FreeBackups();
    expect(free.spend(0)).toBe(false);
    free.answered(0);
    expect([1, 2, 3, 4, 5].map((nowMs) => free.spend(nowMs))).toEqual([true, true, true, true, false]);
    for (let answer = 0; answer < 100; answer += 1) free.answered(100);
    let left = 0;
    while (free.spend(200)) left += 1;
    expect(left).toBe(32);
  });

  it("are none when the last answer is long ago, however many there were", () => {
    const free = new FreeBackups();
    for (let answer = 0; answer < 100; answer += 1) free.answered(0);
    expect(free.spend(20_000)).toBe(false);
    free.answered(20_000);
    expect([1, 2, 3, 4, 5].map(() => free.spend(20_001))).toEqual([true, true, true, true, false]);
  });

  it("include one in half a minute for whoever has waited that long, whatever else is spent", () => {
    const free = new FreeBackups();
    expect(free.spendAfter(29_000, 29_000)).toBe(false);
    expect(free.spendAfter(30_000, 30_000)).toBe(true);
    expect(free.spendAfter(30_000, 30_001)).toBe(false);
    expect(free.spendAfter(90_000, 60_000)).toBe(true);
  });
});
