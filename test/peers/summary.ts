import { markdownTable } from "../bench/routing/markdown-table.ts";
import { type Comparison, compare, type Ran } from "./comparison.ts";
import { OWN } from "./contender.ts";
import { BAD_REQUEST, CALM, type Scenario } from "./scenario.ts";
import type { Figures } from "./tally.ts";
import { addedWaitMs, type Verdict } from "./verdict.ts";

/** One row a contender over all scenarios, each of which weighs the same. */
export function summaryTable(scenarios: readonly Scenario[], ran: Ran): string {
  const residencies = scenarios.filter(({ residency }) => residency !== undefined);
  const faults = scenarios.filter(({ name }) => name !== CALM);
  const rows = [...ran].map(([contender, byScenario]) => {
    const own = (some: readonly Scenario[], value: (figures: Figures) => number | undefined): readonly number[] =>
      some.flatMap(({ name }) => {
        const figures = byScenario.get(name);
        return figures === undefined ? [] : (value(figures) ?? []);
      });
    const rest = faults.filter(({ name }) => name !== BAD_REQUEST);
    return [
      contender,
      ...[
        mean(own(faults, ({ rightPercent }) => rightPercent)),
        mean(own(faults, ({ brokenPercent }) => brokenPercent)),
        mean(own(rest, ({ extraCallsPercent }) => extraCallsPercent)),
        byScenario.get(BAD_REQUEST)?.extraCallsPercent,
        mean(own(faults, (figures) => addedWaitMs(figures, byScenario.get(CALM)))),
        mean(own(faults, ({ ttfbMs }) => ttfbMs?.p50)),
        mean(own(faults, ({ ttfbMs }) => ttfbMs?.p99)),
        own(residencies, ({ callsOutsideEu }) => callsOutsideEu).reduce((sum, count) => sum + count, 0),
      ].map(rounded),
    ];
  });
  return markdownTable(
    [
      ...["", "right %", "broken %", "extra calls per 100", "wrong failovers per 100 bad requests"],
      ...["added wait, ms", "TTFB P50, ms", "TTFB P99, ms", "calls that may leave the EU"],
    ],
    rows,
  );
}

/** How this library does against the best of the others, in sentences and with every loss. */
export function summaryInWords(scenarios: readonly Scenario[], ran: Ran): string {
  const found = compare(scenarios, ran, rivalsOf(ran));
  const losses = found.filter(({ verdict }) => verdict.result === "behind");
  const counted = `Against the best of the others in each figure of each scenario, ${found.length} comparisons, this library is ahead in ${count(found, "ahead")}, ties in ${count(found, "tie")} and is behind in ${losses.length}.`;
  return losses.length === 0 ? counted : `${counted} It is behind in:\n\n${losses.map(tellLoss).join("\n")}`;
}

/** Against one contender at a time. */
export function pairList(scenarios: readonly Scenario[], ran: Ran): string {
  const lines = rivalsOf(ran).map((rival) => {
    const found = compare(scenarios, ran, [rival]);
    const losses = scenarios.flatMap((scenario) => {
      const names = measuresIn(found, scenario, "behind");
      return names.length === 0 ? [] : `${scenario.name} (${names.join("; ")})`;
    });
    const counted = `- **${rival}**: ahead in ${count(found, "ahead")}, ties in ${count(found, "tie")}, behind in ${count(found, "behind")}`;
    return losses.length === 0 ? counted : `${counted}: ${losses.join(", ")}`;
  });
  return lines.join("\n");
}

/** By scenario, against the best of the others. */
export function scenarioList(scenarios: readonly Scenario[], ran: Ran): string {
  const found = compare(scenarios, ran, rivalsOf(ran));
  const lines = scenarios.map((scenario) => {
    const named = (words: string, result: Verdict["result"]): readonly string[] => {
      const names = measuresIn(found, scenario, result);
      return names.length === 0 ? [] : [`${words} in ${names.join("; ")}`];
    };
    const all = [...named("behind", "behind"), ...named("ties", "tie"), ...named("ahead", "ahead")];
    return `- **${scenario.name}**: ${all.join(" — ")}`;
  });
  return lines.join("\n");
}

function measuresIn(found: readonly Comparison[], where: Scenario, result: Verdict["result"]): readonly string[] {
  return found.flatMap(({ scenario, verdict }) =>
    scenario === where && verdict.result === result ? verdict.measure.name.replace(", ms", "") : [],
  );
}

function tellLoss({ scenario, verdict: { measure, own, rival, rivals } }: Comparison): string {
  return `- ${scenario.name}, ${measure.name}: ${measure.format(own)} against ${measure.format(rivals)} (${rival})`;
}

function count(found: readonly Comparison[], result: Verdict["result"]): number {
  return found.filter(({ verdict }) => verdict.result === result).length;
}

function rivalsOf(ran: Ran): readonly string[] {
  return [...ran.keys()].filter((name) => !OWN.includes(name));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "–" : String(Math.round(value));
}
