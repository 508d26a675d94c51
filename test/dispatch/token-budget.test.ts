import { describe, expect, it } from "vitest";
import { FreeBackups, makeBudgets } from "../../src/dispatch/token-budget.ts";
import { throttled, unavailable } from "../support/service-errors.ts";
import { answers, fails, Stage } from "../support/stage.ts";

describe("a budget", () => {
  it.each([
    ["retry", 10, 10, 10],
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
});

describe("the retry budget", () => {
  it("starts full, so that a short-lived process can retry", () => {
    const budget = makeBudgets().retry;
    expect(Array.from({ length: 11 }, () => budget.spend())).toEqual([...Array<boolean>(10).fill(true), false]);
  });

  it("grows by a tenth per request and never beyond its start", () => {
    const budget = makeBudgets().retry;
    for (let token = 0; token < 10; token += 1) budget.spend();
    for (let request = 0; request < 9; request += 1) budget.earn();
    expect(budget.spend()).toBe(false);
    budget.earn();
    budget.earn();
    expect(budget.spend()).toBe(true);
    for (let request = 0; request < 1_000; request += 1) budget.earn();
    budget.refund(5);
    expect(Array.from({ length: 11 }, () => budget.spend()).filter(Boolean)).toHaveLength(10);
  });

  it("keeps a full outage to a fifth of extra calls", async () => {
    const down = [fails(5, unavailable())];
    const stage = new Stage({ us: down, global: down });
    const requests = 200;
    for (let request = 0; request < requests; request += 1) await stage.run(["us", "global"]);
    expect(stage.attempts.length).toBeLessThanOrEqual(requests * 1.2);
    expect(stage.attempts.length).toBeGreaterThan(requests);
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
  it("are twice as many as answers came lately", () => {
    const free = new FreeBackups();
    expect(free.spend(0)).toBe(false);
    free.answered(0);
    expect([1, 2, 3].map((nowMs) => free.spend(nowMs))).toEqual([true, true, false]);
    for (let answer = 0; answer < 100; answer += 1) free.answered(100);
    let left = 0;
    while (free.spend(200)) left += 1;
    expect(left).toBe(16);
  });

  it("are none when the last answer is long ago, however many there were", () => {
    const free = new FreeBackups();
    for (let answer = 0; answer < 100; answer += 1) free.answered(0);
    expect(free.spend(20_000)).toBe(false);
    free.answered(20_000);
    expect([1, 2, 3].map(() => free.spend(20_001))).toEqual([true, true, false]);
  });
});
