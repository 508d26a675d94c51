import type { Summary } from "./measure.ts";
import type { Scoreboard } from "./scoreboard.ts";

/** A figure that the library must reach in a regime. */
export interface TargetResult {
  readonly regime: string;
  readonly figure: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

interface Figures {
  readonly own: Summary;
  readonly oracle: Summary;
  readonly regret: number;
}

interface Target {
  readonly regimes: RegExp;
  readonly figure: string;
  readonly limit: number;
  readonly unit: string;
  readonly better: "lower" | "higher";
  value(figures: Figures): number;
}

/** Holds the results of a contender against the targets; regimes that were not run are left out. */
export function checkTargets(board: Scoreboard, contender: string): readonly TargetResult[] {
  return TARGETS.flatMap((target) =>
    board.regimes
      .filter((regime) => target.regimes.test(regime))
      .map((regime): TargetResult => {
        const own = board.of(regime, contender);
        const value = target.value({ own, oracle: board.oracle(regime), regret: board.regret(regime, contender) });
        return {
          regime,
          figure: target.figure,
          target: `${target.better === "lower" ? "≤" : "≥"} ${target.limit}${target.unit}`,
          measured: `${Number.isFinite(value) ? Number(value.toFixed(2)) : "never"}${Number.isFinite(value) ? target.unit : ""}`,
          met: target.better === "lower" ? value <= target.limit : value >= target.limit,
        };
      }),
  );
}

/** The mean regret over all regimes. */
export const MEAN_REGRET_TARGET = 2;
/** Of the random worlds. */
export const WORLD_TARGETS = { mean: 3.5, p90: 12, failedAboveOracle: 0.1 } as const;

const ALL_STATIONARY = /^1 stationary/;

const TARGETS: readonly Target[] = [
  atMost(ALL_STATIONARY, "regret", 1, " %", ({ regret }) => regret),
  atMost(ALL_STATIONARY, "extra requests", 2.5, " %", extra),
  atLeast(/^1 stationary (?!Nova us-west-2)/, "answers from the default", 95, " %", onDefault),
  atLeast(/^1 stationary Nova us-west-2/, "answers from the default", 80, " %", onDefault),
  atLeast(ALL_STATIONARY, "first pick is the lab's rule", 100, " %", ({ own }) => own.ruleFirstPercent),
  atMost(/^2a/, "regret", 3, " %", ({ regret }) => regret),
  atMost(/^2a/, "away within", 60, " requests", after("away")),
  atMost(/^2a/, "back within", 200, " requests", after("back")),
  atMost(/^2d/, "regret", 4, " %", ({ regret }) => regret),
  atMost(/^3 throttling at (0.5|1|1.5)×/, "regret", 1.5, " %", ({ regret }) => regret),
  atMost(/^3m? throttling at (0.5|1|1.5)×/, "failures", 0, " %", failures),
  atMost(/^3 throttling at 3×/, "failures above the oracle's", 0.3, " points", failuresAboveOracle),
  atMost(/^4a/, "regret", 1.5, " %", ({ regret }) => regret),
  atMost(/^4[abc]/, "failures", 0, " %", failures),
  atMost(/^4[bc]/, "P99", 3, " s", p99),
  atMost(/^4[bc]/, "extra requests", 1.5, " %", extra),
  atMost(/^5a/, "P99", 3.5, " s", p99),
  atMost(/^5b/, "P99", 6, " s", p99),
  atMost(/^5[ab]/, "extra requests", 2.5, " %", extra),
  atMost(/^5c/, "P50", 0.43, " s", ({ own }) => own.p50Ms / 1_000),
  atMost(/^5c/, "P99", 0.9, " s", p99),
  atMost(/^6 /, "P99", 4, " s", p99),
  atMost(/^6 /, "extra requests", 4.5, " %", extra),
  atMost(/^7b? /, "regret", 2.5, " %", ({ regret }) => regret),
  atMost(/^7m? /, "right within", 120, " requests", after("start")),
  atMost(/^8a/, "regret", 0.5, " %", ({ regret }) => regret),
  atMost(/^7m/, "regret", 4, " %", ({ regret }) => regret),
  // The price of not taking a slow workload for a slow route; a store takes it back.
  atMost(/^8b/, "regret", 20, " %", ({ regret }) => regret),
  atMost(/^8c/, "regret", 4, " %", ({ regret }) => regret),
  atMost(/^8f/, "regret", 38, " %", ({ regret }) => regret),
  atMost(/^8f/, "P99", 6, " s", p99),
  atMost(/^8f/, "failures", 0, " %", failures),
  atMost(/^(9|11)/, "regret", 6, " %", ({ regret }) => regret),
  atMost(/^10/, "extra requests", 1.5, " %", extra),
  atMost(/^13m? /, "regret", 3.5, " %", ({ regret }) => regret),
  atMost(/^13m? /, "extra requests", 2.5, " %", extra),
  atMost(/^13L/, "regret", 4.5, " %", ({ regret }) => regret),
  atMost(/^13L/, "extra requests", 4, " %", extra),
  // A few of so many requests meet a rare long answer.
  atMost(/^14[abc]/, "extra requests around it", 2, "", ({ own }) => own.afterHoldUp?.extra ?? Number.NaN),
  atMost(/^14[abc]/, "of the next 60 elsewhere", 2, "", ({ own }) => own.afterHoldUp?.elsewhere ?? Number.NaN),
  atMost(/^15/, "extra requests of the flex tier", 0, " %", ({ own }) => own.flexExtraPercent ?? Number.NaN),
  atMost(/^10/, "P99 over the oracle's", 1.15, "×", ({ own, oracle }) => own.p99Ms / oracle.p99Ms),
];

function atMost(
  regimes: RegExp,
  figure: string,
  limit: number,
  unit: string,
  value: (figures: Figures) => number,
): Target {
  return { regimes, figure, limit, unit, better: "lower", value };
}

function atLeast(...[regimes, figure, limit, unit, value]: Parameters<typeof atMost>): Target {
  return { regimes, figure, limit, unit, better: "higher", value };
}

function extra({ own }: Figures): number {
  return own.extraPercent;
}

function onDefault({ own }: Figures): number {
  return own.onDefaultPercent;
}

function failures({ own }: Figures): number {
  return own.failedPercent;
}

function failuresAboveOracle({ own, oracle }: Figures): number {
  return own.failedPercent - oracle.failedPercent;
}

function p99({ own }: Figures): number {
  return own.p99Ms / 1_000;
}

function after(shift: "away" | "back" | "start"): (figures: Figures) => number {
  return ({ own }) => own.shifts[shift] ?? Number.POSITIVE_INFINITY;
}
