import type { CallRecord } from "../../../src/cli/lab/call-record.ts";
import type { CellFacts, LabResults } from "../../../src/cli/lab/results.ts";
import { summarise } from "../../../src/cli/lab/summarise.ts";
import { LAB_SCHEMA, LAB_VERSION } from "../../../src/options/lab-format.ts";

export const CLAUDE = "anthropic.claude-sonnet-4-6";

/** TTFB and total of each call of a route; a text is the family of a failure. */
export type Brought = readonly (readonly [ttfbMs: number, totalMs: number] | string)[];

/** 2026-04-12T00:00:00Z */
export const START = 1_775_952_000_000;

export function cellFacts(parts: Partial<CellFacts> = {}): CellFacts {
  const { sourceRegion = "eu-central-1", geography = "eu" } = parts;
  return {
    model: CLAUDE,
    modelId: `${geography}.${parts.model ?? CLAUDE}`,
    kind: geography === "global" ? "global" : "geographic",
    destinationRegions: geography === "global" ? ["*"] : [sourceRegion],
    measuredFrom: sourceRegion,
    ...parts,
    sourceRegion,
    geography,
  };
}

/** Results with exactly these calls, round after round. */
export function madeResults(
  routes: readonly (readonly [Partial<CellFacts>, Brought])[],
  parts: Partial<LabResults> = {},
): LabResults {
  const cells = routes.map(([facts]) => cellFacts(facts));
  const calls: CallRecord[] = [];
  for (let round = 1; round <= Math.max(...routes.map(([, brought]) => brought.length)); round += 1) {
    routes.forEach(([, brought], cell) => {
      const one = brought[round - 1];
      if (one === undefined) return;
      const call = { cell, round, startedAt: START + calls.length * 1_000 };
      calls.push(
        typeof one === "string"
          ? { ...call, failure: { kind: "throttled", family: one, afterMs: 5 } }
          : { ...call, ttfbMs: one[0], totalMs: one[1], inputTokens: 20, outputTokens: 100 },
      );
    });
  }
  return {
    schema: LAB_SCHEMA,
    version: LAB_VERSION,
    simulated: false,
    method: {
      operation: "ConverseStream",
      prompt: "Hello",
      maxTokens: 200,
      temperature: 0.1,
      warmups: 0,
      intervalMs: 500,
      timeoutMs: 300_000,
    },
    measurements: [
      {
        startedAt: "2026-04-12T00:00:00.000Z",
        finishedAt: "2026-04-12T00:10:00.000Z",
        measuredFrom: "eu-central-1",
        runs: 30,
        complete: true,
        software: { node: "20.20.2" },
      },
    ],
    cells: summarise(cells, calls),
    missing: [],
    calls,
    ...parts,
  };
}

/** Durations around a median, evenly from `1 - spread` to `1 + spread` of it; the total is 1500 ms more. */
export function around(ttfbMs: number, spread: number, count = 30): Brought {
  return Array.from({ length: count }, (_, index): readonly [number, number] => {
    const ttfb = ttfbMs * (1 - spread + (2 * spread * index) / (count - 1));
    return [ttfb, ttfb + 1_500];
  });
}
