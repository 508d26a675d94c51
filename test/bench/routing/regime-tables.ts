import { markdownTable } from "./markdown-table.ts";
import { meanOf, type Summary } from "./measure.ts";
import type { Scoreboard } from "./scoreboard.ts";
import { checkTargets, MEAN_REGRET_TARGET, type TargetResult } from "./targets.ts";

/** Mean regret of every contender in every group of regimes, best first. */
export function regretTable(board: Scoreboard): string {
  const groups = board.groups;
  const ranked = [...board.contenders].sort((a, b) => board.meanRegret(a) - board.meanRegret(b));
  return markdownTable(
    ["regret %", "all", "worst", ...groups.map((group) => group.split(" ")[0] ?? group)],
    ranked.map((contender) => [
      contender,
      short(board.meanRegret(contender)),
      short(Math.max(...board.regretsOf(contender))),
      ...groups.map((group) => short(board.meanRegret(contender, board.regimesOf(group)))),
    ]),
  );
}

/** What the numbers of the groups stand for. */
export function groupLegend(board: Scoreboard): string {
  return board.groups
    .map((group) => {
      const count = board.regimesOf(group).length;
      return `${group}${count === 1 ? "" : ` (${count})`}`;
    })
    .join("; ");
}

/** What every contender costs and causes: the mean over all regimes. */
export function conductTable(board: Scoreboard): string {
  const columns: readonly [string, (summary: Summary) => number, number][] = [
    ["failed %", ({ failedPercent }) => failedPercent, 2],
    ["extra requests %", ({ extraPercent }) => extraPercent, 1],
    ["throttled attempts %", ({ throttledPercent }) => throttledPercent, 1],
    ["switches/h", ({ switchesPerHour }) => switchesPerHour, 0],
    ["price", ({ meanPrice }) => meanPrice, 3],
  ];
  return markdownTable(
    ["mean over the regimes", ...columns.map(([title]) => title)],
    ["oracle", ...board.contenders].map((contender) => [
      contender,
      ...columns.map(([, figure, digits]) => board.mean(contender, figure).toFixed(digits)),
    ]),
  );
}

/** One contender, regime by regime, beside what one has today. */
export function detailTable(board: Scoreboard, contender: string, today: string | undefined): string {
  return markdownTable(
    [
      "regime",
      "regret %",
      "worst seed",
      "mean ms",
      "P50",
      "P95",
      "P99",
      "oracle P99",
      ...(today === undefined ? [] : [`${today}: P99`, "its failed %"]),
      "failed %",
      "extra %",
      "throttled %",
      "switches/h",
      "default %",
      "price",
    ],
    board.regimes.map((regime) => {
      const own = board.of(regime, contender);
      const other = today === undefined ? undefined : board.of(regime, today);
      return [
        regime,
        board.regret(regime, contender).toFixed(1),
        board.worstSeedRegret(regime, contender).toFixed(1),
        ...[own.meanMs, own.p50Ms, own.p95Ms, own.p99Ms, board.oracle(regime).p99Ms].map((ms) => ms.toFixed(0)),
        ...(other === undefined ? [] : [other.p99Ms.toFixed(0), other.failedPercent.toFixed(2)]),
        own.failedPercent.toFixed(2),
        own.extraPercent.toFixed(1),
        own.throttledPercent.toFixed(1),
        own.switchesPerHour.toFixed(0),
        own.onDefaultPercent.toFixed(1),
        own.meanPrice.toFixed(3),
      ];
    }),
  );
}

/** A difference that no decision would be based on. */
const TIE = 0.5;

/** Where another contender is better than this one by more than a tie, the largest losses first. */
export function lossTable(board: Scoreboard, contender: string, rivals: readonly string[]): string {
  const losses = board.regimes.flatMap((regime) => {
    const own = board.regret(regime, contender);
    const better = rivals
      .map((rival) => ({ rival, by: own - board.regret(regime, rival) }))
      .filter(({ by }) => by > TIE)
      .sort((a, b) => b.by - a.by);
    const [best] = better;
    return best === undefined ? [] : [{ regime, own, count: better.length, ...best }];
  });
  losses.sort((a, b) => b.by - a.by);
  return markdownTable(
    ["regime", "regret %", "best rival", "better by", "rivals ahead"],
    losses.map(({ regime, own, rival, by, count }) => [
      regime,
      own.toFixed(1),
      rival,
      by.toFixed(1),
      `${count} of ${rivals.length}`,
    ]),
  );
}

/** Every target with what was measured; the missed ones first. */
export function targetTable(board: Scoreboard, contender: string): { readonly table: string; readonly missed: number } {
  const results: readonly TargetResult[] = [...checkTargets(board, contender), overall(board, contender)];
  const sorted = [...results].sort((a, b) => Number(a.met) - Number(b.met));
  return {
    table: markdownTable(
      ["regime", "figure", "target", "measured", ""],
      sorted.map(({ regime, figure, target, measured, met }) => [
        regime,
        figure,
        target,
        measured,
        met ? "met" : "**missed**",
      ]),
    ),
    missed: results.filter(({ met }) => !met).length,
  };
}

function overall(board: Scoreboard, contender: string): TargetResult {
  const regrets = board.regretsOf(contender);
  return {
    regime: `mean of ${regrets.length} regimes`,
    figure: "regret",
    target: `≤ ${MEAN_REGRET_TARGET} %`,
    measured: `${meanOf(regrets).toFixed(2)} %`,
    met: meanOf(regrets) <= MEAN_REGRET_TARGET,
  };
}

function short(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1);
}
