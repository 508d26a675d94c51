import { expect, it } from "vitest";
import { distributionPlot } from "../../../../src/cli/lab/report/distribution-plot.ts";
import { around, madeResults } from "../made-results.ts";
import { measuredRoutes, pathsIn } from "./plots.ts";

it("draws a dot for every call, and a bar and a median for every route", () => {
  const routes = measuredRoutes(
    madeResults([
      [{ geography: "global" }, around(947, 0.3, 12)],
      [{}, around(766, 0.2, 17)],
    ]),
  );
  const svg = distributionPlot(routes, "ttfb");
  expect(svg.match(/fill="var\(--global\)"/g)).toHaveLength(12);
  expect(svg.match(/fill="var\(--geographic\)"/g)).toHaveLength(17);
  expect(pathsIn(svg, "ink")).toHaveLength(2);
  expect(svg).toMatch(/>eu-central-1 +global<\/text>/);
  expect(svg).toContain("TTFB of every call");
});
