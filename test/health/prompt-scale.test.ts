import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PromptScale } from "../../src/health/prompt-scale.ts";

const KB = 1_024;
const [TINY, SMALL, LARGE, HUGE] = [1 * KB, 20 * KB, 200 * KB, 2_000 * KB];

describe("the scale of a prompt", () => {
  it("is 1 as long as nothing is known", () => {
    expect([TINY, SMALL, LARGE, HUGE].map((bytes) => new PromptScale().factor(bytes))).toEqual([1, 1, 1, 1]);
  });

  it("tells long prompts that take longer from short ones, relative to the usual prompt", () => {
    const scale = new PromptScale();
    for (let round = 0; round < 50; round += 1) {
      scale.learn(TINY, 500, 1_000);
      scale.learn(LARGE, 2_000, 1_000);
    }
    expect(scale.factor(LARGE) / scale.factor(TINY)).toBeGreaterThan(3.5);
    expect(scale.factor(LARGE) / scale.factor(TINY)).toBeLessThan(4.1);
    expect(scale.factor(LARGE)).toBeGreaterThan(1.8);
    expect(scale.factor(TINY)).toBeLessThan(0.6);
  });

  it("makes answers to prompts of all lengths comparable, also in between", () => {
    const scale = new PromptScale();
    const timeOf = (bytes: number): number => 100 * Math.sqrt(bytes / KB);
    for (let round = 0; round < 200; round += 1) {
      const bytes = KB * 2 ** (round % 10);
      scale.learn(bytes, timeOf(bytes), 500);
    }
    const compared = Array.from({ length: 10 }, (_, place) => KB * 2 ** place).map(
      (bytes) => timeOf(bytes) / scale.factor(bytes),
    );
    expect(Math.max(...compared) / Math.min(...compared)).toBeLessThan(1.3);
  });

  it("stays 1 while everything slows down, and where lengths do not matter", () => {
    const slower = new PromptScale();
    for (let answer = 0; answer < 200; answer += 1)
      slower.learn(answer % 2 ? TINY : LARGE, answer < 100 ? 500 : 2_000, 500);
    for (const bytes of [TINY, LARGE]) expect(slower.factor(bytes)).toBeCloseTo(1, 1);
  });

  it("believes few answers little: one that hung or that was lucky says nothing of all prompts of its length", () => {
    const scale = new PromptScale();
    for (let answer = 0; answer < 20; answer += 1) scale.learn(TINY, 500, 500);
    scale.learn(LARGE, 182_188, 500);
    expect(scale.factor(LARGE)).toBeLessThan(4);
  });

  it("is never learned from short prompts that a longer one takes less", () => {
    const scale = new PromptScale();
    for (let round = 0; round < 50; round += 1) {
      scale.learn(TINY, 1_000, 500);
      scale.learn(LARGE, 250, 500);
    }
    expect(scale.factor(LARGE)).toBe(1);
  });

  it("follows when long prompts get slower or faster", () => {
    const scale = new PromptScale();
    const mixed = (times: number): number => {
      for (let round = 0; round < 200; round += 1)
        scale.learn(round % 2 ? TINY : LARGE, round % 2 ? 500 : 500 * times, 500);
      return scale.factor(LARGE) / scale.factor(TINY);
    };
    expect(mixed(4)).toBeGreaterThan(3);
    expect(mixed(1.5)).toBeLessThan(1.8);
  });

  it("learns nothing from durations and lengths that make no sense", () => {
    const scale = new PromptScale();
    for (const [bytes, ttfbMs, medianMs] of [
      [LARGE, 0, 500],
      [LARGE, 500, 0],
      [LARGE, Number.NaN, 500],
      [LARGE, 500, Number.NaN],
      [Number.NaN, 500, 500],
      [Number.POSITIVE_INFINITY, 500, 500],
    ] as const) {
      for (let time = 0; time < 10; time += 1) scale.learn(bytes, ttfbMs, medianMs);
    }
    expect(scale.factor(LARGE)).toBe(1);
    expect(scale.factor(Number.NaN)).toBe(1);
  });

  it("lies between 0.1 and 10, whatever is learned", () => {
    const bytes = fc.nat(3_000_000);
    const ms = fc.double({ noNaN: false });
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes, ms, ms)), bytes, (answers, asked) => {
        const scale = new PromptScale();
        for (const answer of answers) scale.learn(...answer);
        const factor = scale.factor(asked);
        expect(factor).toBeGreaterThanOrEqual(0.1);
        expect(factor).toBeLessThanOrEqual(10);
      }),
    );
  });
});
