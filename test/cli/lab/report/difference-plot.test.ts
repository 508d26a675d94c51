import { expect, it } from "vitest";
import { pairsOf } from "../../../../src/cli/lab/pairs.ts";
import { differencePlot } from "../../../../src/cli/lab/report/difference-plot.ts";
import { around, madeResults } from "../made-results.ts";

it("draws a difference that was found full, and one that may be chance hollow, and says so in words", () => {
  const draw = (otherMs: number): string =>
    differencePlot(
      pairsOf(
        madeResults([
          [{ geography: "global" }, around(947, 0.3)],
          [{}, around(otherMs, 0.3)],
        ]),
      ),
    );
  expect(draw(500)).not.toContain('fill="var(--paper)"');
  expect(draw(500)).toContain("TTFB +447 ms");
  expect(draw(940).match(/fill="var\(--paper\)"/g)).toHaveLength(2);
  expect(draw(940)).toContain("no difference found (+7 ms)");
});
