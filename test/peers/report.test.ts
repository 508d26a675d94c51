import { describe, expect, it } from "vitest";
import { CONTENDERS, OURS } from "./contender.ts";
import { type NotRun, type Results, report } from "./report.ts";
import { CALM, SCENARIOS } from "./scenario.ts";
import { someFigures } from "./some-figures.ts";
import type { Figures } from "./tally.ts";

const THROTTLED = "throttled profile";
const scenarios = SCENARIOS.filter(({ name }) => [CALM, THROTTLED].includes(name));
const contenders = CONTENDERS.filter(({ name }) => [OURS, "LangChain", "Portkey"].includes(name));
const always = (figures: Figures): ReadonlyMap<string, Figures> =>
  new Map(scenarios.map(({ name }) => [name, figures]));
const ours = someFigures({
  extraCallsPercent: 20,
  early: { callsPerRequest: 1.75, ttfbMs: { p50: 950, p99: 2_000 } },
  later: { callsPerRequest: 1, ttfbMs: undefined },
  errors: [["ThrottlingException: wait", 3]],
});

describe("the report of the head to head", () => {
  const results: Results = new Map<string, ReadonlyMap<string, Figures> | NotRun>([
    [OURS, always(ours)],
    ["LangChain", always(someFigures({ extraCallsPercent: 0 }))],
    ["Portkey", { notRun: "it cannot be installed here" }],
  ]);
  const text = report(contenders, scenarios, results, new Map([["ai", "6.0.0"]]));
  const throttled = text.slice(text.indexOf("#### Throttled profile"));

  it("tells who was not run, and why, instead of figures", () => {
    expect(text).toContain("**Not run: it cannot be installed here.**");
    expect(text).not.toMatch(/^\| Portkey/m);
  });

  it("prints a loss as a loss, with both figures", () => {
    expect(text).toContain("and is behind in 2.");
    expect(text).toContain("- throttled profile, extra calls per 100: 20 against 0 (LangChain)");
  });

  it("names the versions that ran", () => {
    expect(text).toContain("`ai` 6.0.0");
  });

  it("has a table for each scenario, with the most frequent error", () => {
    for (const { what } of scenarios) expect(text).toContain(what);
    expect(text.match(/ThrottlingException, 3×/g)).toHaveLength(2);
  });

  it("tells the first requests of a fault from the later ones", () => {
    const row = throttled.split("\n").find((line) => line.startsWith(`| ${OURS}`));
    expect(row?.split("|").map((cell) => cell.trim())).toEqual(
      expect.arrayContaining(["1.8", "1.0", "950 / 2000", "–"]),
    );
  });
});
