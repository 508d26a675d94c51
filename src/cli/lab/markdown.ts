import { adviceOf } from "./advice.ts";
import { findingsOf } from "./findings.ts";
import { type Pair, pairsOf } from "./pairs.ts";
import { provenance } from "./provenance.ts";
import type { LabResultCell, LabResults } from "./results.ts";
import { plural, signedMs } from "./words.ts";

/** The results as a Markdown page: tables, findings, advice. */
export function markdownReport(results: LabResults): string {
  return `${[
    "# Latency lab",
    ...provenance(results).map((line) => `- ${line}`),
    "",
    ...overviewTables(results).flatMap(({ title, rows }) => [`## ${title}`, "", markdownTable(rows), ""]),
    "## Percentiles of the total",
    "",
    markdownTable(tailRows(results)),
    "",
    "P50 is the median; P95 and P99 are by nearest rank: the smallest duration that at least that share of the calls did not exceed.",
    "",
    "## Findings",
    "",
    ...findingLines(results),
    "## Advice",
    "",
    markdownTable([
      ["Scenario", "Profile", "Why"],
      ...adviceOf(results).map(({ scenario, profile, because }) => [scenario, profile, because]),
    ]),
    "",
    "## First calls",
    "",
    "Each route was called before the counted calls. The first call to a source Region sets up the connection.",
    "",
    markdownTable(firstCallRows(results)),
  ].join("\n")}\n`;
}

/** A table with its heading as first row. */
export type Rows = readonly (readonly string[])[];

/** One table for each model: P50 of TTFB and total by source Region and profile, with the differences. */
export function overviewTables(results: LabResults): readonly { readonly title: string; readonly rows: Rows }[] {
  const pairs = pairsOf(results);
  const models = [...new Set(results.cells.map(({ model }) => model))];
  return models.map((model) => ({
    title: `${model} (TTFB / total, P50 in ms)`,
    rows: [
      ["Source Region", "Global", "Geographic", "TTFB difference", "Total difference"],
      ...placesOf(results.cells.filter((cell) => cell.model === model)).flatMap((place) =>
        overviewRows(place, model, results, pairs),
      ),
    ],
  }));
}

/** P50, P95 and P99 of the total of every route. */
export function tailRows({ cells }: LabResults): Rows {
  return [
    ["Source Region", "Model", "Profile", "Calls", "Failed", "P50", "P95", "P99", "Slowest"],
    ...cells.map((cell) => [
      placeName(cell),
      cell.model,
      profileName(cell),
      String(cell.calls),
      String(Object.values(cell.failures).reduce((sum, count) => sum + count, 0)),
      ...(["p50", "p95", "p99", "max"] as const).map((name) =>
        cell.total === null ? "—" : String(Math.round(cell.total[name])),
      ),
    ]),
  ];
}

/** The first call of every route against the median of the later ones. */
export function firstCallRows({ cells }: LabResults): Rows {
  return [
    ["Source Region", "Model", "Profile", "First call: TTFB", "Later: TTFB P50", "Set up the connection"],
    ...cells.map((cell) => [
      placeName(cell),
      cell.model,
      profileName(cell),
      cell.firstCall === undefined ? "—" : String(Math.round(cell.firstCall.ttfbMs)),
      cell.ttfb === null ? "—" : String(Math.round(cell.ttfb.p50)),
      cell.firstCall?.connected ? "yes" : "no",
    ]),
  ];
}

/** A Markdown table. */
export function markdownTable(rows: Rows): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), `|${"---|".repeat(head.length)}`, ...body.map(line)].join("\n");
}

/** The Region, and from where it was called when that is elsewhere. */
export function placeName({ sourceRegion, measuredFrom }: LabResultCell): string {
  if (measuredFrom === sourceRegion) return sourceRegion;
  return `${sourceRegion} (from ${measuredFrom ?? "unknown"})`;
}

export function profileName({ kind, geography }: LabResultCell): string {
  return kind === "in-region" ? "in-Region" : geography;
}

function findingLines(results: LabResults): readonly string[] {
  return findingsOf(results).flatMap(({ title, text, evidence }, index) => [
    `### ${index + 1}. ${title}`,
    "",
    text,
    "",
    ...evidence.map((line) => `- ${line}`),
    ...(evidence.length > 0 ? [""] : []),
  ]);
}

function placesOf(cells: readonly LabResultCell[]): readonly LabResultCell[] {
  return cells.filter((cell, index) => cells.findIndex((other) => placeName(other) === placeName(cell)) === index);
}

function overviewRows(place: LabResultCell, model: string, results: LabResults, pairs: readonly Pair[]): Rows {
  const here = results.cells.filter((cell) => cell.model === model && placeName(cell) === placeName(place));
  const globals = here.filter(({ kind }) => kind === "global");
  const others = here.filter(({ kind }) => kind !== "global");
  const global = globals.length === 0 ? "— (no global profile)" : globals.map(medians).join(", ");
  if (others.length === 0) {
    const isMissing = results.missing.some(
      (route) => route.kind === "geographic" && route.model === model && route.sourceRegion === place.sourceRegion,
    );
    return [[placeName(place), global, isMissing ? "— (no geographic profile)" : "—", "—", "—"]];
  }
  return others.map((cell) => {
    const pair = pairs.find(({ other }) => other === cell);
    return [
      placeName(place),
      global,
      `${profileName(cell)}: ${medians(cell)}`,
      pair === undefined ? "—" : apart(pair.ttfb),
      pair === undefined ? "—" : apart(pair.total),
    ];
  });
}

function medians({ ttfb, total, calls }: LabResultCell): string {
  if (ttfb === null || total === null) return `no answer to ${plural(calls, "call")}`;
  return `${Math.round(ttfb.p50)} / ${Math.round(total.p50)}`;
}

/** A difference that may be chance is marked. */
function apart({ ms, found }: Pair["ttfb"]): string {
  return found ? signedMs(ms.value) : `${signedMs(ms.value)} (not found)`;
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|").replaceAll("\n", " ");
}
