import { checkRegion } from "../../options/check-region.ts";
import { LAB_SCHEMA, LAB_VERSION } from "../../options/lab-format.ts";
import { InvalidOptionsError } from "../../types/errors.ts";
import { received } from "../../util/received.ts";
import { decodeHdr } from "./hdr.ts";
import type { MissingRoute } from "./lab-routes.ts";
import { fieldsOf, readCall } from "./read-call.ts";
import type { CellFacts, LabMethod, LabResults, Measurement } from "./results.ts";
import { summarise } from "./summarise.ts";

/**
 * Reads results from outside. The calls are what counts: every figure is computed from them anew, and a histogram that
 * tells of another number of calls is refused.
 * @throws {@link InvalidOptionsError} naming the field
 */
export function readResults(value: unknown, path: string): LabResults {
  const results = fieldsOf(value, path);
  if (results.schema !== LAB_SCHEMA) {
    throw new InvalidOptionsError(`${path}.schema`, `must be ${JSON.stringify(LAB_SCHEMA)}`, received(results.schema));
  }
  if (results.version !== LAB_VERSION) {
    throw new InvalidOptionsError(`${path}.version`, `must be ${LAB_VERSION}`, received(results.version));
  }
  if (typeof results.simulated !== "boolean") {
    throw new InvalidOptionsError(`${path}.simulated`, "must be true or false", received(results.simulated));
  }
  const rawCells = list(results.cells, `${path}.cells`);
  const facts = rawCells.map((cell, index) => readCell(cell, `${path}.cells[${index}]`));
  const calls = list(results.calls, `${path}.calls`).map((call, index) =>
    readCall(call, facts.length, `${path}.calls[${index}]`),
  );
  const cells = summarise(facts, calls);
  cells.forEach((cell, index) => {
    for (const name of ["ttfb", "total"] as const) {
      checkHistogram(rawCells[index], name, cell[name]?.count ?? 0, `${path}.cells[${index}].${name}`);
    }
  });
  return Object.freeze({
    schema: LAB_SCHEMA,
    version: LAB_VERSION,
    simulated: results.simulated,
    method: readMethod(results.method, `${path}.method`),
    measurements: list(results.measurements, `${path}.measurements`).map((one, index) =>
      readMeasurement(one, `${path}.measurements[${index}]`),
    ),
    cells,
    missing: list(results.missing, `${path}.missing`).map((one, index) =>
      readMissing(one, `${path}.missing[${index}]`),
    ),
    calls: Object.freeze(calls),
  });
}

function readCell(value: unknown, path: string): CellFacts {
  const cell = fieldsOf(value, path);
  const { model, sourceRegion, modelId, kind, geography, destinationRegions, measuredFrom } = cell;
  checkRegion(sourceRegion, `${path}.sourceRegion`);
  if (measuredFrom !== null) checkRegion(measuredFrom, `${path}.measuredFrom`);
  name(model, `${path}.model`);
  name(modelId, `${path}.modelId`);
  name(geography, `${path}.geography`);
  oneOf(kind, ["global", "geographic", "in-region"], `${path}.kind`);
  const destinations = list(destinationRegions, `${path}.destinationRegions`);
  destinations.forEach((region, index) => {
    name(region, `${path}.destinationRegions[${index}]`);
  });
  return { model, sourceRegion, modelId, kind, geography, destinationRegions, measuredFrom } as CellFacts;
}

function checkHistogram(cell: unknown, field: string, count: number, path: string): void {
  const figures = (cell as Record<string, unknown>)[field];
  if (figures === null && count === 0) return;
  const { hdr } = fieldsOf(figures, path);
  if (typeof hdr !== "string") throw new InvalidOptionsError(`${path}.hdr`, "must be a text", received(hdr));
  let held: number;
  try {
    held = decodeHdr(hdr).totalCount;
  } catch (error) {
    throw new InvalidOptionsError(`${path}.hdr`, "must be an HDR histogram", (error as Error).message);
  }
  if (held !== count) {
    throw new InvalidOptionsError(`${path}.hdr`, `must hold the ${count} answered calls of its cell`, String(held));
  }
}

function readMethod(value: unknown, path: string): LabMethod {
  const { operation, prompt, maxTokens, temperature, warmups, intervalMs, timeoutMs } = fieldsOf(value, path);
  oneOf(operation, ["ConverseStream"], `${path}.operation`);
  if (typeof prompt !== "string") throw new InvalidOptionsError(`${path}.prompt`, "must be a text", received(prompt));
  for (const [field, number] of Object.entries({ maxTokens, temperature, warmups, intervalMs, timeoutMs })) {
    if (typeof number !== "number" || !Number.isFinite(number)) {
      throw new InvalidOptionsError(`${path}.${field}`, "must be a number", received(number));
    }
  }
  return { operation, prompt, maxTokens, temperature, warmups, intervalMs, timeoutMs } as LabMethod;
}

function readMeasurement(value: unknown, path: string): Measurement {
  const { startedAt, finishedAt, measuredFrom, runs, complete, software } = fieldsOf(value, path);
  for (const [field, date] of Object.entries({ startedAt, finishedAt })) {
    if (typeof date !== "string" || !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(date)) {
      throw new InvalidOptionsError(`${path}.${field}`, "must be a date as ISO 8601, in UTC", received(date));
    }
  }
  if (measuredFrom !== null) checkRegion(measuredFrom, `${path}.measuredFrom`);
  if (!Number.isInteger(runs)) throw new InvalidOptionsError(`${path}.runs`, "must be a whole number", received(runs));
  if (typeof complete !== "boolean") {
    throw new InvalidOptionsError(`${path}.complete`, "must be true or false", received(complete));
  }
  for (const [part, version] of Object.entries(fieldsOf(software, `${path}.software`))) {
    name(version, `${path}.software.${part}`);
  }
  return { startedAt, finishedAt, measuredFrom, runs, complete, software } as Measurement;
}

function readMissing(value: unknown, path: string): MissingRoute {
  const { model, sourceRegion, kind } = fieldsOf(value, path);
  name(model, `${path}.model`);
  checkRegion(sourceRegion, `${path}.sourceRegion`);
  oneOf(kind, ["global", "geographic", "in-region"], `${path}.kind`);
  return { model, sourceRegion, kind } as MissingRoute;
}

function list(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new InvalidOptionsError(path, "must be a list", received(value));
}

/** Ids and versions: what tables and pages can show as it is. */
function name(value: unknown, path: string): void {
  if (typeof value === "string" && /^[\w.:/@*+ -]{1,200}$/.test(value)) return;
  throw new InvalidOptionsError(path, "must be a name of letters, digits and . : / - _", received(value));
}

function oneOf(value: unknown, allowed: readonly string[], path: string): void {
  if (typeof value === "string" && allowed.includes(value)) return;
  throw new InvalidOptionsError(path, `must be ${allowed.join(", ")}`, received(value));
}
