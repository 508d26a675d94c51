import type { Route } from "../types/route.ts";
import { withoutAccount } from "../util/arn.ts";
import { type Series, SHOWN_MS, STEP_MS } from "./record.ts";

/**
 * A chart of one figure of the routes of a model over time, as an option of ECharts without functions: the median of each
 * step as a line with marks, the 95th percentile as a thin one of the same colour. Colours are variables of the page, so
 * that it follows light and dark; the source Region shows in the shade and in the mark, so that nothing is told by colour
 * alone.
 * @see https://echarts.apache.org/en/option.html
 */
export function chartOption(all: readonly Series[], of: "ttfb" | "total", now: number): object {
  // The first byte of an answer that is not streamed is its last one, too: beside streams it would only stand in the way.
  const streamed = all.filter(({ streaming }) => streaming);
  const series = of === "ttfb" && streamed.length > 0 ? streamed : all;
  const first = Math.min(now - SHOWN_MS / 5, ...series.map(({ steps }) => steps[0]?.at ?? now));
  const regions = [...new Set(series.map(({ route }) => route.sourceRegion))].sort();
  const names = new Map(series.map((one) => [one, nameOf(one, series)]));
  return {
    animation: false,
    // By name: the width of text in an inherited font cannot be told.
    textStyle: { fontFamily: "system-ui, sans-serif", fontSize: 11 },
    grid: { left: 54, right: 14, top: 8, bottom: 54 },
    legend: {
      ...{ type: "scroll", bottom: 4, itemWidth: 22, itemHeight: 8, pageIconSize: 9 },
      // Its text is cut off at the line, whose height is not told from the font.
      textStyle: { color: "var(--ink)", fontSize: 11, lineHeight: 18 },
      pageTextStyle: { color: "var(--muted)", fontSize: 11 },
      pageIconColor: "var(--muted)",
      pageIconInactiveColor: "var(--grid)",
      data: [...new Set(names.values())],
    },
    tooltip: {
      ...{ trigger: "axis", confine: true, borderWidth: 0, backgroundColor: "var(--panel)" },
      textStyle: { color: "var(--ink)", fontSize: 11 },
      axisPointer: { lineStyle: { color: "var(--rule)" } },
    },
    xAxis: {
      ...{ type: "time", min: Math.max(first, now - SHOWN_MS), max: now, splitNumber: 3 },
      axisLine: { lineStyle: { color: "var(--rule)" } },
      axisLabel: { color: "var(--muted)", fontSize: 11, hideOverlap: true },
      splitLine: { show: false },
    },
    yAxis: {
      ...{ type: "value", min: 0, splitNumber: 4 },
      axisLabel: { color: "var(--muted)", fontSize: 11 },
      splitLine: { lineStyle: { color: "var(--grid)" } },
    },
    series: series.flatMap((one) => {
      const name = names.get(one) ?? "";
      const region = regions.indexOf(one.route.sourceRegion);
      const color = shadeOf(COLORS[one.route.kind], region);
      const symbol = SYMBOLS[region % SYMBOLS.length];
      const type = one.streaming ? "solid" : "dashed";
      const line = { type: "line", name, itemStyle: { color }, emphasis: { disabled: true } };
      return [
        { ...line, symbol, symbolSize: 5, data: points(one, of, 50), lineStyle: { color, width: 2, type } },
        { ...line, symbol: "none", data: points(one, of, 95), lineStyle: { color, width: 1, type, opacity: 0.5 } },
      ];
    }),
  };
}

/** What tells a route from the others of its model. */
export function routeName({ sourceRegion, modelId, model, kind }: Route): string {
  const how = kind === "in-region" ? "in-Region" : withoutAccount(modelId).replace(model, "").replace(/\.$/, "");
  return `${how === "" ? kind : how} from ${sourceRegion}`;
}

/** The smallest value that at least so many per cent of the sorted ones do not exceed. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}

const COLORS: Readonly<Record<Route["kind"], string>> = {
  global: "var(--global)",
  geographic: "var(--geographic)",
  "in-region": "var(--in-region)",
  application: "var(--ttfb)",
  provisioned: "var(--total)",
};

/** Darker on light paper, lighter on dark, then the other way round. */
function shadeOf(color: string, region: number): string {
  const other = [undefined, "var(--ink)", "var(--panel)"][region % 3];
  return other === undefined ? color : `color-mix(in srgb, ${color} 55%, ${other})`;
}

const SYMBOLS = ["circle", "rect", "triangle", "diamond", "pin", "arrow"];

function nameOf({ route, streaming }: Series, all: readonly Series[]): string {
  const mixed = all.some((other) => other.streaming !== streaming);
  return `${routeName(route)}${mixed ? (streaming ? ", streamed" : ", not streamed") : ""}`;
}

function points({ steps }: Series, of: "ttfb" | "total", percent: number): (readonly [number, number | null])[] {
  return steps.flatMap((step, index) => {
    const sorted = step[of].toSorted((a, b) => a - b);
    const point = [step.at + STEP_MS / 2, Math.round(percentile(sorted, percent))] as const;
    const previous = steps[index - 1];
    // Nothing was measured in between: no line.
    const gap = previous !== undefined && step.at - previous.at > GAP_MS;
    return gap ? [[previous.at + STEP_MS, null] as const, point] : [point];
  });
}

const GAP_MS = 120_000;
