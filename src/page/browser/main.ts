/** What runs in the browser: asks for data every two seconds and puts it into the page. Bundled with ECharts. */
import { LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { ModelData, PageData } from "../sections.ts";

use([LineChart, GridComponent, TooltipComponent, LegendComponent, SVGRenderer]);

const EVERY_MS = 2_000;

interface Section {
  readonly element: BrowserElement;
  readonly charts: { readonly ttfb: EChartsType; readonly total: EChartsType };
}

const { document, location } = globalThis as unknown as BrowserGlobals;
const sections = new Map<string, Section>();
const shown = new WeakMap<BrowserElement, string>();

refresh();

async function refresh(): Promise<void> {
  try {
    const query = new URLSearchParams(location.search);
    query.set("part", "data");
    const response = await fetch(`?${query}`);
    if (!response.ok) throw new Error(`status ${response.status}`);
    show((await response.json()) as PageData);
  } catch (error) {
    put(document.getElementById("live"), `○ not live: ${error instanceof Error ? error.message : "no answer"}`, false);
  }
  setTimeout(refresh, EVERY_MS);
}

function show({ at, facts, waiting, news, models }: PageData): void {
  put(document.getElementById("live"), `● live, ${new Date(at).toLocaleTimeString()}`, false);
  put(document.getElementById("facts"), facts);
  put(document.getElementById("waiting"), waiting);
  putNews(document.getElementById("news"), news);
  document.getElementById("none").hidden = models.length > 0;
  for (const [model, { element, charts }] of sections) {
    if (models.some((data) => data.model === model)) continue;
    for (const chart of Object.values(charts)) chart.dispose();
    element.remove();
    sections.delete(model);
  }
  for (const data of models) {
    const { element, charts } = sectionOf(data);
    put(element.querySelector(".routes"), data.routes);
    put(element.querySelector(".plan"), data.plan);
    for (const of of ["ttfb", "total"] as const) {
      charts[of].setOption(withUnits(data.charts[of]), { replaceMerge: ["series"] });
    }
  }
}

function putNews(list: BrowserElement, news: PageData["news"]): void {
  const key = JSON.stringify(news);
  if (shown.get(list) === key) return;
  shown.set(list, key);
  list.innerHTML = news.length === 0 ? "<li>Nothing has gone otherwise than planned.</li>" : "";
  for (const { at, level, text } of news) {
    const item = document.createElement("li");
    item.innerHTML = "<time></time> <span></span>";
    item.className = level;
    item.querySelector("time").textContent = new Date(at).toLocaleTimeString();
    item.querySelector("span").textContent = text;
    list.append(item);
  }
}

/** Made once, so that what is open stays open. */
function sectionOf({ model }: ModelData): Section {
  const known = sections.get(model);
  if (known !== undefined) return known;
  const element = document.createElement("section");
  element.innerHTML = `<h2></h2><div class="panels two"><figure><figcaption>Time to first byte <span>median, thin: 95th percentile</span></figcaption><div class="chart ttfb"></div></figure><figure><figcaption>Total <span>median, thin: 95th percentile</span></figcaption><div class="chart total"></div></figure></div><div class="routes"></div><details><summary>The plan as it stands now</summary><div class="plan"></div></details>`;
  element.querySelector("h2").textContent = model;
  document.getElementById("models").append(element);
  const chart = (of: string): EChartsType => {
    const place = element.querySelector(`.${of}`);
    const made = init(place as never, null, { renderer: "svg" });
    new (globalThis as unknown as BrowserGlobals).ResizeObserver(() => made.resize()).observe(place);
    return made;
  };
  const section = { element, charts: { ttfb: chart("ttfb"), total: chart("total") } };
  sections.set(model, section);
  return section;
}

/** What JSON cannot carry: how durations are written. */
function withUnits(option: object): Record<string, unknown> {
  const { yAxis, tooltip, ...rest } = option as { yAxis: { axisLabel: object }; tooltip: object };
  return {
    ...rest,
    yAxis: { ...yAxis, axisLabel: { ...yAxis.axisLabel, formatter: duration } },
    tooltip: { ...tooltip, valueFormatter: (value: unknown) => (typeof value === "number" ? duration(value) : "") },
  };
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** Only what has changed, so that a selection stays. */
function put(element: BrowserElement, content: string, html = true): void {
  if (shown.get(element) === content) return;
  shown.set(element, content);
  if (html) element.innerHTML = content;
  else element.textContent = content;
}

/** As much of a browser as is used here; the types of all of it would hold for the whole project. */
interface BrowserElement {
  innerHTML: string;
  textContent: string | null;
  hidden: boolean;
  className: string;
  querySelector(selector: string): BrowserElement;
  append(child: BrowserElement): void;
  remove(): void;
}

interface BrowserGlobals {
  readonly document: {
    getElementById(id: string): BrowserElement;
    createElement(name: string): BrowserElement;
  };
  readonly location: { readonly search: string };
  readonly ResizeObserver: new (callback: () => void) => { observe(element: BrowserElement): void };
}
