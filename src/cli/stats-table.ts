import Table from "cli-table3";
import type { RouteStats } from "../statistics.ts";

/** Live statistics as a plain-text table, durations in milliseconds. */
export function statsTable(stats: readonly RouteStats[]): string {
  const table = new Table({
    head: ["source Region", "modelId", "attempts", "failed", "p50 TTFB", "p95 TTFB", "p50 total", "p95 total"],
    colAligns: ["left", "left", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const { route, attempts, failures, ttfb, total } of stats) {
    const failed = Object.entries(failures).filter(([, count]) => count > 0);
    table.push([
      route.sourceRegion,
      route.modelId,
      attempts,
      failed.length === 0 ? "0" : failed.map(([kind, count]) => `${count} ${kind}`).join(", "),
      ms(ttfb.count, ttfb.p50),
      ms(ttfb.count, ttfb.p95),
      ms(total.count, total.p50),
      ms(total.count, total.p95),
    ]);
  }
  return `${table.toString()}\n`;
}

function ms(count: number, value: number): string {
  return count === 0 ? "–" : String(Math.round(value));
}
