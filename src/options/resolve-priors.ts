import { readFileSync } from "node:fs";
import { type MeasuredRoute, measuredPriors } from "../plan/measured-prior.ts";
import type { PriorLookup } from "../plan/prior.ts";
import { routeKey } from "../types/route.ts";
import { array, boolean, either, number, object, oneOf, refuse, text } from "../types/schema.ts";
import { checkRegion } from "./check-region.ts";
import { LAB_SCHEMA, LAB_VERSION } from "./lab-format.ts";

/**
 * Priors from the results of the user's own lab.
 * @throws {@link InvalidOptionsError} for a file that cannot be read, or results that make no sense
 */
export function resolvePriors(value: unknown, path: string): PriorLookup {
  const results = readResults(typeof value === "string" ? readJson(value, path) : value, path);
  const routes = new Map<string, MeasuredRoute[]>();
  for (const { sourceRegion, modelId, measuredFrom, ttfb, total } of results.cells) {
    if (ttfb === null || total === null || ttfb.count < MIN_SAMPLES) continue;
    const key = routeKey(sourceRegion, modelId);
    routes.set(key, [...(routes.get(key) ?? []), { measuredFrom, ttfb, total }]);
  }
  const dates = results.measurements.map(({ finishedAt }) => finishedAt.slice(0, 10)).sort();
  const date = dates.at(-1) ?? "an unknown date";
  return measuredPriors(routes, `your ${results.simulated ? "simulated " : ""}measurements of ${date}`);
}

/** As many as it takes for live figures to stand alone. */
const MIN_SAMPLES = 10;
const WHAT = `a results.json of npx bedrock-routed-client lab, version ${LAB_VERSION}`;
/** The command writes more than priors are made of. */
const PART = { expected: WHAT, open: true };

const figures = object(
  { count: number({ least: 0 }), p50: number({ least: 1 }), logSpread: number({ least: 0 }) },
  PART,
);
const readResults = object(
  {
    schema: oneOf(LAB_SCHEMA),
    version: oneOf(LAB_VERSION),
    simulated: boolean,
    measurements: array(object({ finishedAt: text("a date (ISO 8601)", /^\d{4}-\d\d-\d\d/) }, PART)),
    cells: array(
      object(
        {
          sourceRegion: checkRegion,
          modelId: text("a model id"),
          measuredFrom: either([null], checkRegion),
          ttfb: either([null], figures),
          total: either([null], figures),
        },
        PART,
      ),
    ),
  },
  PART,
);

function readJson(file: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return refuse(path, `must be ${WHAT}: ${(error as Error).message}`, file);
  }
}
