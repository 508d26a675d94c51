import { placeName, profileName } from "../markdown.ts";
import type { Difference, Pair } from "../pairs.ts";
import { signedMs } from "../words.ts";
import { drawChart, type Series } from "./chart.ts";

/** How much later the global profile's median is, with its interval of confidence; TTFB above, total below. */
export function differencePlot(pairs: readonly Pair[]): string {
  const bounds = pairs.flatMap(({ ttfb, total }) => [ttfb.ms.low, ttfb.ms.high, total.ms.low, total.ms.high]);
  const step = stepFor(Math.max(0, ...bounds) - Math.min(0, ...bounds));
  const min = Math.floor(Math.min(-step / 2, ...bounds) / step) * step;
  const max = Math.ceil(Math.max(step / 2, ...bounds) / step) * step;
  const marks = Array.from({ length: Math.round((max - min) / step) + 1 }, (_, index) => min + index * step);
  return drawChart({
    label: `Median of the global profile minus that of the other route, ${pairs[0]!.other.model}: ${pairs
      .map(
        ({ other, ttfb, total }) =>
          `${placeName(other)} ${profileName(other)} TTFB ${inWords(ttfb)}, total ${inWords(total)}`,
      )
      .join("; ")}`,
    width: 430,
    height: 58 + 44 * pairs.length,
    left: 128,
    x: { min, max, marks: marks.map((at) => ({ at, label: at === 0 ? "0" : signedMs(at) })), name: "global later →" },
    y: {
      min: -0.5,
      max: pairs.length - 0.5,
      inverse: true,
      marks: pairs.map(({ other }, row) => ({ at: row, label: `${placeName(other)}  ${profileName(other)}` })),
    },
    series: [
      line([0, -0.5], [0, pairs.length - 0.5], "var(--ink)", 1),
      ...pairs.flatMap(({ ttfb, total }, row) => [
        ...interval(ttfb, row - 0.17, "circle", "var(--ttfb)"),
        ...interval(total, row + 0.17, "rect", "var(--total)"),
      ]),
    ],
  });
}

function interval({ ms, found }: Difference, row: number, symbol: string, color: string): readonly Series[] {
  return [
    line([ms.low, row], [ms.high, row], color, 2),
    {
      type: "scatter",
      symbol,
      symbolSize: 9,
      data: [[ms.value, row]],
      // Hollow: its interval holds 0.
      itemStyle: { color: found ? color : "var(--paper)", borderColor: color, borderWidth: 2 },
    },
  ];
}

function line(from: readonly [number, number], to: readonly [number, number], color: string, width: number): Series {
  return {
    type: "line",
    showSymbol: false,
    data: [[...from], [...to]],
    lineStyle: { color, width },
    itemStyle: { color },
  };
}

function inWords({ ms, found }: Difference): string {
  return found ? signedMs(ms.value) : `no difference found (${signedMs(ms.value)})`;
}

/** A round step that divides a range in about four. */
function stepFor(range: number): number {
  const rough = Math.max(1, range / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  return (STEPS.find((step) => step * power >= rough) ?? 10) * power;
}

const STEPS: readonly number[] = [1, 2, 2.5, 5];
