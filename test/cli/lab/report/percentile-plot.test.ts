import { expect, it } from "vitest";
import { percentilePlot } from "../../../../src/cli/lab/report/percentile-plot.ts";
import { around, madeResults } from "../made-results.ts";
import { measuredRoutes, pathsIn } from "./plots.ts";

const results = madeResults([
  [{ geography: "global" }, around(947, 0.3)],
  [{}, around(766, 0.2)],
]);

it("draws TTFB and total of each route over an axis of percentiles that grows with the calls", () => {
  const svg = percentilePlot(measuredRoutes(results));
  expect(pathsIn(svg, "global")).toHaveLength(2);
  expect(pathsIn(svg, "geographic")).toHaveLength(2);
  for (const mark of ["0 %", "50 %", "90 %", "99 %"]) expect(svg).toContain(`>${mark}</text>`);
  expect(svg).not.toContain(">99.9 %</text>");
  expect(percentilePlot(measuredRoutes(madeResults([[{}, around(766, 0.2, 300)]])))).toContain(">99.9 %</text>");
});

it("gives the figures to those who do not see it", () => {
  expect(percentilePlot(measuredRoutes(results))).toMatch(
    /aria-label="Percentiles .*global P50 947 and 2447 ms, .*eu P50 766/,
  );
});
