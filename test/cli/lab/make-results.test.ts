import { expect, it } from "vitest";
import { labRoutes } from "../../../src/cli/lab/lab-routes.ts";
import { makeResults } from "../../../src/cli/lab/make-results.ts";
import { DEFAULT_LAB_OPTIONS } from "../../../src/cli/lab/options.ts";
import { readResults } from "../../../src/cli/lab/read-results.ts";
import { bundledCatalog } from "../../../src/profiles/bundled-catalog.ts";
import { START } from "./made-results.ts";

const planned = labRoutes(DEFAULT_LAB_OPTIONS, bundledCatalog());
const run = {
  ...planned,
  options: DEFAULT_LAB_OPTIONS,
  simulated: false,
  startedAt: START,
  finishedAt: START + 60_000,
  complete: true,
  software: { node: "20.20.2" },
};

it("makes results that can be read again", () => {
  const results = makeResults(run, [{ cell: 3, round: 1, startedAt: START, ttfbMs: 5, totalMs: 10 }]);
  expect(readResults(JSON.parse(JSON.stringify(results)), "r")).toEqual(results);
  expect(results.measurements[0]?.startedAt).toBe("2026-04-12T00:00:00.000Z");
  expect(results.missing).toHaveLength(3);
});

it("knows the place of the machine only from its owner, and stands next to every Region in a simulation", () => {
  const places = (parts: Partial<typeof run>): readonly (string | null)[] => [
    ...new Set(makeResults({ ...run, ...parts }, []).cells.map(({ measuredFrom }) => measuredFrom)),
  ];
  expect(places({})).toEqual([null]);
  expect(places({ options: { ...DEFAULT_LAB_OPTIONS, measuredFrom: "eu-west-1" } })).toEqual(["eu-west-1"]);
  expect(places({ simulated: true })).toEqual([...DEFAULT_LAB_OPTIONS.sourceRegions]);
});
