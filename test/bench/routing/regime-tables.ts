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

/** One contender, regime by regime. */
export function detailTable(board: Scoreboard, contender: string): string {
  return markdownTable(
    ["regime", "regret %", "worst seed", "P99 s", "oracle's", "failed %", "extra %", "default %"],
    board.regimes.map((regime) => {
      const own = board.of(regime, contender);
      return [
        regime,
        short(board.regret(regime, contender)),
        short(board.worstSeedRegret(regime, contender)),
        ...[own.p99Ms, board.oracle(regime).p99Ms].map((ms) => (ms / 1_000).toFixed(1)),
        own.failedPercent.toFixed(2),
        own.extraPercent.toFixed(1),
        own.onDefaultPercent.toFixed(0),
      ];
    }),
  );
}

/** In a few lines: where the contender wins, ties and loses against whichever rival is best there, and what it misses. */
export function verdict(board: Scoreboard, contender: string, rivals: readonly string[]): string {
  const standings = board.groups.map((group) => {
    const regimes = board.regimesOf(group);
    const own = board.meanRegret(contender, regimes);
    const others = rivals.map((rival) => ({ rival, regret: board.meanRegret(rival, regimes) }));
    const best = others.reduce((least, other) => (other.regret < least.regret ? other : least));
    return { group, own, best, by: best.regret - own };
  });
  const listed = (wanted: (by: number) => boolean, detail: boolean): string =>
    standings
      .filter(({ by }) => wanted(by))
      .sort((a, b) => a.by - b.by)
      .map(({ group, own, best }) =>
        detail ? `${group} (${short(own)} against ${short(best.regret)} of "${best.rival}")` : group,
      )
      .join("; ") || "none";
  const overall = rivals
    .map((rival) => ({ rival, regret: board.meanRegret(rival) }))
    .sort((x, y) => x.regret - y.regret);
  const results = checkTargets(board, contender);
  const missed = results.filter(({ met }) => !met);
  const [next] = overall;
  return [
    `- **All ${board.regimes.length} regimes**: mean regret ${short(board.meanRegret(contender))} %; the best rival, "${next?.rival}", has ${short(next?.regret ?? Number.NaN)} %.`,
    "- In each group it is held against the rival that is best *there*, of all that were run: mostly another one, often a rule that never changes and happens to be right.",
    `- **Wins** by more than half a point: ${listed((by) => by > TIE, false)}.`,
    `- **Ties**: ${listed((by) => Math.abs(by) <= TIE, false)}.`,
    `- **Loses**: ${listed((by) => by < -TIE, true)}.`,
    `- **Targets**: ${results.length - missed.length} of ${results.length} met${missed.length === 0 ? "" : `; missed: ${missed.map(({ regime, figure, measured, target }) => `${regime}, ${figure} ${measured} (${target})`).join("; ")}`}.`,
  ].join("\n");
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

/** The targets with the worst that was measured in the regimes of each; the missed ones first. */
export function targetTable(board: Scoreboard, contender: string): { readonly table: string; readonly missed: number } {
  const results: readonly TargetResult[] = [...checkTargets(board, contender), overall(board, contender)];
  const rows = new Map<string, { of: TargetResult; count: number; missed: number }>();
  for (const result of results) {
    const key = `${result.regime.split(" ")[0]} ${result.figure} ${result.target}`;
    const row = rows.get(key) ?? { of: result, count: 0, missed: 0 };
    row.count += 1;
    if (!result.met) row.missed += 1;
    if (isWorse(result, row.of)) row.of = result;
    rows.set(key, row);
  }
  const sorted = [...rows.values()].sort((a, b) => Number(b.missed > 0) - Number(a.missed > 0));
  return {
    table: markdownTable(
      ["worst regime", "figure", "target", "measured", ""],
      sorted.map(({ of: { regime, figure, target, measured }, count, missed }) => [
        count === 1 ? regime : `${regime} (of ${count})`,
        figure,
        target,
        measured,
        missed === 0 ? "met" : `**missed**${count === 1 ? "" : ` in ${missed}`}`,
      ]),
    ),
    missed: results.filter(({ met }) => !met).length,
  };
}

function isWorse(a: TargetResult, b: TargetResult): boolean {
  const value = ({ measured }: TargetResult): number => Number.parseFloat(measured.replace("never", "Infinity"));
  return a.target.startsWith("≤") ? value(a) > value(b) : value(a) < value(b);
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
