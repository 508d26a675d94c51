import { describe, expect, it } from "vitest";
import { compareCatalogs, sameRegions } from "../../src/profiles/compare-catalogs.ts";
import { catalogOf } from "../simulator/worlds.ts";

const before = catalogOf(
  [
    { id: "us.acme.model", destinations: { "us-east-1": ["us-east-1", "us-west-2"], "us-west-2": ["us-west-2"] } },
    { id: "us.acme.old", destinations: { "us-east-1": ["us-east-1"] } },
  ],
  { "acme.model": ["us-east-1"] },
);
const after = catalogOf(
  [
    { id: "us.acme.model", destinations: { "us-east-1": ["us-west-2", "us-east-1", "us-east-2"], "us-west-2": [] } },
    { id: "global.acme.model", destinations: { "us-east-1": ["*"] } },
  ],
  { "acme.new": ["us-east-1"] },
);

describe("compareCatalogs", () => {
  it("tells what was added, removed, or runs elsewhere, for the given Regions", () => {
    expect(compareCatalogs(before, after, ["us-east-1"])).toEqual([
      change("removed", "acme.model", "acme.model", ["us-east-1"], []),
      change("added", "global.acme.model", "acme.model", [], ["*"]),
      change(
        "destinations",
        "us.acme.model",
        "acme.model",
        ["us-east-1", "us-west-2"],
        ["us-west-2", "us-east-1", "us-east-2"],
      ),
      change("added", "acme.new", "acme.new", [], ["us-east-1"]),
      change("removed", "us.acme.old", "acme.old", ["us-east-1"], []),
    ]);
    expect(compareCatalogs(before, after, ["eu-west-1"])).toEqual([]);
    expect(compareCatalogs(before, before, ["us-east-1", "us-west-2"])).toEqual([]);
  });
});

describe("sameRegions", () => {
  it("does not mind the order", () => {
    expect(sameRegions(["a", "b"], ["b", "a"])).toBe(true);
    expect(sameRegions(["a"], ["a", "b"])).toBe(false);
    expect(sameRegions(["a", "c"], ["a", "b"])).toBe(false);
  });
});

function change(kind: string, modelId: string, model: string, from: readonly string[], to: readonly string[]): object {
  return { kind, modelId, model, sourceRegion: "us-east-1", before: from, after: to };
}
