import { describe, expect, it } from "vitest";
import { ContentLag } from "../../src/health/content-lag.ts";

describe("the time that a stream may take from its first event to its content", () => {
  it("is none until five answers are known", () => {
    const lag = new ContentLag();
    for (let answer = 0; answer < 4; answer += 1) lag.learn(6_000);
    expect(lag.patienceMs).toBe(0);
    lag.learn(6_000);
    expect(lag.patienceMs).toBe(9_000);
  });

  it("follows the slowest of the answers, so that a model which thinks now and then is not mistaken either", () => {
    const lag = new ContentLag();
    for (let answer = 0; answer < 32; answer += 1) lag.learn(answer % 8 === 0 ? 6_000 : 5);
    expect(lag.patienceMs).toBe(9_000);
  });

  it("is not set by a single one of many", () => {
    const lag = new ContentLag();
    lag.learn(60_000);
    for (let answer = 0; answer < 31; answer += 1) lag.learn(10);
    expect(lag.patienceMs).toBe(15);
  });

  it("forgets what is no longer asked for", () => {
    const lag = new ContentLag();
    for (let answer = 0; answer < 32; answer += 1) lag.learn(6_000);
    for (let answer = 0; answer < 32; answer += 1) lag.learn(10);
    expect(lag.patienceMs).toBe(15);
  });

  it("learns nothing from what is no duration", () => {
    const lag = new ContentLag();
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, Number.NaN, Number.NaN]) lag.learn(value);
    expect(lag.patienceMs).toBe(0);
  });
});
