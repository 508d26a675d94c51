import { describe, expect, it } from "vitest";
import type { Ran } from "./comparison.ts";
import { OURS } from "./contender.ts";
import { BAD_REQUEST, CALM, SCENARIOS } from "./scenario.ts";
import { someFigures } from "./some-figures.ts";
import { pairList, scenarioList, summaryInWords, summaryTable } from "./summary.ts";
import type { Figures } from "./tally.ts";

const EU = "EU only, both throttled";
const scenarios = SCENARIOS.filter(({ name }) => [CALM, BAD_REQUEST, "route down", EU].includes(name));

describe("the summary of the head to head", () => {
  it("gives every scenario but the calm one the same weight, and bad requests a column of their own", () => {
    const ran = found({
      LangChain: {
        [CALM]: { waitMs: 700, extraCallsPercent: 999 },
        [BAD_REQUEST]: { extraCallsPercent: 300, rightPercent: 100, waitMs: 700, ttfbMs: undefined },
        "route down": { extraCallsPercent: 50, rightPercent: 40, brokenPercent: 30, waitMs: 1_000 },
        [EU]: { extraCallsPercent: 150, rightPercent: 70, waitMs: 1_300, callsOutsideEu: 7 },
      },
    });
    expect(cells(summaryTable(scenarios, ran), "LangChain")).toEqual([
      ...["LangChain", "70", "10", "100", "300", "300", "800", "1200", "7"],
    ]);
  });

  it("counts wins, ties and losses, and names every loss", () => {
    const ran = found({
      LangChain: { "route down": { extraCallsPercent: 0 } },
      Portkey: { [EU]: { rightPercent: 50 }, "route down": { rightPercent: 50 } },
      [OURS]: { [EU]: { callsOutsideEu: 0 } },
    });
    const words = summaryInWords(scenarios, ran);
    expect(words).toContain("24 comparisons, this library is ahead in 0, ties in 23 and is behind in 1.");
    expect(words).toContain("- route down, extra calls per 100: 10 against 0 (LangChain)");
  });

  it("says nothing of losses where there are none", () => {
    const words = summaryInWords(scenarios, found({ LangChain: {} }));
    expect(words).toMatch(/is behind in 0\.$/);
  });

  it("compares with one contender at a time, whoever else is better", () => {
    const ran = found({
      LangChain: { "route down": { extraCallsPercent: 0 } },
      Portkey: { "route down": { extraCallsPercent: 80 } },
    });
    expect(pairList(scenarios, ran).split("\n")).toEqual([
      "- **LangChain**: ahead in 0, ties in 23, behind in 1: route down (extra calls per 100)",
      "- **Portkey**: ahead in 1, ties in 23, behind in 0",
    ]);
  });

  it("tells by scenario what this library is ahead and behind in", () => {
    const ran = found({
      LangChain: { "route down": { extraCallsPercent: 0, ttfbMs: { p50: 2_000, p99: 1_200 } } },
    });
    expect(scenarioList(scenarios, ran).split("\n")).toContain(
      "- **route down**: behind in extra calls per 100 — ties in right %; broken %; added wait; TTFB P99 — ahead in TTFB P50",
    );
  });

  it("holds calls that may leave the EU against this library as well", () => {
    const words = summaryInWords(scenarios, found({ [OURS]: { [EU]: { callsOutsideEu: 1 } }, LangChain: {} }));
    expect(words).toContain(`- ${EU}, calls that may leave the EU: 1 against 0 (LangChain)`);
  });
});

/** This library and the given contenders, by what differs from all going well. */
function found(changes: Readonly<Record<string, Readonly<Record<string, Partial<Figures>>>>>): Ran {
  const all: typeof changes = { [OURS]: {}, ...changes };
  return new Map(
    Object.entries(all).map(([contender, byScenario]) => [
      contender,
      new Map(scenarios.map(({ name }) => [name, someFigures(byScenario[name])])),
    ]),
  );
}

function cells(table: string, row: string): readonly string[] {
  const line = table.split("\n").find((each) => each.startsWith(`| ${row} `)) ?? "";
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
