import type { RouteStats } from "../types/statistics.ts";
import { textTable } from "../util/text-table.ts";

/**
 * Live statistics as a table of plain text, one line a route, durations in milliseconds. Backups, tokens per second and
 * cost have a column when there is anything to show in it; a cost that leaves out answers without a known price is marked with `+`.
 * @example
 * ```ts
 * console.log(formatStats(client.routing.stats()));
 * ```
 */
export function formatStats(stats: readonly RouteStats[]): string {
  const columns = COLUMNS.filter(
    ([, cellOf, wanted]) => wanted === "always" || stats.some((row) => cellOf(row) !== NOTHING),
  );
  const rows = stats.map((entry) => columns.map(([, cellOf]) => cellOf(entry)));
  const head = columns.map(([name]) => name);
  return textTable(head, rows, TEXT_COLUMNS).join("\n");
}

type Column = readonly [name: string, cellOf: (stats: RouteStats) => string, wanted: "always" | "if-known"];

const NOTHING = "-";
/** Columns that hold words; the others hold numbers. */
const TEXT_COLUMNS = 3;

const COLUMNS: readonly Column[] = [
  ["source Region", ({ route }) => route.sourceRegion, "always"],
  ["modelId", ({ route }) => route.modelId, "always"],
  ["kind of request", kindOf, "always"],
  ["attempts", ({ attempts }) => String(attempts), "always"],
  ["failed", failed, "always"],
  ["backups won", ({ backups: { started, won } }) => (started === 0 ? NOTHING : `${won} of ${started}`), "if-known"],
  ["TTFB p50", ({ ttfb }) => durationOf(ttfb.count, ttfb.p50), "always"],
  ["p95", ({ ttfb }) => durationOf(ttfb.count, ttfb.p95), "always"],
  ["p99", ({ ttfb }) => durationOf(ttfb.count, ttfb.p99), "always"],
  ["total p50", ({ total }) => durationOf(total.count, total.p50), "always"],
  ["p95", ({ total }) => durationOf(total.count, total.p95), "always"],
  ["tok/s", ({ outputTokensPerSecond: rate }) => (rate === undefined ? NOTHING : String(Math.round(rate))), "if-known"],
  ["cost $", costOf, "if-known"],
];

function kindOf({ streaming, workload, serviceTier, latency }: RouteStats): string {
  const parts = [streaming ? "stream" : "unary", workload === "default" ? undefined : workload, serviceTier, latency];
  return parts.filter((part) => part !== undefined).join(" ");
}

function costOf({ cost }: RouteStats): string {
  if (cost?.usd === undefined) return NOTHING;
  return `${cost.usd.toPrecision(3)}${cost.unpricedAnswers > 0 ? "+" : ""}`;
}

function failed({ failures }: RouteStats): string {
  const kinds = Object.entries(failures).filter(([, count]) => count > 0);
  return kinds.length === 0 ? "0" : kinds.map(([kind, count]) => `${count} ${kind}`).join(", ");
}

function durationOf(count: number, value: number): string {
  return count === 0 ? NOTHING : String(Math.round(value));
}
