import { placeName, profileName } from "../markdown.ts";
import { percentile } from "../percentile.ts";
import { drawChart, logMarks, type Series } from "./chart.ts";
import { lookOf } from "./look.ts";
import type { Measured } from "./percentile-plot.ts";

/** Every call of every route of a model as a dot; the bar goes from P5 to P95, the long mark is the median. */
export function distributionPlot(routes: readonly Measured[], metric: "ttfb" | "total"): string {
  const all = routes.flatMap(({ samples }) => samples[metric]);
  const [min, max] = [Math.min(...all) * 0.85, Math.max(...all) * 1.15];
  const model = routes[0]!.cell.model;
  return drawChart({
    label: `${metric === "ttfb" ? "TTFB" : "Total"} of every call of ${model}: ${routes
      .map(({ cell }) => `${placeName(cell)} ${profileName(cell)} P50 ${cell[metric]?.p50} ms`)
      .join("; ")}`,
    width: 430,
    height: 44 + 26 * routes.length,
    left: 128,
    x: { min: Math.log10(min), max: Math.log10(max), marks: logMarks(min, max) },
    y: {
      min: -0.5,
      max: routes.length - 0.5,
      inverse: true,
      marks: routes.map(({ cell }, row) => ({ at: row, label: `${placeName(cell)}  ${profileName(cell)}` })),
    },
    series: routes.flatMap(({ cell, samples }, row) => rowOf(cell, samples[metric], row)),
  });
}

function rowOf(cell: Measured["cell"], sorted: readonly number[], row: number): readonly Series[] {
  const { color } = lookOf(cell.kind);
  const at = (percent: number): number => Math.log10(percentile(sorted, percent));
  return [
    {
      type: "scatter",
      symbol: lookOf(cell.kind).symbol,
      symbolSize: 4,
      itemStyle: { color, opacity: 0.55 },
      data: sorted.map((ms, index) => [Math.log10(ms), row + 0.27 * offset(index)]),
    },
    segment([at(5), row], [at(95), row], color, 2),
    segment([at(50), row - 0.36], [at(50), row + 0.36], "var(--ink)", 2.5),
  ];
}

function segment(from: readonly [number, number], to: readonly [number, number], color: string, width: number): Series {
  return {
    type: "line",
    showSymbol: false,
    data: [[...from], [...to]],
    lineStyle: { color, width, cap: "butt" },
    itemStyle: { color },
  };
}

/** Spreads neighbouring dots evenly from -1 to 1, so that they do not hide each other. */
function offset(index: number): number {
  return 2 * ((index * GOLDEN) % 1) - 1;
}

const GOLDEN = 0.618034;
