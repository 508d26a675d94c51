import { InvalidOptionsError } from "../../types/errors.ts";
import { routeKey } from "../../types/route.ts";
import { received } from "../../util/received.ts";
import type { CallRecord } from "./call-record.ts";
import type { CellFacts, LabMethod, LabResults } from "./results.ts";
import { summarise } from "./summarise.ts";

/** Results and where they come from, for messages. */
export interface NamedResults {
  readonly name: string;
  readonly results: LabResults;
}

/**
 * Joins runs that were made apart: on machines in several Regions, or on several days. A route that was measured from
 * the same place in several of them becomes one cell with all its calls; from another place it is another cell.
 * @throws {@link InvalidOptionsError} when the runs differ in what they sent, or simulated ones meet real ones
 */
export function mergeResults(runs: readonly NamedResults[]): LabResults {
  const [first, ...others] = runs;
  if (first === undefined) throw new InvalidOptionsError("lab.merge", "needs at least one results file");
  for (const other of others) refuseOtherMethod(first, other);
  const cells: CellFacts[] = [];
  const indexes = new Map<string, number>();
  const calls: CallRecord[] = [];
  for (const { results } of runs) {
    const places = results.cells.map((cell) => {
      const key = cellKey(cell);
      const known = indexes.get(key) ?? cells.length;
      if (known === cells.length) cells.push(factsOf(cell));
      indexes.set(key, known);
      return known;
    });
    for (const call of results.calls) calls.push(Object.freeze({ ...call, cell: places[call.cell]! }));
  }
  calls.sort((a, b) => a.startedAt - b.startedAt);
  return Object.freeze({
    ...first.results,
    measurements: Object.freeze(runs.flatMap(({ results }) => results.measurements)),
    cells: summarise(cells, calls),
    missing: Object.freeze(withoutRepeats(runs.flatMap(({ results }) => results.missing))),
    calls: Object.freeze(calls),
  });
}

/** What makes two cells the same: the route and the place from which it was measured. */
export function cellKey(cell: CellFacts): string {
  return `${cell.measuredFrom ?? "unknown"} ${routeKey(cell.sourceRegion, cell.modelId)}`;
}

function factsOf(cell: CellFacts): CellFacts {
  const { model, sourceRegion, modelId, kind, geography, destinationRegions, measuredFrom } = cell;
  return { model, sourceRegion, modelId, kind, geography, destinationRegions, measuredFrom };
}

function refuseOtherMethod(first: NamedResults, other: NamedResults): void {
  if (first.results.simulated !== other.results.simulated) {
    throw new InvalidOptionsError(
      other.name,
      `must be ${first.results.simulated ? "simulated" : "measured"} like ${first.name}: the two do not mix`,
    );
  }
  for (const name of Object.keys(first.results.method) as (keyof LabMethod)[]) {
    const [expected, got] = [first.results.method[name], other.results.method[name]];
    if (expected === got) continue;
    throw new InvalidOptionsError(
      `${other.name}.method.${name}`,
      `must be ${received(expected)} as in ${first.name}`,
      received(got),
    );
  }
}

function withoutRepeats<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
