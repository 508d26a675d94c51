import { compareResults } from "./lab/compare.ts";
import { markdownTable, placeName, profileName } from "./lab/markdown.ts";
import { mergeResults } from "./lab/merge.ts";
import type { Difference } from "./lab/pairs.ts";
import { nameOf, signedMs, signedPercent } from "./lab/words.ts";
import { readResultFiles, writeReports } from "./lab-files.ts";

/** Joins results files and writes every form of the result. */
export async function mergeLabs(files: readonly string[], out: string): Promise<void> {
  const written = await writeReports(out, mergeResults(readResultFiles(files)));
  process.stdout.write(`${written.join("\n")}\n`);
}

/** Prints two runs side by side. */
export function compareLabs(before: string, after: string): void {
  const [earlier, later] = readResultFiles([before, after]);
  if (earlier === undefined || later === undefined) return;
  // Refuses what cannot be compared: other prompts, other limits, simulated against measured.
  mergeResults([earlier, later]);
  const { changes, onlyBefore, onlyAfter } = compareResults(earlier.results, later.results);
  const rows = changes.map(({ cell, calls, ttfb, total }) => [
    placeName(cell),
    cell.model,
    profileName(cell),
    `${calls.before} → ${calls.after}`,
    apart(ttfb),
    apart(total),
  ]);
  const table = markdownTable([["Source Region", "Model", "Profile", "Calls", "TTFB P50", "Total P50"], ...rows]);
  const lonely = [
    ...onlyBefore.map((cell) => `Only in ${before}: ${nameOf(cell)}`),
    ...onlyAfter.map((cell) => `Only in ${after}: ${nameOf(cell)}`),
  ];
  const found = changes.filter(({ ttfb, total }) => ttfb.found || total.found).length;
  const verdict = `A change was found on ${found} of ${changes.length} routes: its 95 % interval excludes 0. Elsewhere none was found.`;
  process.stdout.write(`${[table, "", verdict, ...lonely].join("\n")}\n`);
}

function apart({ secondMs, firstMs, ms, share, found }: Difference): string {
  const medians = `${Math.round(secondMs)} → ${Math.round(firstMs)}`;
  const figures = `${signedMs(ms.value)} (${signedPercent(share.value)}), interval ${signedMs(ms.low)} to ${signedMs(ms.high)}`;
  return `${medians}: ${found ? figures : `no change found (${figures})`}`;
}
