import { expect, it } from "vitest";
import * as words from "../../../src/cli/lab/words.ts";
import { madeResults } from "./made-results.ts";

it("writes figures the way people read them", () => {
  expect([words.ms(821.6), words.signedMs(12.4), words.signedMs(-12.6), words.signedMs(0.2)]).toEqual([
    "822 ms",
    "+12 ms",
    "−13 ms",
    "±0 ms",
  ]);
  expect([words.percent(0.127), words.signedPercent(-0.0312), words.signedPercent(0)]).toEqual([
    "12.7 %",
    "−3.1 %",
    "±0.0 %",
  ]);
  expect([words.plural(1, "call"), words.plural(2, "call")]).toEqual(["1 call", "2 calls"]);
  expect([words.list([]), words.list(["a"]), words.list(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
  expect([5_000, 65_000, 3_720_000].map(words.durationInWords)).toEqual(["5 s", "1 min 05 s", "1 h 02 min"]);
  expect([2.5, 0.456, 0.0123].map(words.usd)).toEqual(["$2.50", "$0.46", "$0.012"]);
});

it("says from where a route was measured when that is elsewhere", () => {
  const { cells } = madeResults(
    [
      [{}, []],
      [{ measuredFrom: "us-east-1" }, []],
      [{ measuredFrom: null }, []],
    ].map(([facts]) => [facts as object, []] as const),
  );
  expect(cells.map(words.nameOf).map((name) => name.replace(/.*4-6 /, ""))).toEqual([
    "from eu-central-1",
    "from eu-central-1, measured from us-east-1",
    "from eu-central-1, measured from an unknown place",
  ]);
});
