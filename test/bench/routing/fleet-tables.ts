import { markdownTable } from "./markdown-table.ts";
import type { Summary } from "./measure.ts";
import { fleets, products } from "./product.ts";
import type { Report } from "./report.ts";
import type { Scoreboard } from "./scoreboard.ts";

const ALONE = products[0]?.name ?? "";
const [SHARED = "", HANDED_OVER = ""] = fleets.map(({ name }) => name);

/** What a shared store must reach: the figures of the study behind it, and half a point. */
const TARGETS: readonly (readonly [regime: RegExp, figure: "regret" | "throttled", limit: number])[] = [
  [/^F1 /, "regret", 0.8],
  [/^F1 /, "throttled", 1.1],
  [/^F1c /, "regret", 0.9],
  [/^F1c /, "throttled", 0.9],
  [/^F2 /, "regret", 5.5],
  [/^F3 /, "regret", 3.2],
  [/^F3e /, "regret", 1.5],
  [/^F4 /, "regret", -1.8],
  [/^F5 /, "regret", 3.1],
  [/^F6 /, "regret", 1],
  [/^L0 /, "regret", 0.9],
  [/^L1 /, "regret", 1],
  [/^L2 /, "regret", 0.3],
  [/^L3 /, "regret", 1.4],
  [/^L4 /, "regret", 1.6],
  [/^L4 /, "throttled", 1.5],
  [/^3m /, "regret", 1.4],
  [/^3m /, "throttled", 1.8],
  [/^8b /, "regret", 1.5],
  [/^8c /, "regret", 0.3],
  [/^8f /, "regret", 1.4],
  [/^F3o /, "regret", 12.8],
  [/^F3eo /, "regret", 2],
  [/^F3s /, "regret", 3],
];

/** What sharing is worth, as Markdown. */
export function reportFleets(board: Scoreboard): Report {
  const has = (contender: string): boolean => board.contenders.includes(contender);
  const ways = [ALONE, HANDED_OVER, SHARED].filter(has);
  const rows = board.regimes.map((regime) => [
    regime,
    ...ways.map((way) => {
      const { p99Ms, extraPercent, throttledPercent } = board.of(regime, way);
      const regret = board.regret(regime, way).toFixed(1);
      return `${regret} / ${p99Ms.toFixed(0)} / ${extraPercent.toFixed(1)} / ${throttledPercent.toFixed(1)}`;
    }),
  ]);
  const targets = has(SHARED) ? checked(board) : [];
  const missed = targets.filter(({ met }) => !met).length;
  const text = [
    "Regret %, P99 in ms, extra requests %, throttled attempts %.",
    markdownTable(["", ...ways.map((way) => way.replace("this library", "").replace(", ", "") || "alone")], rows),
    "### Targets of sharing",
    missed === 0 ? "All met." : `${missed} of ${targets.length} missed.`,
    markdownTable(
      ["regime", "figure", "target", "measured", ""],
      targets.map(({ regime, figure, limit, value, met }) => [
        regime,
        figure,
        `≤ ${limit} %`,
        `${value.toFixed(2)} %`,
        met ? "met" : "**missed**",
      ]),
    ),
  ].join("\n\n");
  return { text, missed };
}

interface Checked {
  readonly regime: string;
  readonly figure: string;
  readonly limit: number;
  readonly value: number;
  readonly met: boolean;
}

function checked(board: Scoreboard): readonly Checked[] {
  return TARGETS.flatMap(([pattern, figure, limit]) =>
    board.regimes
      .filter((regime) => pattern.test(regime))
      .map((regime) => {
        const own: Summary = board.of(regime, SHARED);
        const value = figure === "regret" ? board.regret(regime, SHARED) : own.throttledPercent;
        return { regime, figure, limit, value, met: value <= limit };
      }),
  );
}
