import { describe, expect, it } from "vitest";
import { labRoutes } from "../../../src/cli/lab/lab-routes.ts";
import { DEFAULT_LAB_OPTIONS } from "../../../src/cli/lab/options.ts";
import { bundledCatalog } from "../../../src/profiles/bundled-catalog.ts";
import { labCells } from "../../../src/profiles/lab.ts";

describe("labRoutes", () => {
  it("finds the routes that the latency lab measured, and the profiles that it found missing", () => {
    const { routes, missing } = labRoutes(DEFAULT_LAB_OPTIONS, bundledCatalog());
    expect(routes.map(({ key }) => key).sort()).toEqual(
      labCells()
        .map(({ sourceRegion, geography, model }) => `${sourceRegion}|${geography}.${model}`)
        .sort(),
    );
    expect(missing.map(({ sourceRegion, model }) => `${sourceRegion} ${model}`)).toEqual([
      "ap-southeast-1 anthropic.claude-sonnet-4-6",
      "ap-southeast-1 amazon.nova-2-lite-v1:0",
      "ap-southeast-2 amazon.nova-2-lite-v1:0",
    ]);
  });

  it("measures a model in its own Region only on request", () => {
    const model = bundledCatalog()
      .models()
      .find((name) => bundledCatalog().inRegionRegions(name).includes("us-east-1"))!;
    const of = (kinds: readonly ("in-region" | "global")[]): readonly string[] =>
      labRoutes({ models: [model], sourceRegions: ["us-east-1"], kinds }, bundledCatalog()).routes.map(
        ({ kind, modelId }) => `${kind} ${modelId}`,
      );
    expect(of(["in-region"])).toEqual([`in-region ${model}`]);
    expect(of(["global"]).filter((route) => route.startsWith("in-region"))).toEqual([]);
  });
});
