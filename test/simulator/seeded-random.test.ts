import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draw, normalDeviate } from "../../src/simulator/seeded-random.ts";

describe("draw", () => {
  it("gives the same number for the same keys, between 0 and 1", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), (seed, use) => {
        const number = draw(seed, use);
        expect(number).toBe(draw(seed, use));
        expect(number).toBeGreaterThanOrEqual(0);
        expect(number).toBeLessThan(1);
      }),
    );
  });

  it("spreads neighbouring keys evenly", () => {
    const tenths = new Array<number>(10).fill(0);
    for (let index = 0; index < 10_000; index++) tenths[Math.floor(draw(1, "use", index) * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });

  it("does not correlate neighbours", () => {
    const centred = Array.from({ length: 10_000 }, (_, index) => draw(7, index) - 0.5);
    const covariance =
      centred.slice(1).reduce((sum, value, index) => sum + value * centred[index]!, 0) / centred.length;
    expect(Math.abs(covariance * 12)).toBeLessThan(0.04);
  });
});

describe("normalDeviate", () => {
  it("has mean 0 and deviation 1", () => {
    const values = Array.from({ length: 20_000 }, (_, index) => normalDeviate(draw("a", index), draw("b", index)));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  it("is finite for every pair of draws", () => {
    expect(Number.isFinite(normalDeviate(0, 0))).toBe(true);
    expect(Number.isFinite(normalDeviate(1 - 2 ** -32, 0.5))).toBe(true);
  });
});
