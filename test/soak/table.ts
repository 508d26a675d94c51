import type { SoakFigures } from "./soak.ts";
import { heap } from "./verdict.ts";

/** The figures of a run as a Markdown table. */
export function tableOf(figures: SoakFigures, concurrency: number): string {
  const { requests, seconds, operations, ends, clients, attempts, calls, resources } = figures;
  const { before, after } = heap(figures);
  const outcomes: Record<string, number> = {};
  for (const { attempts: told } of clients) {
    for (const [outcome, count] of Object.entries(told.outcomes)) outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
  }
  const sum = (of: "failovers" | "backups"): number => clients.reduce((total, client) => total + client[of], 0);
  const rows: readonly (readonly [string, string])[] = [
    ["requests", count(requests)],
    ["by operation", list(operations)],
    ["how they ended", list(ends)],
    ["attempts by HTTP version", clients.map(({ name, attempts: told }) => `${name} ${count(told.told)}`).join(", ")],
    ["attempts by outcome", list(outcomes)],
    ["failovers; backups", `${count(sum("failovers"))}; ${count(sum("backups"))}`],
    [
      "attempts told by events = by reports = by statistics",
      [attempts.events, attempts.reports, attempts.statistics].map(count).join(" = "),
    ],
    ["… ended before the SDK had built a request", count(calls.neverBuilt)],
    ["… sent, and cancelled on the way", count(calls.cancelledOnTheWay)],
    ["… sent into a connection that broke", count(calls.lostWithTheConnection)],
    ["… received by the server; received twice", `${count(calls.received)}; ${count(calls.receivedTwice)}`],
    ["unhandled rejections, process warnings, wrong answers", count(figures.complaints.length)],
    ["listeners left on a long-lived abort signal", count(figures.sharedSignalListeners)],
    ["heap after the warm-up, at the end", `${megabytes(before)}, ${megabytes(after)}`],
    ["handles after the warm-up", list(resources[0]?.handles ?? {})],
    ["handles at the end", list(resources.at(-1)?.handles ?? {})],
    [
      "open files and sockets after the warm-up, at the end",
      `${resources[0]?.descriptors}, ${resources.at(-1)?.descriptors}`,
    ],
    [
      "time",
      `${Math.round(seconds)} s, ${Math.round(requests / seconds)} requests a second, ${concurrency} at once, Node.js ${process.version}`,
    ],
  ];
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function list(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return entries.map(([name, value]) => `${name} ${count(value)}`).join(", ");
}
