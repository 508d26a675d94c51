import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PromptScale } from "../../src/health/prompt-scale.ts";

const KB = 1_024;
/** One size in each band. */
const [TINY, SMALL, LARGE, HUGE] = [1 * KB, 20 * KB, 200 * KB, 2_000 * KB];

describe("the scale of a prompt", () => {
  it("is 1 as long as nothing is known", () => {
    expect([TINY, SMALL, LARGE, HUGE].map((bytes) => new PromptScale().factor(bytes))).toEqual([1, 1, 1, 1]);
  });

  it("is how much longer prompts of its size take than usual ones, from the fifth on", () => {
    const scale = usedTo(TINY);
    learn(scale, LARGE, 3, 4);
    expect(scale.factor(LARGE)).toBe(1);
    learn(scale, LARGE, 3, 1);
    expect(scale.factor(LARGE)).toBeGreaterThan(2);
    expect(scale.factor(LARGE)).toBeLessThanOrEqual(3);
    expect(scale.factor(TINY)).toBe(1);
  });

  it.each([
    [8_191, 8_192],
    [65_535, 65_536],
    [524_287, 524_288],
  ])("tells %i bytes from %i", (last, first) => {
    const scale = usedTo(last);
    learn(scale, first, 4, 10);
    expect(scale.factor(last)).toBeLessThan(1.2);
    expect(scale.factor(first)).toBeGreaterThan(2);
  });

  it("of a size that was not seen yet is that of the next smaller one", () => {
    const scale = usedTo(TINY);
    learn(scale, SMALL, 2, 6);
    expect(scale.factor(HUGE)).toBe(scale.factor(SMALL));
    expect(scale.factor(HUGE)).toBeGreaterThan(1.4);
  });

  it("is never less than 1: short prompts are given the usual time", () => {
    const scale = usedTo(LARGE);
    learn(scale, TINY, 0.2, 50);
    expect(scale.factor(TINY)).toBe(1);
  });

  it("stays 1 while everything slows down: that is not the prompt's doing", () => {
    const scale = usedTo(SMALL);
    learn(scale, SMALL, 4, 30);
    expect(scale.factor(SMALL)).toBeLessThan(1.2);
  });

  it("follows when long prompts get slower or faster", () => {
    const scale = usedTo(TINY);
    const mixed = (times: number): void => {
      for (let round = 0; round < 60; round += 1) {
        learn(scale, TINY, 1, 9);
        learn(scale, LARGE, times, 1);
      }
    };
    mixed(3);
    expect(scale.factor(LARGE)).toBeGreaterThan(2.4);
    mixed(1.5);
    expect(scale.factor(LARGE)).toBeLessThan(1.6);
  });

  it("is not taken by one answer that hung", () => {
    const scale = usedTo(LARGE);
    scale.learn(LARGE, 182_188, 500);
    expect(scale.factor(LARGE)).toBeLessThan(1.3);
  });

  it("learns nothing from durations that make no sense", () => {
    const scale = new PromptScale();
    for (const [ttfbMs, medianMs] of [
      [0, 500],
      [500, 0],
      [Number.NaN, 500],
      [500, Number.NaN],
    ] as const) {
      for (let time = 0; time < 10; time += 1) scale.learn(LARGE, ttfbMs, medianMs);
    }
    expect(scale.factor(LARGE)).toBe(1);
    expect(scale.factor(Number.NaN)).toBe(1);
  });

  it("lies between 1 and 10, whatever is learned", () => {
    const bytes = fc.nat(3_000_000);
    const ms = fc.double({ noNaN: false });
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes, ms, ms)), bytes, (answers, asked) => {
        const scale = new PromptScale();
        for (const answer of answers) scale.learn(...answer);
        const factor = scale.factor(asked);
        expect(factor).toBeGreaterThanOrEqual(1);
        expect(factor).toBeLessThanOrEqual(10);
      }),
    );
  });
});

/** A scale that has seen many prompts of one size. */
function usedTo(bytes: number): PromptScale {
  const scale = new PromptScale();
  learn(scale, bytes, 1, 100);
  return scale;
}

function learn(scale: PromptScale, bytes: number, times: number, answers: number): void {
  for (let answer = 0; answer < answers; answer += 1) scale.learn(bytes, 500 * times, 500);
}
