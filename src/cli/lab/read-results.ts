import { checkRegion } from "../../options/check-region.ts";
import { LAB_SCHEMA, LAB_VERSION } from "../../options/lab-format.ts";
import { array, boolean, either, number, object, oneOf, record, refuse, text } from "../../types/schema.ts";
import { decodeHdr } from "./hdr.ts";
import { readCall } from "./read-call.ts";
import type { LabResults } from "./results.ts";
import { summarise } from "./summarise.ts";

/** Ids and versions: what tables and pages can show as it is. */
const name = text("a name of letters, digits and . : / - _", /^[\w.:/@*+ -]{1,200}$/);
const date = text("a date as ISO 8601, in UTC", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const kind = oneOf("global", "geographic", "in-region");
const region = either([null], checkRegion);
const open = { open: true };

const readFields = object({
  schema: oneOf(LAB_SCHEMA),
  version: oneOf(LAB_VERSION),
  simulated: boolean,
  method: object(
    {
      operation: oneOf("ConverseStream"),
      prompt: text("a text", /(?:)/, Number.POSITIVE_INFINITY),
      maxTokens: number(),
      temperature: number(),
      warmups: number(),
      intervalMs: number(),
      timeoutMs: number(),
    },
    open,
  ),
  measurements: array(
    object(
      {
        startedAt: date,
        finishedAt: date,
        measuredFrom: region,
        runs: number({ whole: true }),
        complete: boolean,
        software: record(name, name, "an object"),
      },
      open,
    ),
  ),
  cells: array(
    object(
      {
        model: name,
        sourceRegion: checkRegion,
        modelId: name,
        kind,
        geography: name,
        destinationRegions: array(name),
        measuredFrom: region,
      },
      open,
    ),
  ),
  missing: array(object({ model: name, sourceRegion: checkRegion, kind }, open)),
  calls: array((call) => call),
});

/** The histogram of a cell, when it has answered calls. */
const readFigures = object({ hdr: text("a text", /(?:)/, Number.POSITIVE_INFINITY) }, open);

/**
 * Reads results from outside. The calls are what counts: every figure is computed from them anew, and a histogram that
 * tells of another number of calls is refused.
 * @throws {@link InvalidOptionsError} naming the field
 */
export function readResults(value: unknown, path: string): LabResults {
  const results = readFields(value, path);
  const calls = array((call, at) => readCall(call, results.cells.length, at))(results.calls, `${path}.calls`);
  const cells = summarise(results.cells, calls);
  const given = (value as { readonly cells: readonly Record<string, unknown>[] }).cells;
  cells.forEach((cell, index) => {
    for (const figure of ["ttfb", "total"] as const) {
      const at = `${path}.cells[${index}].${figure}`;
      checkHistogram(given[index]?.[figure], cell[figure]?.count ?? 0, at);
    }
  });
  return Object.freeze({ ...results, cells, calls });
}

function checkHistogram(figures: unknown, count: number, path: string): void {
  if (figures === null && count === 0) return;
  const { hdr } = readFigures(figures, path);
  let held: number;
  try {
    held = decodeHdr(hdr).totalCount;
  } catch (error) {
    refuse(`${path}.hdr`, `must be an HDR histogram (${(error as Error).message})`, hdr);
  }
  if (held !== count) refuse(`${path}.hdr`, `must hold the ${count} answered calls of its cell`, held);
}
