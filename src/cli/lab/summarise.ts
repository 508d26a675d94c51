import { type AnsweredCall, type CallRecord, isAnswered } from "./call-record.ts";
import { encodeHdr } from "./hdr.ts";
import { ascending, logSpread, percentile } from "./percentile.ts";
import type { CellFacts, Distribution, FirstCall, LabResultCell } from "./results.ts";

/** The cells with their figures, from the calls. */
export function summarise(cells: readonly CellFacts[], calls: readonly CallRecord[]): readonly LabResultCell[] {
  const byCell = cells.map((): CallRecord[] => []);
  for (const call of calls) byCell[call.cell]?.push(call);
  const connecting = connectingCalls(cells, calls);
  return Object.freeze(
    cells.map((facts, index) => {
      const counted = (byCell[index] ?? []).filter(({ round }) => round > 0);
      const first = (byCell[index] ?? []).find(({ round }) => round <= 0);
      const answered = counted.filter(isAnswered);
      return Object.freeze({
        ...facts,
        calls: counted.length,
        failures: failuresOf(counted),
        ...(first !== undefined && isAnswered(first) ? { firstCall: firstCall(first, connecting.has(first)) } : {}),
        ttfb: distribution(answered.map(({ ttfbMs }) => ttfbMs)),
        total: distribution(answered.map(({ totalMs }) => totalMs)),
      });
    }),
  );
}

/** The figures of a list of durations; `null` for none. */
export function distribution(durationsMs: readonly number[]): Distribution | null {
  if (durationsMs.length === 0) return null;
  const sorted = ascending(durationsMs);
  const at = (percent: number): number => rounded(percentile(sorted, percent));
  return Object.freeze({
    count: sorted.length,
    min: sorted[0]!,
    mean: rounded(sorted.reduce((sum, value) => sum + value, 0) / sorted.length),
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    max: sorted.at(-1)!,
    logSpread: logSpread(sorted),
    hdr: encodeHdr(sorted),
  });
}

function firstCall({ ttfbMs, totalMs }: AnsweredCall, connected: boolean): FirstCall {
  return Object.freeze({ ttfbMs, totalMs, connected });
}

/** The SDK keeps a connection for each source Region: the first call to one sets it up. */
function connectingCalls(cells: readonly CellFacts[], calls: readonly CallRecord[]): ReadonlySet<CallRecord> {
  const seen = new Set<string>();
  const first = new Set<CallRecord>();
  for (const call of calls) {
    const facts = cells[call.cell];
    const place = `${facts?.measuredFrom} ${facts?.sourceRegion}`;
    if (!seen.has(place)) first.add(call);
    seen.add(place);
  }
  return first;
}

function failuresOf(calls: readonly CallRecord[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { failure } of calls) {
    if (failure === undefined) continue;
    const name = `${failure.kind}/${failure.family}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.freeze(counts);
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
