import { LineChart, type LineSeriesOption, ScatterChart, type ScatterSeriesOption } from "echarts/charts";
import { GridComponent, type GridComponentOption } from "echarts/components";
import { type ComposeOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, ScatterChart, GridComponent, SVGRenderer]);

/** A line or a set of points of a chart. */
export type Series = LineSeriesOption | ScatterSeriesOption;

/** An axis with its own marks: values are given as they are drawn. */
export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly marks: readonly { readonly at: number; readonly label: string }[];
  readonly name?: string;
  readonly inverse?: boolean;
}

export interface Chart {
  /** What the chart shows, for those who do not see it. */
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/**
 * Draws a chart as SVG that needs nothing else: no script, no network. Colours are CSS variables of the page, so that it
 * follows light and dark.
 */
export function drawChart({ label, width, height, left, x, y, series }: Chart): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption<ComposeOption<GridComponentOption | LineSeriesOption | ScatterSeriesOption>>({
      animation: false,
      textStyle: { fontFamily: "inherit", fontSize: FONT_SIZE },
      grid: { left, right: 12, top: 10, bottom: x.name === undefined ? 26 : 42 },
      xAxis: { ...axisOption(x), position: "bottom" },
      yAxis: axisOption(y),
      series: series.map((one) => ({ ...one, silent: true, animation: false, emphasis: { disabled: true } })) as never,
    });
    return framed(chart.renderToSVGString(), label, width, height);
  } finally {
    chart.dispose();
  }
}

/** Places of a logarithmic scale at which people expect a mark. */
export function logMarks(min: number, max: number): Axis["marks"] {
  const steps = max / min > 300 ? [1] : max / min > 60 ? [1, 3] : max / min > 5 ? [1, 2, 5] : [1, 1.5, 2, 3, 5, 7];
  const marks: { readonly at: number; readonly label: string }[] = [];
  for (let power = 1; power <= 10_000_000; power *= 10) {
    for (const step of steps) {
      const ms = power * step;
      if (ms >= min && ms <= max) marks.push({ at: Math.log10(ms), label: durationLabel(ms) });
    }
  }
  return marks;
}

/** Short enough for an axis. */
export function durationLabel(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

const FONT_SIZE = 11;

function axisOption({ min, max, marks, name, inverse = false }: Axis): object {
  const labels = new Map(marks.map(({ at, label }) => [at, label]));
  const customValues = marks.map(({ at }) => at);
  return {
    type: "value",
    min,
    max,
    inverse,
    ...(name === undefined
      ? {}
      : { name, nameLocation: "middle", nameGap: 27, nameTextStyle: { color: "var(--muted)" } }),
    axisLine: { show: false },
    axisTick: { show: false, customValues },
    axisLabel: {
      customValues,
      color: "var(--muted)",
      fontSize: FONT_SIZE,
      hideOverlap: true,
      formatter: (value: number) => labels.get(value) ?? "",
    },
    splitLine: { show: true, showMinLine: true, lineStyle: { color: "var(--grid)" } },
  };
}

/** The drawing without what only a page with scripts would use, as an image with a name that grows with its place. */
function framed(svg: string, label: string, width: number, height: number): string {
  const inner = svg
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>\s*$/, "")
    .replace(/<style\s*>[\s\S]*?<\/style>/g, "")
    .replace(/<rect width="\d+" height="\d+" x="0" y="0"[^>]*><\/rect>/, "")
    .replace(/ (?:class="zr[^"]*"|pointer-events="visible"|xml:space="preserve")/g, "")
    .replaceAll("font-family:inherit;", "")
    .trim();
  const name = label.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}"><title>${name}</title>${inner}</svg>`;
}
