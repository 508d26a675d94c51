import { placeName, profileName } from "../markdown.ts";
import type { Samples } from "../pairs.ts";
import type { LabResultCell } from "../results.ts";
import { type Axis, drawChart, logMarks, type Series } from "./chart.ts";
import { lookOf } from "./look.ts";

/** A route with its durations. */
export interface Measured {
  readonly cell: LabResultCell;
  readonly samples: Samples;
}

/**
 * Durations by percentile, as HdrHistogram's plots have them: the axis of percentiles is logarithmic in what lies beyond,
 * so that 90, 99 and 99.9 % are equally far apart. The routes of one model from one source Region.
 */
export function percentilePlot(routes: readonly Measured[]): string {
  const all = routes.flatMap(({ samples }) => [...samples.ttfb, ...samples.total]);
  const calls = Math.max(...routes.map(({ samples }) => samples.total.length));
  const [min, max] = [Math.min(...all) * 0.9, Math.max(...all) * 1.1];
  const { cell } = routes[0]!;
  return drawChart({
    label: `Percentiles of TTFB and total of ${cell.model} from ${placeName(cell)}: ${routes
      .map(
        ({ cell: one }) =>
          `${profileName(one)} P50 ${one.ttfb?.p50} and ${one.total?.p50} ms, P99 ${one.ttfb?.p99} and ${one.total?.p99} ms`,
      )
      .join("; ")}`,
    width: 360,
    height: 230,
    left: 46,
    x: percentileAxis(calls),
    y: { min: Math.log10(min), max: Math.log10(max), marks: logMarks(min, max) },
    series: routes.flatMap(({ cell: one, samples }) => [curve(one, samples.ttfb, 1.5), curve(one, samples.total, 2.5)]),
  });
}

function percentileAxis(calls: number): Axis {
  const beyond = Math.max(2, Math.ceil(Math.log10(2 * calls)));
  const shares = [0, 0.5, 0.9, 0.99, 0.999, 0.9999].filter((share) => placeOf(share) <= beyond + 1e-9);
  return {
    min: 0,
    max: beyond,
    marks: shares.map((share) => ({ at: placeOf(share), label: `${+(share * 100).toFixed(2)} %` })),
    name: "calls that took no longer",
  };
}

function curve(cell: LabResultCell, sorted: readonly number[], width: number): Series {
  const { color, dash } = lookOf(cell.kind);
  // Each call stands for its slice of the calls, whose middle is drawn.
  const data = sorted.map((ms, index): [number, number] => [
    placeOf((index + 0.5) / sorted.length),
    Math.log10(Math.max(1, ms)),
  ]);
  return {
    type: "line",
    data,
    showSymbol: false,
    lineStyle: { color, width, type: [...dash] },
    itemStyle: { color },
  };
}

function placeOf(share: number): number {
  return -Math.log10(1 - share);
}
