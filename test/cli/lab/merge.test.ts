import { describe, expect, it } from "vitest";
import { mergeResults } from "../../../src/cli/lab/merge.ts";
import { around, madeResults } from "./made-results.ts";

const frankfurt = madeResults([[{}, around(766, 0.2)]]);
const tokyo = madeResults([[{ sourceRegion: "ap-northeast-1", geography: "jp" }, around(663, 0.2)]]);

describe("mergeResults", () => {
  it("joins runs made on machines in different Regions", () => {
    const merged = mergeResults([
      { name: "frankfurt", results: frankfurt },
      { name: "tokyo", results: tokyo },
    ]);
    expect(merged.cells.map(({ sourceRegion, ttfb }) => [sourceRegion, Math.round(ttfb!.p50)])).toEqual([
      ["eu-central-1", 766],
      ["ap-northeast-1", 663],
    ]);
    expect(merged.calls).toHaveLength(60);
    expect(merged.measurements).toHaveLength(2);
  });

  it("pools a route that was measured twice from the same place, and keeps it apart from another place", () => {
    const fromTokyo = madeResults([[{ measuredFrom: "ap-northeast-1" }, around(990, 0.2)]]);
    const merged = mergeResults([
      { name: "monday", results: frankfurt },
      { name: "tuesday", results: frankfurt },
      { name: "tokyo", results: fromTokyo },
    ]);
    expect(merged.cells.map(({ measuredFrom, calls }) => [measuredFrom, calls])).toEqual([
      ["eu-central-1", 60],
      ["ap-northeast-1", 30],
    ]);
  });

  it("refuses runs that sent something else, and simulated beside measured ones", () => {
    const other = { ...tokyo, method: { ...tokyo.method, maxTokens: 500 } };
    const merge = (results: typeof tokyo) => () =>
      mergeResults([
        { name: "a", results: frankfurt },
        { name: "b", results },
      ]);
    expect(merge(other)).toThrow("b.method.maxTokens must be 200 as in a, got 500");
    expect(merge({ ...tokyo, simulated: true })).toThrow("b must be measured like a: the two do not mix");
  });
});
