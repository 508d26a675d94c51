import { describe, expect, it } from "vitest";
import { difference, pairsOf } from "../../../src/cli/lab/pairs.ts";
import { around, madeResults } from "./made-results.ts";

describe("pairsOf", () => {
  it("sets the global profile beside the others of the same model, source Region and place", () => {
    const results = madeResults([
      [{ geography: "global" }, around(947, 0.1)],
      [{}, around(766, 0.1)],
      [{ sourceRegion: "us-east-1", geography: "us" }, around(860, 0.1)],
      [{ geography: "global", measuredFrom: "us-east-1" }, around(990, 0.1)],
    ]);
    const [pair, ...others] = pairsOf(results);
    expect(others).toEqual([]);
    expect(pair).toMatchObject({ calls: { global: 30, other: 30 }, ttfb: { found: true } });
    expect(pair?.ttfb.ms.value).toBeCloseTo(181);
    expect(pair?.ttfb.share.value).toBeCloseTo(181 / 766);
    expect(pair?.ttfbMoreThanTotal.low).toBeGreaterThan(0);
  });

  it("leaves out what was never answered", () => {
    expect(
      pairsOf(
        madeResults([
          [{ geography: "global" }, ["throttling"]],
          [{}, around(766, 0.1)],
        ]),
      ),
    ).toEqual([]);
  });
});

describe("difference", () => {
  it("finds one only where the interval excludes 0", () => {
    const ttfb = (ms: number): readonly number[] => around(ms, 0.4).map(([first]) => Number(first));
    expect(difference(ttfb(822), ttfb(860))).toMatchObject({ found: false });
    expect(difference(ttfb(988), ttfb(663))).toMatchObject({ found: true });
    expect(difference(ttfb(663), ttfb(988)).ms.high).toBeLessThan(0);
  });
});
