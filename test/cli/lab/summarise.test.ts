import { describe, expect, it } from "vitest";
import { decodeHdr } from "../../../src/cli/lab/hdr.ts";
import { distribution, summarise } from "../../../src/cli/lab/summarise.ts";
import { cellFacts, madeResults } from "./made-results.ts";

describe("summarise", () => {
  it("counts failures by kind and family and keeps them out of the percentiles", () => {
    const { cells } = madeResults([[{}, [[100, 900], "requests-per-minute", [300, 1_100], "requests-per-minute"]]]);
    expect(cells[0]).toMatchObject({
      calls: 4,
      failures: { "throttled/requests-per-minute": 2 },
      ttfb: { count: 2, p50: 200, max: 300 },
      total: { count: 2, p50: 1_000 },
    });
  });

  it("reports warm-ups apart, and which of them connected", () => {
    const facts = [cellFacts(), cellFacts({ geography: "global" })];
    const calls = [
      { cell: 0, round: 0, startedAt: 0, ttfbMs: 950, totalMs: 2_000 },
      { cell: 1, round: 0, startedAt: 1, ttfbMs: 800, totalMs: 1_900 },
      { cell: 0, round: 1, startedAt: 2, ttfbMs: 700, totalMs: 1_700 },
    ];
    const [first, second] = summarise(facts, calls);
    expect(first).toMatchObject({
      calls: 1,
      firstCall: { ttfbMs: 950, connected: true },
      ttfb: { count: 1, p50: 700 },
    });
    expect(second).toMatchObject({ calls: 0, firstCall: { ttfbMs: 800, connected: false }, ttfb: null, total: null });
  });

  it("gives a histogram of all answered calls", () => {
    expect(decodeHdr(distribution([100, 200, 300])!.hdr).totalCount).toBe(3);
  });
});
