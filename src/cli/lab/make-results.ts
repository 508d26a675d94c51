import { LAB_SCHEMA, LAB_VERSION } from "../../options/lab-format.ts";
import type { Route } from "../../types/route.ts";
import type { CallRecord } from "./call-record.ts";
import type { LabRoutes } from "./lab-routes.ts";
import type { LabOptions } from "./options.ts";
import type { CellFacts, LabResults } from "./results.ts";
import { summarise } from "./summarise.ts";

/** What a run was, beside its calls. */
export interface RunFacts extends LabRoutes {
  readonly options: LabOptions;
  readonly simulated: boolean;
  /** Wall-clock times in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly complete: boolean;
  readonly software: Readonly<Record<string, string>>;
}

/** The results of one run. */
export function makeResults(run: RunFacts, calls: readonly CallRecord[]): LabResults {
  const { options, simulated } = run;
  const { prompt, maxTokens, temperature, warmups, intervalMs, timeoutMs } = options;
  const cells = run.routes.map((route) => cellFacts(route, placeOf(route, options.measuredFrom, simulated)));
  return Object.freeze({
    schema: LAB_SCHEMA,
    version: LAB_VERSION,
    simulated,
    method: Object.freeze({
      operation: "ConverseStream" as const,
      prompt,
      maxTokens,
      temperature,
      warmups,
      intervalMs,
      timeoutMs,
    }),
    measurements: Object.freeze([
      Object.freeze({
        startedAt: new Date(run.startedAt).toISOString(),
        finishedAt: new Date(run.finishedAt).toISOString(),
        measuredFrom: options.measuredFrom,
        runs: options.runs,
        complete: run.complete,
        software: run.software,
      }),
    ]),
    cells: summarise(cells, calls),
    missing: run.missing,
    calls: Object.freeze([...calls]),
  });
}

/** The simulator stands next to the caller in every Region, unless the caller is put somewhere. */
function placeOf(route: Route, measuredFrom: string | null, simulated: boolean): string | null {
  return measuredFrom ?? (simulated ? route.sourceRegion : null);
}

function cellFacts(route: Route, measuredFrom: string | null): CellFacts {
  const { model, sourceRegion, modelId, kind, geography, destinationRegions } = route;
  return { model, sourceRegion, modelId, kind: kind as CellFacts["kind"], geography, destinationRegions, measuredFrom };
}
