import { escaped } from "../../../page/style.ts";
import { adviceOf } from "../advice.ts";
import { type Finding, findingsOf } from "../findings.ts";
import { firstCallRows, overviewTables, placeName, type Rows, tailRows } from "../markdown.ts";
import { pairsOf, samplesOf } from "../pairs.ts";
import { provenance } from "../provenance.ts";
import type { LabResultCell, LabResults } from "../results.ts";
import { differencePlot } from "./difference-plot.ts";
import { distributionPlot } from "./distribution-plot.ts";
import { lookOf } from "./look.ts";
import { type Measured, percentilePlot } from "./percentile-plot.ts";
import { STYLE } from "./style.ts";

/** The results as one page that needs no network: tables, findings, charts and how they were made. */
export function htmlReport(results: LabResults): string {
  const samples = samplesOf(results);
  const routes = results.cells.flatMap((cell, index): readonly Measured[] => {
    const own = samples[index];
    return own === undefined || own.total.length === 0 ? [] : [{ cell, samples: own }];
  });
  const findings = findingsOf(results);
  const body = [
    head(results),
    section("Findings", `<ul class="findings">${findings.map(findingItem).join("")}</ul>`),
    section("Advice", table([["Scenario", "Profile", "Why"], ...adviceRows(results)], "", "wide")),
    section(
      "Medians",
      overviewTables(results)
        .map(({ title, rows }) => table(rows, title))
        .join(""),
    ),
    ...(routes.length === 0 ? [] : charts(results, routes)),
    section("Percentiles of the total", `${table(tailRows(results))}${note(PERCENTILES)}`),
    section("First calls", `${note(FIRST_CALLS)}${table(firstCallRows(results))}`),
    section("How this was measured", methodList(results)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(titleOf(results))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body.join("\n")}
</main>
</body>
</html>
`;
}

const PERCENTILES =
  "In milliseconds. P50 is the median; the others are by nearest rank: the smallest duration that at least that share of the calls did not exceed. With fewer than 100 calls P99 is the slowest call.";
const FIRST_CALLS =
  "In milliseconds. Each route was called before the counted calls; the first call to a source Region sets up the connection.";

function titleOf({ simulated }: LabResults): string {
  return `Latency lab: inference profiles by source Region${simulated ? " (simulated)" : ""}`;
}

function head(results: LabResults): string {
  const counted = results.calls.filter(({ round }) => round > 0);
  const failed = counted.filter(({ failure }) => failure !== undefined).length;
  const facts: readonly (readonly [string | number, string])[] = [
    [counted.length, "counted calls"],
    [results.cells.length, "routes"],
    [new Set(results.cells.map(({ sourceRegion }) => sourceRegion)).size, "source Regions"],
    [Math.max(0, ...results.cells.map(({ calls }) => calls)), "calls of a route, at most"],
    [failed, "failed calls"],
    [(results.measurements[0]?.startedAt ?? "").slice(0, 10), "begun"],
  ];
  const banner = results.simulated
    ? `<p class="banner"><strong>These are figures of the simulator, not of AWS.</strong> Its latencies are drawn from distributions fitted to a latency lab of 2026-04-12.</p>`
    : "";
  return `<header><h1>${escaped(titleOf(results))}</h1>
<p class="lead">Time to first byte and total time of ${escaped([...new Set(results.cells.map(({ model }) => model))].join(" and "))}.</p>
${banner}<ul class="facts">${facts.map(([value, name]) => `<li><b>${escaped(String(value))}</b>${name}</li>`).join("")}</ul></header>`;
}

function findingItem({ id, found, title, text, evidence }: Finding): string {
  const lines = evidence.map((line) => `<li>${escaped(line)}</li>`).join("");
  const details = lines === "" ? "" : `<details><summary>Figures</summary><ul>${lines}</ul></details>`;
  return `<li><span class="verdict${found ? " found" : ""}">${verdictOf(id, found)}</span><h3>${escaped(title)}</h3><p>${escaped(text)}</p>${details}</li>`;
}

function verdictOf(id: Finding["id"], found: boolean): string {
  if (found) return "● Found";
  return id === "failures" || id === "slowest-calls" ? "○ None" : "○ No difference found";
}

function adviceRows(results: LabResults): Rows {
  return adviceOf(results).map(({ scenario, profile, because }) => [scenario, profile, because]);
}

function charts(results: LabResults, routes: readonly Measured[]): readonly string[] {
  const models = [...new Set(routes.map(({ cell }) => cell.model))];
  const pairs = pairsOf(results);
  const kinds = [...new Set(routes.map(({ cell }) => cell.kind))];
  const kindLegend = legend(kinds.map((kind) => [lineSample(kind), lookOf(kind).name]));
  const differences = models.flatMap((model) => {
    const own = pairs.filter(({ other }) => other.model === model);
    return own.length === 0 ? [] : [figure(differencePlot(own), model, "")];
  });
  const differenceLegend = legend([
    [dotSample("ttfb", "circle"), "TTFB"],
    [dotSample("total", "rect"), "total"],
    [dotSample("ttfb", "hollow"), "hollow: the interval holds 0, no difference found"],
  ]);
  return [
    ...(differences.length === 0
      ? []
      : [
          section(
            "Global against other routes",
            `${note("Median of the global profile minus that of the other route of the same model from the same source Region. The bar is the 95 % interval (bootstrap).")}${differenceLegend}<div class="panels two">${differences.join("")}</div>`,
          ),
        ]),
    section(
      "Percentiles",
      `${note("Lower lines: TTFB; upper, thicker lines: total. The axis of percentiles is logarithmic in what lies beyond, as in HdrHistogram's plots; durations are logarithmic too.")}${kindLegend}${models
        .map((model) => `<h3>${escaped(model)}</h3><div class="panels">${percentilePanels(routes, model)}</div>`)
        .join("")}`,
    ),
    section(
      "Every call",
      `${note("One dot is one call. The bar goes from P5 to P95, the long mark is the median. The axis is logarithmic.")}${kindLegend}${models
        .map((model) => {
          const own = routes.filter(({ cell }) => cell.model === model);
          return `<h3>${escaped(model)}</h3><div class="panels two">${figure(distributionPlot(own, "ttfb"), "TTFB", "")}${figure(distributionPlot(own, "total"), "Total", "")}</div>`;
        })
        .join("")}`,
    ),
  ];
}

function percentilePanels(routes: readonly Measured[], model: string): string {
  const own = routes.filter(({ cell }) => cell.model === model);
  const places = [...new Set(own.map(({ cell }) => placeName(cell)))];
  return places
    .map((place) => {
      const here = own.filter(({ cell }) => placeName(cell) === place);
      return figure(percentilePlot(here), place, here.map(({ samples }) => samples.total.length).join(" and "));
    })
    .join("");
}

function figure(svg: string, caption: string, calls: string): string {
  const detail = calls === "" ? "" : ` <span>${calls} calls</span>`;
  return `<figure><figcaption>${escaped(caption)}${detail}</figcaption>${svg}</figure>`;
}

function legend(items: readonly (readonly [string, string])[]): string {
  return `<ul class="legend">${items.map(([sample, name]) => `<li>${sample}${name}</li>`).join("")}</ul>`;
}

function lineSample(kind: LabResultCell["kind"]): string {
  const { color, dash, symbol } = lookOf(kind);
  const mark =
    symbol === "circle"
      ? `<circle cx="15" cy="6" r="4" fill="${color}"/>`
      : `<path d="${symbol === "diamond" ? "M15 1l5 5-5 5-5-5z" : "M11 2h8v8h-8z"}" fill="${color}"/>`;
  return `<svg viewBox="0 0 30 12" aria-hidden="true"><path d="M0 6h30" stroke="${color}" stroke-width="2" stroke-dasharray="${dash.join(" ")}"/>${mark}</svg>`;
}

function dotSample(metric: "ttfb" | "total", shape: "circle" | "rect" | "hollow"): string {
  const paint = `stroke="var(--${metric})" stroke-width="2" fill="${shape === "hollow" ? "none" : `var(--${metric})`}"`;
  const mark =
    shape === "rect" ? `<rect x="11" y="2" width="8" height="8" ${paint}/>` : `<circle cx="15" cy="6" r="4" ${paint}/>`;
  return `<svg viewBox="0 0 30 12" aria-hidden="true"><path d="M0 6h30" ${paint}/>${mark}</svg>`;
}

function methodList(results: LabResults): string {
  const software = results.measurements.map(
    ({ startedAt, measuredFrom, runs, software: parts }) =>
      `Run of ${startedAt}${measuredFrom === null ? "" : ` from ${measuredFrom}`}: ${runs} rounds planned; ${Object.entries(
        parts,
      )
        .map(([name, version]) => `${name} ${version}`)
        .join(", ")}.`,
  );
  const lines = [
    ...provenance(results).map((line) => line.replaceAll("**", "")),
    `Prompt: “${results.method.prompt}”`,
    ...software,
  ];
  return `<ul class="plain">${lines.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>`;
}

function section(title: string, content: string): string {
  return `<section><h2>${escaped(title)}</h2>${content}</section>`;
}

function note(text: string): string {
  return `<p class="note">${escaped(text)}</p>`;
}

/** Columns of numbers stand right. */
function table([headings = [], ...rows]: Rows, caption = "", kind = ""): string {
  const isFigure = headings.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^(\d[\d.]*|—)$/.test(row[column] ?? "")),
  );
  const classOf = (column: number): string => (isFigure[column] ? ' class="figure"' : "");
  const heading = headings.map((cell, column) => `<th scope="col"${classOf(column)}>${escaped(cell)}</th>`).join("");
  const body = rows
    .map((row) => `<tr>${row.map((cell, column) => `<td${classOf(column)}>${escaped(cell)}</td>`).join("")}</tr>`)
    .join("");
  const name = caption === "" ? "" : `<caption>${escaped(caption)}</caption>`;
  return `<div class="scroll" tabindex="0"><table class="${kind}">${name}<thead><tr>${heading}</tr></thead><tbody>${body}</tbody></table></div>`;
}
