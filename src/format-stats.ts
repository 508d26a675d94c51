import type { RouteStats } from "./statistics.ts";

/**
 * Live statistics as a table of plain text, one line a route, durations in milliseconds.
 * @example
 * ```ts
 * console.log(formatStats(client.routing.stats()));
 * ```
 */
export function formatStats(stats: readonly RouteStats[]): string {
  const rows = stats.map(rowOf);
  const widths = HEAD.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column < TEXT_COLUMNS ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [line(HEAD), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const HEAD = [
  "source Region",
  "modelId",
  "kind of request",
  "attempts",
  "failed",
  "backups won",
  "TTFB p50",
  "p95",
  "p99",
  "total p50",
  "p95",
];
/** Columns that hold words; the others hold numbers. */
const TEXT_COLUMNS = 3;

function rowOf({
  route,
  workload,
  streaming,
  attempts,
  failures,
  backups,
  ttfb,
  total,
}: RouteStats): readonly string[] {
  const failed = Object.entries(failures).filter(([, count]) => count > 0);
  return [
    route.sourceRegion,
    route.modelId,
    `${streaming ? "stream" : "unary"}${workload === "default" ? "" : ` ${workload}`}`,
    String(attempts),
    failed.length === 0 ? "0" : failed.map(([kind, count]) => `${count} ${kind}`).join(", "),
    backups.started === 0 ? "0" : `${backups.won} of ${backups.started}`,
    ...[ttfb.p50, ttfb.p95, ttfb.p99].map((value) => durationOf(ttfb.count, value)),
    ...[total.p50, total.p95].map((value) => durationOf(total.count, value)),
  ];
}

function durationOf(count: number, value: number): string {
  return count === 0 ? "-" : String(Math.round(value));
}
