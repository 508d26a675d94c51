import { bootstrap, type Interval } from "./bootstrap.ts";
import { isAnswered } from "./call-record.ts";
import { ascending, median, percentile } from "./percentile.ts";
import type { LabResultCell, LabResults } from "./results.ts";

/** What was measured of one cell: ascending durations in milliseconds. */
export interface Samples {
  readonly ttfb: readonly number[];
  readonly total: readonly number[];
}

/** A comparison of two samples. */
export interface Difference {
  /** Median of the first sample: the global profile, or the later run. */
  readonly firstMs: number;
  /** Median of the second sample. */
  readonly secondMs: number;
  /** First minus second median in milliseconds, with its interval. */
  readonly ms: Interval;
  /** The same as a share of the second median. */
  readonly share: Interval;
  /** Whether the interval excludes 0: otherwise no difference was found. */
  readonly found: boolean;
}

/** A global profile beside another route of the same model from the same source Region. */
export interface Pair {
  readonly global: LabResultCell;
  readonly other: LabResultCell;
  readonly calls: { readonly global: number; readonly other: number };
  readonly ttfb: Difference;
  readonly total: Difference;
  /** Share by which the global TTFB is above the other's, minus the same of the total. */
  readonly ttfbMoreThanTotal: Interval;
  /** How much further the 95th percentile of the total lies above the median on the global profile, in milliseconds. */
  readonly tail: Interval;
}

/** The answered, counted calls of every cell. */
export function samplesOf(results: Pick<LabResults, "cells" | "calls">): readonly Samples[] {
  const answered = results.cells.map(() => ({ ttfb: [] as number[], total: [] as number[] }));
  for (const call of results.calls) {
    if (call.round < 1 || !isAnswered(call)) continue;
    answered[call.cell]?.ttfb.push(call.ttfbMs);
    answered[call.cell]?.total.push(call.totalMs);
  }
  return answered.map(({ ttfb, total }) => ({ ttfb: ascending(ttfb), total: ascending(total) }));
}

/** Every pair of which both sides were answered, in the order of the cells. */
export function pairsOf(results: Pick<LabResults, "cells" | "calls">): readonly Pair[] {
  // A report asks for them again and again, and each takes thousands of resamples.
  const known = computed.get(results.calls);
  if (known?.cells === results.cells) return known.pairs;
  const pairs = findPairs(results);
  computed.set(results.calls, { cells: results.cells, pairs });
  return pairs;
}

const computed = new WeakMap<
  LabResults["calls"],
  { readonly cells: LabResults["cells"]; readonly pairs: readonly Pair[] }
>();

function findPairs(results: Pick<LabResults, "cells" | "calls">): readonly Pair[] {
  const samples = samplesOf(results);
  return results.cells.flatMap((other, otherIndex) => {
    if (other.kind === "global") return [];
    const globalIndex = results.cells.findIndex((cell) => cell.kind === "global" && isSamePlace(cell, other));
    const global = results.cells[globalIndex];
    const theirs = samples[globalIndex];
    const own = samples[otherIndex];
    if (global === undefined || !theirs?.total.length || !own?.total.length) return [];
    return [makePair(global, other, theirs, own)];
  });
}

/** Compares two samples: the first may be slower. */
export function difference(first: readonly number[], second: readonly number[]): Difference {
  const ms = bootstrap(first, second, (a, b) => median(a) - median(b));
  return Object.freeze({
    firstMs: median(first),
    secondMs: median(second),
    ms,
    share: bootstrap(first, second, (a, b) => median(a) / median(b) - 1),
    found: ms.low > 0 || ms.high < 0,
  });
}

function isSamePlace(a: LabResultCell, b: LabResultCell): boolean {
  return a.model === b.model && a.sourceRegion === b.sourceRegion && a.measuredFrom === b.measuredFrom;
}

function makePair(global: LabResultCell, other: LabResultCell, theirs: Samples, own: Samples): Pair {
  const tailOf = (sorted: readonly number[]): number => percentile(sorted, 95) - median(sorted);
  return Object.freeze({
    global,
    other,
    calls: { global: theirs.total.length, other: own.total.length },
    ttfb: difference(theirs.ttfb, own.ttfb),
    total: difference(theirs.total, own.total),
    ttfbMoreThanTotal: ttfbMoreThanTotal(theirs, own),
    tail: bootstrap(theirs.total, own.total, (a, b) => tailOf(a) - tailOf(b)),
  });
}

/** TTFB and total of a call belong together, so whole calls are drawn: by their place in both lists. */
function ttfbMoreThanTotal(theirs: Samples, own: Samples): Interval {
  const places = (size: number): readonly number[] => Array.from({ length: size }, (_, index) => index);
  const medianAt = (values: readonly number[], drawn: readonly number[]): number =>
    median(drawn.map((place) => values[place]!));
  return bootstrap(places(theirs.total.length), places(own.total.length), (a, b) => {
    const ttfb = medianAt(theirs.ttfb, a) / medianAt(own.ttfb, b);
    const total = medianAt(theirs.total, a) / medianAt(own.total, b);
    return ttfb - total;
  });
}
