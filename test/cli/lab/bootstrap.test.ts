import { describe, expect, it } from "vitest";
import { bootstrap, shareInterval } from "../../../src/cli/lab/bootstrap.ts";
import { ascending, median } from "../../../src/cli/lab/percentile.ts";
import { draw } from "../../../src/simulator/seeded-random.ts";

const apart = (a: readonly number[], b: readonly number[]): number => median(a) - median(b);

function sample(name: string, from: number, size = 30): readonly number[] {
  return ascending(Array.from({ length: size }, (_, index) => from + 200 * draw(name, index)));
}

describe("bootstrap", () => {
  it("gives the same interval for the same calls", () => {
    const [a, b] = [sample("a", 800), sample("b", 800)];
    expect(bootstrap(a, b, apart)).toEqual(bootstrap(a, b, apart));
  });

  it("holds 0 in nineteen of twenty pairs that differ by chance alone, and rarely where they really differ", () => {
    const holdsZero = (shift: number): number => {
      const intervals = Array.from({ length: 60 }, (_, index) =>
        bootstrap(sample(`a${index}`, 800 + shift), sample(`b${index}`, 800), apart),
      );
      return intervals.filter(({ low, high }) => low <= 0 && high >= 0).length;
    };
    expect(holdsZero(0)).toBeGreaterThanOrEqual(54);
    expect(holdsZero(150)).toBeLessThanOrEqual(1);
  });

  it("has no width where every call took the same time", () => {
    expect(bootstrap([5, 5, 5], [3, 3, 3], apart)).toEqual({ value: 2, low: 2, high: 2 });
  });
});

describe("shareInterval", () => {
  it("gives the exact interval of a share", () => {
    // Published values of Clopper and Pearson's interval.
    const one = shareInterval(1, 30);
    expect(one.low).toBeCloseTo(0.00084, 4);
    expect(one.high).toBeCloseTo(0.17217, 4);
    expect(shareInterval(0, 30).high).toBeCloseTo(0.1157, 3);
    expect(shareInterval(0, 30).low).toBe(0);
    expect(shareInterval(30, 30).high).toBe(1);
  });
});
