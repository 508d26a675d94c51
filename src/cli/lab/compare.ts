import { cellKey } from "./merge.ts";
import { type Difference, difference, samplesOf } from "./pairs.ts";
import type { LabResultCell, LabResults } from "./results.ts";

/** A route in two runs. */
export interface Change {
  readonly cell: LabResultCell;
  readonly calls: { readonly before: number; readonly after: number };
  /** The later run first, the earlier one second. */
  readonly ttfb: Difference;
  readonly total: Difference;
}

/** Two runs side by side. */
export interface Comparison {
  readonly changes: readonly Change[];
  /** Routes of one run only, or without an answer in one of them. */
  readonly onlyBefore: readonly LabResultCell[];
  readonly onlyAfter: readonly LabResultCell[];
}

/** Compares every route that both runs measured from the same place. */
export function compareResults(before: LabResults, after: LabResults): Comparison {
  const [earlier, later] = [samplesOf(before), samplesOf(after)];
  const answered = (results: LabResults): readonly LabResultCell[] =>
    results.cells.filter(({ total }) => total !== null);
  const beforeKeys = new Map(answered(before).map((cell) => [cellKey(cell), before.cells.indexOf(cell)]));
  const afterKeys = new Set(answered(after).map(cellKey));
  const changes = answered(after).flatMap((cell): Change[] => {
    const from = earlier[beforeKeys.get(cellKey(cell)) ?? -1];
    const to = later[after.cells.indexOf(cell)];
    if (from === undefined || to === undefined) return [];
    return [
      Object.freeze({
        cell,
        calls: { before: from.total.length, after: to.total.length },
        ttfb: difference(to.ttfb, from.ttfb),
        total: difference(to.total, from.total),
      }),
    ];
  });
  return Object.freeze({
    changes: Object.freeze(changes),
    onlyBefore: answered(before).filter((cell) => !afterKeys.has(cellKey(cell))),
    onlyAfter: answered(after).filter((cell) => !beforeKeys.has(cellKey(cell))),
  });
}
