/**
 * Draws the pictures of docs/watching.md, and checks every query of the dashboard and every alert on the way:
 *
 *   npm run pictures
 *
 * Needs `prometheus`, `promtool` and `chromium`. The dashboard is drawn here and not by Grafana; its panels, their
 * queries and what Prometheus answers are the real ones.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { parse } from "yaml";
import { HOUR, playHour } from "./hour.ts";
import { Prometheus, type Series } from "./prometheus.ts";
import { drawTrace } from "./trace.ts";

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const DOCS = new URL("../../../docs/", import.meta.url);
const PANEL = { width: 590, height: 210 };

interface Panel {
  readonly title: string;
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit: string;
      readonly max?: number;
      readonly custom: { readonly fillOpacity: number; readonly stacking?: { readonly mode: "normal" | "percent" } };
    };
  };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const { panels } = JSON.parse(readFileSync(new URL("watching/grafana-dashboard.json", DOCS), "utf8")) as {
  readonly panels: readonly Panel[];
};
const rules: readonly { readonly alert: string; readonly expr: string }[] = parse(
  readFileSync(new URL("watching/alerts.yml", DOCS), "utf8"),
).groups.flatMap((group: { rules: object[] }) => group.rules);

execFileSync("promtool", ["check", "rules", new URL("watching/alerts.yml", DOCS).pathname], { stdio: "inherit" });
await using prometheus = await Prometheus.over(await playHour());
const drawn: string[] = [];
for (const panel of panels) drawn.push(draw(panel, await linesOf(panel)));
for (const { alert, expr } of rules) {
  const times = (await prometheus.range(expr, HOUR.from, HOUR.to, 15)).flatMap(({ values }) =>
    values.map(([at]) => at),
  );
  const minutes = times.map((at) => Math.floor((at - HOUR.from / 1_000) / 60));
  console.log(`${alert}: true in minutes ${[...new Set(minutes)].sort((a, b) => a - b).join(" ") || "none"}`);
}
picture("watching-dashboard.png", `<h1>Bedrock routing</h1><div class="panels">${drawn.join("")}</div>`, {
  width: 2 * PANEL.width + 44,
  height: Math.ceil(panels.length / 2) * (PANEL.height + 12) + 60,
});
const trace = await drawTrace();
picture("watching-trace.png", trace.html, { width: 1_000, height: trace.height });

interface Line {
  readonly name: string;
  readonly values: Series["values"];
}

/** What Grafana would ask for the panel. An empty answer is a mistake: there was traffic of every sort. */
async function linesOf({ title, targets }: Panel): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const { expr, legendFormat } of targets) {
    const query = expr.replaceAll("$__rate_interval", "1m").replaceAll("$model", ".*");
    const series = await prometheus.range(query, HOUR.from, HOUR.to, 15);
    if (series.length === 0) throw new Error(`The panel ${title} shows nothing: ${query}`);
    for (const { metric, values } of series) {
      lines.push({ name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_all, label) => metric[label] ?? "none"), values });
    }
  }
  return lines;
}

function draw({ title, fieldConfig: { defaults } }: Panel, lines: readonly Line[]): string {
  const { unit, max, custom } = defaults;
  const stacked = custom.stacking !== undefined;
  const sums = new Map<number, number>();
  for (const { values } of lines) for (const [at, value] of values) sums.set(at, (sums.get(at) ?? 0) + Number(value));
  const share = (at: number, value: number): number =>
    custom.stacking?.mode === "percent" ? (100 * value) / (sums.get(at) || 1) : value;
  // Stacking goes by place in the series, so that each needs a value at every time.
  const complete = (values: Line["values"]): Line["values"] => {
    const known = new Map(values);
    return stacked ? [...sums.keys()].sort((a, b) => a - b).map((at) => [at, known.get(at) ?? "0"]) : values;
  };
  const chart = init(null, null, { renderer: "svg", ssr: true, ...PANEL });
  chart.setOption({
    animation: false,
    title: { text: title, left: 8, top: 6, textStyle: { fontSize: 13, fontWeight: 600 } },
    legend: {
      ...{ bottom: 2, itemWidth: 14, itemHeight: 8, textStyle: { fontSize: 10 } },
      // Without a browser the width of a text is guessed, and too small.
      formatter: (name: string) => `${name}        `,
    },
    grid: { left: 52, right: 14, top: 34, bottom: lines.length > 3 ? 62 : 52 },
    xAxis: { type: "time", min: HOUR.from, max: HOUR.to, axisLabel: { fontSize: 10, formatter: "{HH}:{mm}" } },
    yAxis: {
      type: "value",
      min: 0,
      ...(custom.stacking?.mode === "percent" ? { max: 100 } : max === undefined ? {} : { max }),
      axisLabel: {
        fontSize: 10,
        formatter: (value: number) => shown(value, custom.stacking?.mode === "percent" ? "percent" : unit),
      },
    },
    series: lines.map(({ name, values }) => ({
      name,
      type: "line",
      showSymbol: false,
      lineStyle: { width: stacked ? 0.5 : 1.5 },
      ...(stacked ? { stack: "all", areaStyle: { opacity: 0.6 } } : {}),
      data: complete(values).map(([at, value]) => [at * 1_000, share(at, Number(value))]),
    })),
  });
  const svg = chart.renderToSVGString();
  // Or its timers keep the process alive.
  chart.dispose();
  return `<div class="panel">${svg}</div>`;
}

function shown(value: number, unit: string): string {
  switch (unit) {
    case "percent":
      return `${value} %`;
    case "percentunit":
      return `${Math.round(100 * value)} %`;
    case "s":
      return `${value} s`;
    case "reqps":
      return `${value}/s`;
    case "currencyUSD":
      return `$${value}`;
    default:
      return value >= 1_000 ? `${value / 1_000}k` : String(value);
  }
}

function picture(
  name: string,
  body: string,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const page = join(mkdtempSync(join(tmpdir(), "picture-")), "page.html");
  writeFileSync(
    page,
    `<!doctype html><meta charset="utf-8"><style>
      body { margin: 0; padding: 12px; background: #f4f5f5; font: 13px "DejaVu Sans", sans-serif; color: #24292e }
      h1 { font-size: 17px; margin: 4px 4px 12px } .panels { display: flex; flex-wrap: wrap; gap: 12px }
      .panel { background: #fff; border: 1px solid #d8dbdf; border-radius: 3px; width: ${PANEL.width}px; height: ${PANEL.height}px }
    </style>${body}`,
  );
  const file = new URL(`images/${name}`, DOCS).pathname;
  execFileSync(
    "chromium",
    [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1"],
      ...[`--window-size=${width},${height}`, `--screenshot=${file}`, `file://${page}`],
    ],
    { stdio: "ignore" },
  );
  console.log(file);
}
