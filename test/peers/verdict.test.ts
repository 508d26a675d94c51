import { describe, expect, it } from "vitest";
import { someFigures } from "./some-figures.ts";
import type { Figures } from "./tally.ts";
import { EU_MEASURE, MEASURES, type Measure, verdicts } from "./verdict.ts";

const usual = someFigures();
const named = (name: string): Measure => MEASURES.find((measure) => measure.name === name) ?? EU_MEASURE;
const resultIn = (measure: Measure, own: Partial<Figures>, ...rivals: readonly Partial<Figures>[]) =>
  verdicts({ ...usual, ...own }, new Map(rivals.map((rival, index) => [`rival ${index}`, { ...usual, ...rival }])), [
    measure,
  ]).map(({ result, rival }) => [result, rival]);

describe("the verdict on a contender", () => {
  const calls = named("extra calls per 100");

  it("is by the best of the others", () => {
    expect(resultIn(calls, {}, { extraCallsPercent: 50 }, { extraCallsPercent: 0 })).toEqual([["behind", "rival 1"]]);
    expect(resultIn(calls, {}, { extraCallsPercent: 50 }, { extraCallsPercent: 30 })).toEqual([["ahead", "rival 1"]]);
  });

  it("is a tie within what chance can do", () => {
    const median = named("TTFB P50, ms");
    expect(resultIn(median, {}, { ttfbMs: { p50: 730, p99: 1_200 } })).toEqual([["tie", "rival 0"]]);
    expect(resultIn(median, {}, { ttfbMs: { p50: 600, p99: 1_200 } })).toEqual([["behind", "rival 0"]]);
  });

  it("does not hold it against a contender that others fail fast", () => {
    expect(resultIn(calls, {}, { rightPercent: 0, extraCallsPercent: 0 })).toEqual([]);
    expect(resultIn(named("right %"), {}, { rightPercent: 0 })).toEqual([["ahead", "rival 0"]]);
    expect(resultIn(named("right %"), { rightPercent: 90 }, {})).toEqual([["behind", "rival 0"]]);
  });

  it("leaves no call outside the EU unnoticed", () => {
    expect(resultIn(EU_MEASURE, { callsOutsideEu: 1 }, {})).toEqual([["behind", "rival 0"]]);
  });

  it("measures added waits against each contender's own calm run", () => {
    const rival = { ...usual, waitMs: 3_000 };
    const [verdict] = verdicts(
      { ...usual, waitMs: 2_000 },
      new Map([["slow but steady", rival]]),
      [named("added wait, ms")],
      new Map([["slow but steady", { ...rival, waitMs: 2_900 }]]),
      usual,
    );
    expect(verdict).toMatchObject({ result: "behind", own: 1_000, rivals: 100 });
  });
});
