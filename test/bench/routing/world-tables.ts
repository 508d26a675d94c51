import { markdownTable } from "./markdown-table.ts";
import { meanOf, percentileOf, type Summary } from "./measure.ts";
import type { Scoreboard } from "./scoreboard.ts";
import { WORLD_TARGETS } from "./targets.ts";

/** Every contender over all random worlds, best first. */
export function worldTable(board: Scoreboard): string {
  const ranked = [...board.contenders].sort((a, b) => board.meanRegret(a) - board.meanRegret(b));
  return markdownTable(
    [
      `${board.regimes.length} worlds`,
      "mean regret %",
      "median",
      "p90",
      "worst",
      "P95 ×",
      "P99 ×",
      "failed %",
      "extra %",
      "throttled %",
      "switches/h",
    ],
    ["oracle", ...ranked].map((contender) => {
      const regrets = [...board.regretsOf(contender)].sort((a, b) => a - b);
      const mean = (figure: (summary: Summary) => number, digits: number): string =>
        board.mean(contender, figure).toFixed(digits);
      return [
        contender,
        meanOf(regrets).toFixed(1),
        percentileOf(regrets, 0.5).toFixed(1),
        percentileOf(regrets, 0.9).toFixed(1),
        percentileOf(regrets, 1).toFixed(0),
        ratio(board, contender, ({ p95Ms }) => p95Ms),
        ratio(board, contender, ({ p99Ms }) => p99Ms),
        mean(({ failedPercent }) => failedPercent, 2),
        mean(({ extraPercent }) => extraPercent, 1),
        mean(({ throttledPercent }) => throttledPercent, 1),
        mean(({ switchesPerHour }) => switchesPerHour, 0),
      ];
    }),
  );
}

/** World by world against each rival: how much more regret the rival has, and how often who is ahead. */
export function pairTable(board: Scoreboard, contender: string): string {
  const own = board.regretsOf(contender);
  return markdownTable(
    ["rival", "its regret is higher by", "95 % interval", `worlds won by ${contender}`, "lost", "tied"],
    board.contenders
      .filter((rival) => rival !== contender)
      .map((rival) => {
        const differences = board.regretsOf(rival).map((regret, world) => regret - own[world]!);
        const mean = meanOf(differences);
        const deviation = Math.sqrt(meanOf(differences.map((value) => (value - mean) ** 2)));
        const won = differences.filter((value) => value > TIE).length;
        const lost = differences.filter((value) => value < -TIE).length;
        return [
          rival,
          mean.toFixed(2),
          `± ${((1.96 * deviation) / Math.sqrt(differences.length)).toFixed(2)}`,
          String(won),
          String(lost),
          String(differences.length - won - lost),
        ];
      }),
  );
}

/** The targets for the random worlds. */
export function worldTargetTable(
  board: Scoreboard,
  contender: string,
  bandit: string | undefined,
): { readonly table: string; readonly missed: number } {
  const regrets = [...board.regretsOf(contender)].sort((a, b) => a - b);
  const failed = ({ failedPercent }: Summary): number => failedPercent;
  const rows: readonly [string, number, number][] = [
    ["mean regret, %", WORLD_TARGETS.mean, meanOf(regrets)],
    ["p90 of the regret, %", WORLD_TARGETS.p90, percentileOf(regrets, 0.9)],
    [
      "failures above the oracle's, points",
      WORLD_TARGETS.failedAboveOracle,
      board.mean(contender, failed) - board.mean("oracle", failed),
    ],
    ...ofBandit(board, bandit, meanOf(regrets)),
  ];
  return {
    table: markdownTable(
      ["figure", "target", "measured", ""],
      rows.map(([figure, limit, value]) => [
        figure,
        `≤ ${Number(limit.toFixed(2))}`,
        value.toFixed(2),
        value <= limit ? "met" : "**missed**",
      ]),
    ),
    missed: rows.filter(([, limit, value]) => value > limit).length,
  };
}

/** Not worse than the best bandit. */
function ofBandit(board: Scoreboard, bandit: string | undefined, own: number): [string, number, number][] {
  return bandit === undefined ? [] : [[`mean regret, % (${bandit})`, board.meanRegret(bandit), own]];
}

const TIE = 0.5;

/** Geometric mean over the worlds of a figure over the oracle's. */
function ratio(board: Scoreboard, contender: string, figure: (summary: Summary) => number): string {
  const logs = board.regimes.map((world) => Math.log(figure(board.of(world, contender)) / figure(board.oracle(world))));
  return Math.exp(meanOf(logs)).toFixed(2);
}
