import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedTtfb as expected, workloadLevel } from "../../src/plan/expected-ttfb.ts";
import type { Prior } from "../../src/plan/prior.ts";
import { measured } from "./route-request.ts";

const prior: Prior = { ttfbMs: 800, sigma: 0.25, basis: "a guess" };

const expectedTtfb = (...args: Parameters<typeof expected>): number => expected(...args).p50Ms;

describe("expectedTtfb", () => {
  it("is the prior's as long as nothing was measured", () => {
    expect(expectedTtfb(measured(), prior)).toBe(800);
  });

  it("is the measured median from the tenth sample on", () => {
    expect(expectedTtfb({ ...measured(...Array.from({ length: 10 }, () => 9)), p50Ms: 123 }, prior)).toBe(123);
    expect(expectedTtfb(measured(...Array.from({ length: 10 }, () => 5_000)), prior)).toBe(5_000);
  });

  it("has the upper percentiles of prompts of many lengths, then those measured", () => {
    const { answerP75Ms, answerP95Ms } = expected(undefined, prior);
    expect(answerP75Ms).toBeCloseTo(800 * Math.exp(0.5 * 0.6745), -1);
    expect(answerP95Ms).toBeCloseTo(800 * Math.exp(0.5 * 1.6449), -1);
    expect(expected(undefined, { ...prior, sigma: 0.9 }).answerP75Ms).toBeCloseTo(800 * Math.exp(0.9 * 0.6745), -1);
    const evidence = { ...measured(...Array.from({ length: 10 }, () => 9)), answerP75Ms: 200, answerP95Ms: 300 };
    expect(expected(evidence, prior)).toMatchObject({ answerP75Ms: 200, answerP95Ms: 300 });
  });

  it("keeps its percentiles in order, whatever was measured", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 600_000, noNaN: true }), { maxLength: 9 }), (samples) => {
        const { answerP50Ms, answerP75Ms, answerP95Ms } = expected(measured(...samples), prior);
        expect(answerP50Ms).toBeLessThanOrEqual(answerP75Ms);
        expect(answerP75Ms).toBeLessThanOrEqual(answerP95Ms);
      }),
    );
  });

  it("is moved little by one answer, however unlucky", () => {
    const hung = expectedTtfb(measured(182_188), prior);
    expect(hung).toBeGreaterThan(800);
    expect(hung).toBeLessThan(800 * 1.1);
    const fast = expectedTtfb(measured(1), prior);
    expect(fast).toBeLessThan(800);
    expect(fast).toBeGreaterThan(800 / 1.1);
  });

  it("goes over to the samples one by one", () => {
    const path = Array.from({ length: 11 }, (_, count) =>
      expectedTtfb(measured(...Array.from({ length: count }, () => 300)), prior),
    );
    expect(path).toEqual([...path].sort((a, b) => b - a));
    expect(path.at(-2)).toBe(300);
    expect(path[4]).toBeGreaterThan(600);
  });

  it("spreads the missing samples as a log-normal of the prior", () => {
    // Four fast answers leave six guesses, of which the fifth and the sixth stand in the middle; two leave eight.
    const guess = (probability: number): number => 800 * Math.exp(0.25 * QUANTILE[probability]!);
    expect(expectedTtfb(measured(9, 9, 9, 9), prior)).toBeCloseTo((guess(1 / 12) + guess(0.25)) / 2, -1);
    expect(expectedTtfb(measured(9, 9), prior)).toBeCloseTo((guess(0.3125) + guess(0.4375)) / 2, -1);
  });

  it("is what several samples say that are slower than the prior at the level of the workload", () => {
    expect(expectedTtfb(measured(1_300, 2_100), prior)).toBe(1_700);
    expect(expectedTtfb(measured(1_300, 2_100), { ...prior, ttfbMs: prior.ttfbMs / 2 }, 2)).toBe(1_700);
  });

  it("is not moved as far by several lucky ones: a route would take over for two of them", () => {
    expect(expectedTtfb(measured(300, 500), prior)).toBeGreaterThan(650);
  });

  it("keeps the prior when they are as slow as the whole workload, or when it is one alone", () => {
    expect(expectedTtfb(measured(3_200, 3_600), prior, 4)).toBeLessThan(3_400);
    expect(expectedTtfb(measured(3_200), prior)).toBeLessThan(1_000);
  });

  it("stays between the slowest and the fastest of what it knows", () => {
    const sample = fc.double({ min: 1, max: 600_000, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 9 }),
        sample,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (samples, ttfbMs, sigma) => {
          const median = expectedTtfb(measured(...samples), { ttfbMs, sigma, basis: "" });
          // Nine log-normal guesses reach 1.6 sigma to either side.
          expect(median).toBeGreaterThanOrEqual(Math.min(...samples, ttfbMs * Math.exp(-1.7 * sigma)));
          expect(median).toBeLessThanOrEqual(Math.max(...samples, ttfbMs * Math.exp(1.7 * sigma)));
        },
      ),
    );
  });

  it("never falls when an answer gets slower", () => {
    const sample = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 9 }), sample, (samples, slower) => {
        const [first = 0, ...others] = samples;
        const before = expectedTtfb(measured(...samples), prior);
        expect(expectedTtfb(measured(first + slower, ...others), prior)).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});

describe("the level of a workload", () => {
  const remote: Prior = { ...prior, ttfbMs: 900, networkMs: 100 };

  it("is that of the priors while nothing has answered", () => {
    expect(workloadLevel([[undefined, prior]])).toBe(1);
    expect(workloadLevel([[{ ...measured(9_000), answers: 0, fewAnswers: [] }, prior]])).toBe(1);
  });

  it("follows the answers quickly, and not all the way at once", () => {
    const level = (answers: number): number =>
      workloadLevel([[measured(...Array.from({ length: answers }, () => 3_200)), prior]]);
    expect(level(1)).toBeGreaterThan(2);
    expect(level(1)).toBeLessThan(4);
    expect(level(9)).toBeGreaterThan(level(1));
    expect(level(9)).toBeCloseTo(4, 0);
  });

  it("is told by the route that is nearest to its prior: what another takes beyond that is its own", () => {
    expect(
      workloadLevel([
        [measured(8_000, 8_000), prior],
        [measured(800), prior],
      ]),
    ).toBeCloseTo(1, 0);
    const sure = (ms: number) => measured(...Array.from({ length: 9 }, () => ms));
    expect(
      workloadLevel([
        [sure(8_000), prior],
        [sure(800), prior],
      ]),
    ).toBeCloseTo(1, 1);
  });

  it("counts a single answer for a little nearer to what all routes have shown: it may be lucky", () => {
    const levelWith = (...lucky: readonly number[]): number =>
      workloadLevel([
        [measured(...Array.from({ length: 9 }, () => 8_000)), prior],
        [measured(...lucky), prior],
      ]);
    expect(levelWith(6_000)).toBeGreaterThan(7.7);
    expect(levelWith(6_000, 6_000, 6_000, 6_000)).toBeLessThan(levelWith(6_000));
  });

  it("leaves the way to a remote Region as long as it is", () => {
    const slow = workloadLevel([[measured(...Array.from({ length: 9 }, () => 3_300)), remote]]);
    expect(slow).toBeCloseTo(4, 0);
    expect(expectedTtfb(undefined, remote, 4)).toBe(3_300);
  });

  it("scales what nobody has measured, and what few answers lack", () => {
    expect(expectedTtfb(undefined, prior, 4)).toBe(3_200);
    expect(expectedTtfb(measured(3_200, 3_200), prior, 4)).toBeCloseTo(3_200, -2);
  });
});

/** Quantiles of the standard normal distribution, from tables. */
const QUANTILE: Readonly<Record<number, number>> = {
  0.4375: -0.1573,
  0.3125: -0.4888,
  0.25: -0.6745,
  [1 / 12]: -1.383,
};
