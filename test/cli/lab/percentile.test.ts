import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ascending, logSpread, median, percentile } from "../../../src/cli/lab/percentile.ts";

const sorted = fc.array(fc.double({ min: 0.1, max: 1e6, noNaN: true }), { minLength: 1 }).map(ascending);

describe("percentile", () => {
  it("takes the mean of the two middle values for the median of an even number", () => {
    expect(median([1, 2, 3])).toBe(2);
    expect(median([1, 2, 4, 8])).toBe(3);
    expect(median([])).toBeNaN();
  });

  it("gives by nearest rank the smallest value that at least that share of the values does not exceed", () => {
    fc.assert(
      fc.property(
        sorted,
        fc.integer({ min: 1, max: 100 }).filter((share) => share !== 50),
        (values, share) => {
          const value = percentile(values, share);
          const covered = (limit: number): number => values.filter((one) => one <= limit).length / values.length;
          expect(covered(value)).toBeGreaterThanOrEqual(share / 100 - 1e-9);
          const smaller = values.filter((one) => one < value);
          if (smaller.length > 0) expect(covered(smaller.at(-1)!)).toBeLessThan(share / 100);
        },
      ),
    );
  });

  it("takes the largest of fewer than 100 values for the 99th percentile", () => {
    const thirty = Array.from({ length: 30 }, (_, index) => index + 1);
    expect(percentile(thirty, 99)).toBe(30);
    expect(percentile(thirty, 95)).toBe(29);
    expect(
      percentile(
        Array.from({ length: 100 }, (_, index) => index + 1),
        99,
      ),
    ).toBe(99);
  });

  it("finds the spread of a log-normal distribution in the middle half, whatever its tail is", () => {
    const quartiles = [-0.6745, -0.6745, 0, 0.6745].map((z) => 800 * Math.exp(0.3 * z));
    expect(logSpread([...quartiles, 180_000])).toBeCloseTo(0.3, 2);
    expect(logSpread([1, 2, 3])).toBe(0);
  });
});
