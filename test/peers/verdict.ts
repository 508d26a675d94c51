import type { Figures } from "./tally.ts";

/** A figure that contenders are compared by. */
export interface Measure {
  readonly name: string;
  /** Undefined where the figure says nothing. */
  of(figures: Figures, calm: Figures | undefined): number | undefined;
  readonly better: "higher" | "lower";
  /** Up to which difference from `best` two values are a tie. */
  tieWithin(best: number): number;
  format(value: number): string;
}

/** To the time to the first text, by what happens in the scenario. */
export function addedWaitMs({ waitMs }: Figures, calm: Figures | undefined): number | undefined {
  return waitMs === undefined || calm?.waitMs === undefined ? undefined : waitMs - calm.waitMs;
}

/** How one contender does in one figure of one scenario, against the best of the others. */
export interface Verdict {
  readonly measure: Measure;
  readonly result: "ahead" | "tie" | "behind";
  readonly own: number;
  readonly rival: string;
  readonly rivals: number;
}

export const MEASURES: readonly Measure[] = [
  {
    name: "right %",
    of: ({ rightPercent }) => rightPercent,
    better: "higher",
    tieWithin: () => 0.5,
    format: (value) => String(Math.round(value)),
  },
  {
    name: "broken %",
    of: ({ brokenPercent }) => brokenPercent,
    better: "lower",
    tieWithin: () => 0.5,
    format: (value) => String(Math.round(value)),
  },
  {
    name: "extra calls per 100",
    of: ({ extraCallsPercent }) => extraCallsPercent,
    better: "lower",
    tieWithin: () => 1,
    format: (value) => String(Math.round(value)),
  },
  {
    name: "added wait, ms",
    of: addedWaitMs,
    better: "lower",
    // Of a shared machine: what is less than that says nothing.
    tieWithin: (best) => Math.max(75, 0.1 * Math.abs(best)),
    format: (value) => String(Math.round(value)),
  },
  {
    name: "TTFB P50, ms",
    of: ({ ttfbMs }) => ttfbMs?.p50,
    better: "lower",
    tieWithin: (best) => Math.max(75, 0.1 * best),
    format: (value) => String(Math.round(value)),
  },
  {
    name: "TTFB P99, ms",
    of: ({ ttfbMs }) => ttfbMs?.p99,
    better: "lower",
    tieWithin: (best) => Math.max(150, 0.2 * best),
    format: (value) => String(Math.round(value)),
  },
];

/** The same for scenarios that keep inference in the EU. */
export const EU_MEASURE: Measure = {
  name: "calls that may leave the EU",
  of: ({ callsOutsideEu }) => callsOutsideEu,
  better: "lower",
  tieWithin: () => 0,
  format: String,
};

/**
 * Compares `own` with the best of `rivals` in each measure. Whoever ends fewer requests as they should is no rival in
 * the other figures: it is easy to fail fast and with one call.
 */
export function verdicts(
  own: Figures,
  rivals: ReadonlyMap<string, Figures>,
  measures: readonly Measure[],
  calm: ReadonlyMap<string, Figures> = new Map(),
  ownCalm?: Figures,
): readonly Verdict[] {
  const equals = [...rivals].filter(([, { rightPercent }]) => rightPercent >= own.rightPercent - 0.5);
  return measures.flatMap((measure): readonly Verdict[] => {
    const value = measure.of(own, ownCalm);
    const field = measure.name === "right %" ? [...rivals] : equals;
    const values = field.flatMap(([name, figures]) => {
      const theirs = measure.of(figures, calm.get(name));
      return theirs === undefined ? [] : [{ name, theirs }];
    });
    if (value === undefined || values.length === 0) return [];
    const sign = measure.better === "lower" ? 1 : -1;
    const best = values.reduce((a, b) => (sign * b.theirs < sign * a.theirs ? b : a));
    const lead = sign * (best.theirs - value);
    const tie = measure.tieWithin(measure.better === "lower" ? Math.min(best.theirs, value) : best.theirs);
    const result = Math.abs(lead) <= tie ? "tie" : lead > 0 ? "ahead" : "behind";
    return [{ measure, result, own: value, rival: best.name, rivals: best.theirs }];
  });
}
