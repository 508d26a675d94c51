import { adviceOf } from "../../../../src/cli/lab/advice.ts";
import { findingsOf } from "../../../../src/cli/lab/findings.ts";
import { markdownTable, overviewTables } from "../../../../src/cli/lab/markdown.ts";
import type { LabResultCell, LabResults } from "../../../../src/cli/lab/results.ts";
import { signedPercent } from "../../../../src/cli/lab/words.ts";
import { type LabCell, labCell } from "../../../../src/profiles/lab.ts";

/** A simulated lab beside the latency lab, as docs/lab.md shows it. */
export function proofFigures(results: LabResults): string {
  return [
    markdownTable([
      ["Source Region", "Model", "Profile", "Latency lab", "`lab --simulate`", "Off by"],
      ...results.cells.map(proofRow),
    ]),
    "",
    "TTFB / total, P50 in ms.",
    "",
    ...overviewTables(results).flatMap(({ title, rows }) => [`**${title}**`, "", markdownTable(rows), ""]),
    "The findings, as computed:",
    "",
    ...findingsOf(results).map(({ title, text }, index) => `${index + 1}. **${title}.** ${text}`),
    "",
    "The advice, as computed:",
    "",
    markdownTable([
      ["Scenario", "Profile", "Why"],
      ...adviceOf(results).map(({ scenario, profile, because }) => [scenario, profile, because]),
    ]),
  ].join("\n");
}

/** By how much the medians of a cell are off those of the latency lab, as shares. */
export function deviations({ model, sourceRegion, kind, ttfb, total }: LabResultCell): readonly [number, number] {
  const theirs = labCell(model, sourceRegion, kind === "global" ? "global" : "geographic");
  if (theirs === undefined || ttfb === null || total === null) return [Number.NaN, Number.NaN];
  return [ttfb.p50 / theirs.ttfbP50Ms - 1, total.p50 / theirs.totalP50Ms - 1];
}

function proofRow(cell: LabResultCell): readonly string[] {
  const { model, sourceRegion, geography, kind, ttfb, total } = cell;
  const theirs: LabCell | undefined = labCell(model, sourceRegion, kind === "global" ? "global" : "geographic");
  return [
    sourceRegion,
    model,
    geography,
    `${theirs?.ttfbP50Ms} / ${theirs?.totalP50Ms}`,
    `${Math.round(ttfb?.p50 ?? Number.NaN)} / ${Math.round(total?.p50 ?? Number.NaN)}`,
    deviations(cell).map(signedPercent).join(" / "),
  ];
}
