import { LatencyHistogram } from "../../health/latency-histogram.ts";
import type { Residency } from "../../plan/residency.ts";
import { residencyViolations, resolveResidency } from "../../plan/residency.ts";
import type { Percentiles } from "../../types/statistics.ts";
import type { Invocation } from "./invocation.ts";
import type { LogEntry } from "./read-log.ts";

/** Where the calls of one profile from one source Region ran. JSON-serialisable. */
export interface TallyRow {
  readonly log: Invocation["log"];
  readonly sourceRegion: string;
  readonly profile: string;
  readonly inferenceRegion: string;
  readonly count: number;
  /** Of the calls of the profile from the source Region in this kind of log. */
  readonly share: number;
  /** How many of them say so; the others ran in the source Region because the log states nothing. */
  readonly stated: number;
  /** Whole duration in milliseconds, where the log tells. */
  readonly latency: Percentiles;
  readonly firstByte: Percentiles;
  /** Whether the Region breaks the residency. */
  readonly outside: boolean;
}

/** How many records there were of each sort. */
export interface TallyCounts {
  ran: number;
  failed: number;
  other: number;
  unreadable: number;
}

interface Cell {
  readonly invocation: Invocation;
  readonly latency: LatencyHistogram;
  readonly firstByte: LatencyHistogram;
  count: number;
  stated: number;
}

/** Counts calls by log, source Region, profile and inference Region. Its size depends on how many of those there are. */
export class Tally {
  readonly counts: TallyCounts = { ran: 0, failed: 0, other: 0, unreadable: 0 };
  readonly #cells: Map<string, Cell> = new Map();

  add(entry: LogEntry): void {
    if (entry.kind !== "invocation") {
      this.counts[entry.kind] += 1;
      return;
    }
    const { invocation } = entry;
    if (invocation.failed) {
      this.counts.failed += 1;
      return;
    }
    this.counts.ran += 1;
    const key = `${groupKey(invocation)}|${invocation.inferenceRegion}`;
    const cell: Cell = this.#cells.get(key) ?? {
      invocation,
      latency: new LatencyHistogram(),
      firstByte: new LatencyHistogram(),
      count: 0,
      stated: 0,
    };
    this.#cells.set(key, cell);
    cell.count += 1;
    if (invocation.stated) cell.stated += 1;
    if (invocation.latencyMs !== undefined) cell.latency.record(invocation.latencyMs);
    if (invocation.firstByteMs !== undefined) cell.firstByte.record(invocation.firstByteMs);
  }

  /**
   * The table, most frequent first within each profile and source Region.
   * @param homeRegion - what the residency `"home"` means; each call's own source Region by default
   */
  rows(residency: Residency, homeRegion?: string): readonly TallyRow[] {
    const totals = new Map<string, number>();
    for (const { invocation, count } of this.#cells.values()) {
      const key = groupKey(invocation);
      totals.set(key, (totals.get(key) ?? 0) + count);
    }
    return [...this.#cells.values()]
      .map(({ invocation, latency, firstByte, count, stated }) => {
        const { log, sourceRegion, profile, inferenceRegion } = invocation;
        const allowed = resolveResidency(residency, homeRegion ?? sourceRegion);
        return {
          log,
          sourceRegion,
          profile,
          inferenceRegion,
          count,
          share: count / (totals.get(groupKey(invocation)) ?? count),
          stated,
          latency: latency.percentiles(),
          firstByte: firstByte.percentiles(),
          outside: residencyViolations([inferenceRegion], allowed).length > 0,
        };
      })
      .sort((one, other) => groupKey(one).localeCompare(groupKey(other), "en") || other.count - one.count);
  }
}

function groupKey({ log, sourceRegion, profile }: Pick<Invocation, "log" | "sourceRegion" | "profile">): string {
  return `${log}|${sourceRegion}|${profile}`;
}
