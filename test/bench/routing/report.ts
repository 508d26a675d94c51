import { products } from "./product.ts";
import {
  conductTable,
  detailTable,
  groupLegend,
  lossTable,
  regretTable,
  targetTable,
  verdict,
} from "./regime-tables.ts";
import type { Scoreboard } from "./scoreboard.ts";
import { pairTable, worldTable, worldTargetTable } from "./world-tables.ts";

/** A part of the benchmark page, and how many targets were missed in it. */
export interface Report {
  readonly text: string;
  readonly missed: number;
}

const BANDIT = "sliding-window UCB, protected";

/** The results of the regimes, as Markdown. */
export function reportRegimes(board: Scoreboard): Report {
  // What options change is told by the first two tables; the defaults are looked at closely.
  const [contender] = ourProducts(board);
  const closely = contender === undefined ? { text: "", missed: 0 } : reportClosely(board, contender);
  const rivals = board.contenders.filter((rival) => !products.some(({ name }) => name === rival));
  const text = [
    ...(contender === undefined || rivals.length === 0 ? [] : [verdict(board, contender, rivals)]),
    "### Regret",
    `Groups, with the number of regimes: ${groupLegend(board)}.`,
    regretTable(board),
    "### Failures, extra requests, price",
    conductTable(board),
    closely.text,
  ].join("\n\n");
  return { text, missed: closely.missed };
}

function reportClosely(board: Scoreboard, contender: string): Report {
  const targets = targetTable(board, contender);
  const rivals = board.contenders.filter((rival) => !products.some(({ name }) => name === rival));
  const text = [
    `### Where ${contender} loses`,
    LOSSES,
    lossTable(board, contender, rivals),
    "### Targets",
    targets.missed === 0 ? "All met." : `${targets.missed} missed.`,
    targets.table,
    `### ${capitalised(contender)}, regime by regime`,
    detailTable(board, contender),
  ].join("\n\n");
  return { text, missed: targets.missed };
}

const LOSSES =
  "Regimes in which a rival's regret is lower by more than half a point. Who always calls the route that happens to be right in a regime needs no learning there.";

/** The results of the random worlds, as Markdown. */
export function reportWorlds(board: Scoreboard): Report {
  const [contender] = ourProducts(board);
  if (contender === undefined) return { text: worldTable(board), missed: 0 };
  const bandit = board.contenders.includes(BANDIT) ? BANDIT : undefined;
  const targets = worldTargetTable(board, contender, bandit);
  const text = [
    worldTable(board),
    "### In pairs",
    "A difference of up to half a point is a tie.",
    pairTable(board, contender),
    "### Targets for the worlds",
    targets.table,
  ].join("\n\n");
  return { text, missed: targets.missed };
}

function ourProducts(board: Scoreboard): readonly string[] {
  return products.map(({ name }) => name).filter((name) => board.contenders.includes(name));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
