import { markdownTable } from "./markdown-table.ts";
import { meanOf, regretPercent, type Summary } from "./measure.ts";
import type { Mechanism } from "./mechanisms.ts";

/** What was measured without one mechanism. */
export interface Ablation {
  readonly mechanism: Mechanism;
  readonly summaries: readonly Summary[];
}

/** A difference without one mechanism, mean over regimes and seeds, and the standard error of that mean. */
interface Difference {
  readonly mean: number;
  readonly error: number;
}

/** Differences that are not even twice as large as their standard error are noise; smaller ones nobody would notice. */
const CLEAR = 2;
const NOTICED = 0.05;

/**
 * What each mechanism is worth, group by group; rules of fleets regime by regime, as each is made for few of them.
 * @param whole - the oracle and every contender that a mechanism is taken from, with all mechanisms
 */
export function ablationReport(
  whole: readonly Summary[],
  ablations: readonly Ablation[],
  own: string,
  ofFleets = false,
): string {
  const columnOf = ({ regime, group }: Summary): string => (ofFleets ? regime : group);
  const groups = [...new Set(whole.map(columnOf))];
  const find = (summaries: readonly Summary[], regime: string, contender: string): Summary | undefined =>
    summaries.find((summary) => summary.regime === regime && summary.contender === contender);
  const table = (
    title: string,
    figure: (summary: Summary, oracle: Summary) => readonly number[],
    digits: number,
  ): string => {
    const figureOf = (summaries: readonly Summary[], contender: string, group: string): readonly number[] =>
      summaries
        .filter((summary) => summary.contender === contender && columnOf(summary) === group)
        .flatMap((summary) => {
          const oracle = find(whole, summary.regime, "oracle");
          return oracle === undefined ? [] : figure(summary, oracle);
        });
    const rows = ablations.map(({ mechanism, summaries }) => {
      const contender = mechanism.contender ?? own;
      const cells = groups.map((group) => {
        const before = whole.filter((summary) => summaries.some(({ regime }) => regime === summary.regime));
        return differenceOf(figureOf(before, contender, group), figureOf(summaries, contender, group));
      });
      return [mechanism.name, ...cells.map((cell) => shown(cell, digits))];
    });
    return [
      `#### ${title}`,
      markdownTable(
        [title, ...groups.map((group) => group.split(" ")[0] ?? group)],
        [["with all of them", ...groups.map((group) => meanOf(figureOf(whole, own, group)).toFixed(digits))], ...rows],
      ),
    ].join("\n\n");
  };
  return [
    table("regret, points", (summary, oracle) => bySeed(summary, oracle), 1),
    ...(ofFleets ? [table("throttled attempts, points", ({ throttledPercent }) => [throttledPercent], 1)] : []),
    table("extra requests, points", ({ extraPercent }) => [extraPercent], 1),
    table("P99, seconds", ({ p99Ms }) => [p99Ms / 1_000], 1),
    "#### What stands in their place",
    ablations
      .map(({ mechanism }) => `- **${mechanism.name}**: ${mechanism.without}${ofFleets ? "" : ofContender(mechanism)}.`)
      .join("\n"),
  ].join("\n\n");
}

function bySeed(summary: Summary, oracle: Summary): readonly number[] {
  return summary.effectiveMsBySeed.map((effectiveMs, seed) =>
    regretPercent({ ...summary, effectiveMs }, { ...oracle, effectiveMs: oracle.effectiveMsBySeed[seed]! }),
  );
}

function ofContender({ contender }: Mechanism): string {
  return contender === undefined ? "" : ` (${contender})`;
}

/** Both are in the same order: the same regimes under the same seeds. */
function differenceOf(whole: readonly number[], without: readonly number[]): Difference | undefined {
  if (without.length === 0 || whole.length !== without.length) return undefined;
  const differences = without.map((value, index) => value - (whole[index] ?? Number.NaN));
  const mean = meanOf(differences);
  const variance = meanOf(differences.map((value) => (value - mean) ** 2));
  return { mean, error: Math.sqrt(variance / Math.max(1, differences.length - 1)) };
}

function shown(difference: Difference | undefined, digits: number): string {
  if (difference === undefined) return "";
  const { mean, error } = difference;
  if (Math.abs(mean) < NOTICED || Math.abs(mean) < CLEAR * error) return "·";
  return `${mean > 0 ? "+" : "−"}${Math.abs(mean).toFixed(digits)}`;
}
