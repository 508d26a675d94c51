import type { Colors } from "picocolors/types.js";
import { textTable } from "../util/text-table.ts";
import type { TallyCounts, TallyRow } from "./logs/tally.ts";

/** What the logs say, as `--json` prints it. */
export interface InferredRegions extends Readonly<TallyCounts> {
  readonly files: number;
  /** Files of directories that are skipped because their names are not those of logs. */
  readonly leftOut: number;
  readonly rows: readonly TallyRow[];
  /** The first places that could not be read; `unreadable` counts them all. */
  readonly problems: readonly string[];
}

/** Where inference ran, as a table for a person. */
export function renderTally(
  { files, leftOut, rows, ran, failed, other, unreadable }: InferredRegions,
  colors: Colors,
): string {
  const lines = rows.length === 0 ? ["No inference found."] : table(rows, colors);
  const outside = rows.filter((row) => row.outside).reduce((sum, { count }) => sum + count, 0);
  const implied = rows.reduce((sum, { count, stated }) => sum + count - stated, 0);
  lines.push("", `Calls: ${ran} ran, ${failed} failed. Other records: ${other}. Files: ${files}.`);
  if (leftOut > 0) lines.push(`Skipped files (not logs by name): ${leftOut}.`);
  if (implied > 0) {
    lines.push(
      `Counted in the source Region because the log names no other, as AWS does for requests that it did not forward: ${implied}.`,
    );
  }
  if (unreadable > 0) lines.push(colors.red(`Unreadable records, so the table is incomplete: ${unreadable}.`));
  if (outside > 0) lines.push(colors.red(`Calls outside the residency: ${outside}.`));
  return `${lines.join("\n")}\n`;
}

const HEAD = ["log", "source Region", "profile", "ran in", "calls", "share", "p50", "p95", "TTFB p50", "p95", ""];
/** Columns that hold words; the others hold numbers. */
const TEXT_COLUMNS = 4;

function table(rows: readonly TallyRow[], colors: Colors): string[] {
  const [head = "", rule = "", ...lines] = textTable(HEAD, rows.map(cellsOf), TEXT_COLUMNS);
  return [head, rule, ...lines.map((line, index) => (rows[index]?.outside === true ? colors.red(line) : line))];
}

function cellsOf({
  log,
  sourceRegion,
  profile,
  inferenceRegion,
  count,
  share,
  latency,
  firstByte,
  outside,
}: TallyRow): readonly string[] {
  const duration = (samples: number, value: number): string => (samples === 0 ? "-" : `${Math.round(value)} ms`);
  return [
    log,
    sourceRegion,
    profile,
    inferenceRegion,
    String(count),
    `${(share * 100).toFixed(1)} %`,
    duration(latency.count, latency.p50),
    duration(latency.count, latency.p95),
    duration(firstByte.count, firstByte.p50),
    duration(firstByte.count, firstByte.p95),
    outside ? "OUTSIDE" : "",
  ];
}
