import { readFileSync } from "node:fs";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { parser } from "@prometheus-io/lezer-promql";
import { Registry } from "prom-client";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { registerRouting } from "../../docs/watching/prom-client.ts";
import { instrumentRouting } from "../../src/otel/index.ts";
import { openWire } from "../support/wire.ts";
import { playTraffic } from "./traffic.ts";

const read = (file: string): string => readFileSync(new URL(`../../docs/watching/${file}`, import.meta.url), "utf8");

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const dashboard: {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] };
} = JSON.parse(read("grafana-dashboard.json"));
const rules: {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}[] = parse(read("alerts.yml")).groups.flatMap(({ rules }: { rules: object[] }) => rules);

/** What is exported after some traffic: metric names, and the labels that each has. */
type Exported = ReadonlyMap<string, ReadonlySet<string>>;

async function exportedBy(exporter: "otel" | "prom-client"): Promise<Exported> {
  await using wire = await openWire();
  const registry = new Registry();
  const reader = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [reader] });
  if (exporter === "otel") instrumentRouting(wire.client, { meter: provider.getMeter("test"), tracer: false });
  else registerRouting(wire.client, registry);
  await playTraffic(wire);
  const text =
    exporter === "otel"
      ? new PrometheusSerializer().serialize((await reader.collect()).resourceMetrics)
      : await registry.metrics();
  await provider.shutdown();
  const exported = new Map<string, Set<string>>();
  for (const [, name = "", labels = ""] of text.matchAll(/^(\w+)(?:\{(.*)\})? /gm)) {
    const known = exported.get(name) ?? new Set<string>();
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) known.add(label);
    exported.set(name, known);
  }
  return exported;
}

interface Selector {
  readonly name: RegExp;
  /** Those that it matches itself, and those that an aggregation over it keeps. */
  readonly labels: Set<string>;
}

/** What an expression of PromQL asks for. */
function selectorsOf(expr: string): Selector[] {
  const text = expr.replaceAll("$__rate_interval", "5m");
  const selectors: (Selector & { readonly from: number; readonly to: number })[] = [];
  const labels: { readonly label: string; readonly from: number; readonly to: number }[] = [];
  parser.parse(text).iterate({
    enter: ({ node, type, from, to }) => {
      const source = text.slice(from, to);
      if (type.isError) throw new Error(`Not PromQL at ${from}: ${text}`);
      if (type.name === "VectorSelector") {
        const name = /^(\w+)/.exec(source)?.[1] ?? /__name__=~"([^"]*)"/.exec(source)?.[1] ?? "";
        selectors.push({ name: new RegExp(`^(?:${name})$`), labels: new Set(), from, to });
      }
      if (type.name !== "LabelName" || source === "__name__" || source === "le") return;
      let holder = node.parent;
      while (holder !== null && !["VectorSelector", "AggregateExpr"].includes(holder.name)) holder = holder.parent;
      if (holder !== null) labels.push({ label: source, from: holder.from, to: holder.to });
    },
  });
  for (const { label, from, to } of labels) {
    for (const selector of selectors) if (from <= selector.from && selector.to <= to) selector.labels.add(label);
  }
  return selectors;
}

describe.each(["otel", "prom-client"] as const)("what %s exports", (exporter) => {
  let exported: Exported;
  beforeAll(async () => {
    exported = await exportedBy(exporter);
  });

  const queries = [
    ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`panel ${title}`, expr] as const)),
    ...rules.map(({ alert, expr }) => [`alert ${alert}`, expr] as const),
  ];
  it.each(queries)("is what %s asks for", (_what, expr) => {
    const selectors = selectorsOf(expr);
    expect(selectors.length).toBeGreaterThan(0);
    for (const { name, labels } of selectors) {
      const names = [...exported.keys()].filter((known) => name.test(known));
      expect({ name: String(name), found: names.length }).toEqual({ name: String(name), found: 1 });
      const known = exported.get(names[0] ?? "") ?? new Set();
      expect({ of: names[0], missing: [...labels].filter((label) => !known.has(label)) }).toEqual({
        of: names[0],
        missing: [],
      });
    }
  });
});

describe("the dashboard", () => {
  it("has legends by labels that its queries keep, and panels that do not overlap", () => {
    const places = new Set<string>();
    for (const { title, description, gridPos, targets } of dashboard.panels) {
      expect(description).not.toBe("");
      expect(gridPos).toMatchObject({ w: 12, h: 8 });
      places.add(`${gridPos.x} ${gridPos.y}`);
      for (const { expr, legendFormat } of targets) {
        for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          expect({ title, label, kept: new RegExp(`by \\([^)]*\\b${label}\\b`).test(expr) }).toMatchObject({
            kept: true,
          });
        }
      }
    }
    expect(places.size).toBe(dashboard.panels.length);
  });

  it("offers the models that there are, from any Prometheus", () => {
    const [source, model] = dashboard.templating.list;
    expect(source?.query).toBe("prometheus");
    expect(model?.query).toMatchObject({ query: "label_values(bedrock_route_requests_total, gen_ai_request_model)" });
  });
});

describe("the alert rules", () => {
  it("are three, each with what happened and what to do", () => {
    expect(rules.map(({ alert }) => alert)).toEqual([
      "BedrockAwayFromDefaultRoute",
      "BedrockFailoverRate",
      "BedrockBudgetEmpty",
    ]);
    for (const { annotations } of rules) expect(Object.keys(annotations)).toEqual(["summary", "description"]);
  });
});
