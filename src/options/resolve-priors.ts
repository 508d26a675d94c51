import { readFileSync } from "node:fs";
import { type MeasuredFigures, type MeasuredRoute, measuredPriors } from "../plan/measured-prior.ts";
import { type PriorLookup, priorOf } from "../plan/prior.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { routeKey } from "../types/route.ts";
import { received } from "../util/received.ts";
import { checkRegion } from "./check-region.ts";
import { LAB_SCHEMA, LAB_VERSION } from "./lab-format.ts";

/**
 * Priors from the results of the user's own lab, or the built-in ones.
 * @throws {@link InvalidOptionsError} for a file that cannot be read, or results that make no sense
 */
export function resolvePriors(value: unknown, path: string): PriorLookup {
  if (value === undefined) return priorOf;
  const results = fields(typeof value === "string" ? read(value, path) : value, path);
  expectValue(results.schema === LAB_SCHEMA && results.version === LAB_VERSION, `${path}.schema`, WHAT, results.schema);
  expectValue(typeof results.simulated === "boolean", `${path}.simulated`, "must be true or false", results.simulated);
  const dates = list(results.measurements, `${path}.measurements`).map((one, index) => {
    const at = `${path}.measurements[${index}]`;
    const { finishedAt } = fields(one, at);
    expectValue(
      /^\d{4}-\d\d-\d\d/.test(String(finishedAt)),
      `${at}.finishedAt`,
      "must be a date (ISO 8601)",
      finishedAt,
    );
    return String(finishedAt).slice(0, 10);
  });
  const routes = new Map<string, MeasuredRoute[]>();
  list(results.cells, `${path}.cells`).forEach((cell, index) => {
    const at = `${path}.cells[${index}]`;
    const { sourceRegion, modelId, measuredFrom, ttfb, total } = fields(cell, at);
    checkRegion(sourceRegion, `${at}.sourceRegion`);
    if (measuredFrom !== null) checkRegion(measuredFrom, `${at}.measuredFrom`);
    expectValue(typeof modelId === "string", `${at}.modelId`, "must be a model id", modelId);
    if (ttfb === null || total === null) return;
    const route = {
      measuredFrom: measuredFrom as string | null,
      ttfb: figures(ttfb, `${at}.ttfb`),
      total: figures(total, `${at}.total`),
    };
    if (route.ttfb.count < MIN_SAMPLES) return;
    const key = routeKey(sourceRegion as string, modelId as string);
    routes.set(key, [...(routes.get(key) ?? []), route]);
  });
  const date = dates.sort().at(-1) ?? "an unknown date";
  return measuredPriors(routes, `your ${results.simulated ? "simulated " : ""}measurements of ${date}`);
}

const WHAT = `must be a results.json of npx bedrock-routed-client lab, version ${LAB_VERSION}`;
/** As many as it takes for live figures to stand alone. */
const MIN_SAMPLES = 10;

function read(file: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new InvalidOptionsError(path, `${WHAT}: ${(error as Error).message}`, received(file));
  }
}

function figures(value: unknown, path: string): MeasuredFigures {
  const { count, p50, logSpread } = fields(value, path);
  for (const [name, number] of Object.entries({ count, p50, logSpread })) {
    const isPossible = typeof number === "number" && Number.isFinite(number) && number >= (name === "p50" ? 1 : 0);
    expectValue(isPossible, `${path}.${name}`, `must be a number of at least ${name === "p50" ? 1 : 0}`, number);
  }
  return { count, p50, logSpread } as MeasuredFigures;
}

function fields(value: unknown, path: string): Readonly<Record<string, unknown>> {
  expectValue(typeof value === "object" && value !== null && !Array.isArray(value), path, WHAT, value);
  return value as Record<string, unknown>;
}

function list(value: unknown, path: string): readonly unknown[] {
  expectValue(Array.isArray(value), path, "must be a list", value);
  return value as readonly unknown[];
}

function expectValue(holds: boolean, path: string, expectation: string, value: unknown): void {
  if (!holds) throw new InvalidOptionsError(path, expectation, received(value));
}
