import { expect, it } from "vitest";
import { compareResults } from "../../../src/cli/lab/compare.ts";
import { around, madeResults } from "./made-results.ts";

it("sets the later run against the earlier one, route by route", () => {
  const before = madeResults([
    [{}, around(766, 0.1)],
    [{ geography: "global" }, around(947, 0.1)],
  ]);
  const after = madeResults([
    [{}, around(1_200, 0.1)],
    [{ sourceRegion: "us-east-1", geography: "us" }, around(860, 0.1)],
  ]);
  const { changes, onlyBefore, onlyAfter } = compareResults(before, after);
  expect(changes).toHaveLength(1);
  expect(changes[0]?.ttfb).toMatchObject({ found: true });
  expect(changes[0]?.ttfb.ms.value).toBeCloseTo(434);
  expect(changes[0]?.calls).toEqual({ before: 30, after: 30 });
  expect(onlyBefore.map(({ geography }) => geography)).toEqual(["global"]);
  expect(onlyAfter.map(({ geography }) => geography)).toEqual(["us"]);
});

it("finds no change between two runs that differ by chance", () => {
  const run = madeResults([[{}, around(766, 0.4)]]);
  const again = madeResults([[{}, around(770, 0.4)]]);
  expect(compareResults(run, again).changes[0]).toMatchObject({ ttfb: { found: false }, total: { found: false } });
});
