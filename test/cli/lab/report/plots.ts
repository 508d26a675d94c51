import { samplesOf } from "../../../../src/cli/lab/pairs.ts";
import type { Measured } from "../../../../src/cli/lab/report/percentile-plot.ts";
import type { LabResults } from "../../../../src/cli/lab/results.ts";

/** Every route of results with its durations. */
export function measuredRoutes(results: LabResults): readonly Measured[] {
  const samples = samplesOf(results);
  return results.cells.map((cell, index) => ({ cell, samples: samples[index]! }));
}

/** Points of the lines of a drawing in a colour. */
export function pathsIn(svg: string, color: string): readonly string[] {
  return [...svg.matchAll(/<path d="([^"]+)"[^>]*stroke="(var\([^"]+\))"/g)].flatMap(([, path = "", stroke]) =>
    stroke === `var(--${color})` ? [path] : [],
  );
}
