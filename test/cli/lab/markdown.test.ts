import { describe, expect, it } from "vitest";
import {
  firstCallRows,
  markdownReport,
  markdownTable,
  overviewTables,
  tailRows,
} from "../../../src/cli/lab/markdown.ts";
import { around, CLAUDE, madeResults } from "./made-results.ts";

const results = madeResults(
  [
    [{ geography: "global" }, around(947, 0.2)],
    [{}, [...around(766, 0.2), "throttling"]],
    [{ sourceRegion: "ap-southeast-1", geography: "global" }, around(1_020, 0.2)],
  ],
  { missing: [{ model: CLAUDE, sourceRegion: "ap-southeast-1", kind: "geographic" }] },
);

describe("markdownReport", () => {
  it("shapes the overview as the latency lab's", () => {
    expect(overviewTables(results)).toEqual([
      {
        title: `${CLAUDE} (TTFB / total, P50 in ms)`,
        rows: [
          ["Source Region", "Global", "Geographic", "TTFB difference", "Total difference"],
          ["eu-central-1", "947 / 2447", "eu: 766 / 2266", "+181 ms", "+181 ms"],
          ["ap-southeast-1", "1020 / 2520", "— (no geographic profile)", "—", "—"],
        ],
      },
    ]);
  });

  it("marks a difference that may be chance", () => {
    const even = madeResults([
      [{ geography: "global" }, around(822, 0.4)],
      [{}, around(860, 0.4)],
    ]);
    expect(overviewTables(even)[0]?.rows[1]?.[3]).toBe("−38 ms (not found)");
  });

  it("shows percentiles with the number of calls and of failures", () => {
    expect(tailRows(results)[2]).toEqual([
      ...["eu-central-1", CLAUDE, "eu", "31", "1"],
      ...["2266", "2409", "2419", "2419"],
    ]);
  });

  it("has no first call where there was no warm-up", () => {
    expect(firstCallRows(results)[1]?.slice(3)).toEqual(["—", "947", "no"]);
  });

  it("holds tables, findings and advice, and says when the simulator answered", () => {
    const page = markdownReport(results);
    for (const heading of ["## Percentiles", "## Findings", "## Advice", "## First calls"])
      expect(page).toContain(heading);
    expect(page).not.toContain("simulator");
    expect(markdownReport({ ...results, simulated: true })).toContain("figures of the **simulator**, not of AWS");
  });

  it("keeps a bar from starting another column", () => {
    expect(markdownTable([["a"], ["x|y"]])).toBe("| a |\n|---|\n| x\\|y |");
  });
});
