import { geographyOf } from "../../profiles/geography.ts";
import { shareInterval } from "./bootstrap.ts";
import { type Difference, type Pair, pairsOf, samplesOf } from "./pairs.ts";
import type { LabResultCell, LabResults } from "./results.ts";
import { list, ms, nameOf, percent, plural, signedMs, signedPercent } from "./words.ts";

/** A sentence about the results, computed from them. */
export interface Finding {
  readonly id: "united-states" | "elsewhere" | "first-byte" | "slowest-calls" | "stability" | "failures";
  /** Whether the data shows what the finding is about. */
  readonly found: boolean;
  readonly title: string;
  readonly text: string;
  /** One line for each route or pair behind it. */
  readonly evidence: readonly string[];
}

/** A call is far out when it takes more than this many times the median. */
export const FAR_OUT = 10;

/** What the data says. Each sentence gives its numbers; where an interval holds 0 it says that nothing was found. */
export function findingsOf(results: Pick<LabResults, "cells" | "calls">): readonly Finding[] {
  const pairs = pairsOf(results);
  const american = pairs.filter(({ other }) => isAmerican(other));
  const foreign = pairs.filter(({ other }) => !isAmerican(other));
  return Object.freeze([
    ...(american.length === 0 ? [] : [byTotal("united-states", "in the US", american)]),
    ...(foreign.length === 0 ? [] : [byTotal("elsewhere", "outside the US", foreign)]),
    ...(pairs.some(({ ttfb }) => ttfb.found) ? [firstByte(pairs.filter(({ ttfb }) => ttfb.found))] : []),
    slowestCalls(results),
    ...(pairs.length === 0 ? [] : [stability(pairs)]),
    failures(results),
  ]);
}

export function isAmerican({ sourceRegion }: Pick<LabResultCell, "sourceRegion">): boolean {
  return geographyOf(sourceRegion) === "us";
}

function byTotal(id: "united-states" | "elsewhere", where: string, pairs: readonly Pair[]): Finding {
  const slower = pairs.filter(({ total }) => total.found && total.ms.value > 0);
  const faster = pairs.filter(({ total }) => total.found && total.ms.value < 0);
  const equal = pairs.length - slower.length - faster.length;
  const parts: string[] = [];
  if (slower.length > 0) {
    const shares = slower.map(({ total }) => total.share.value);
    const first = slower.map(({ ttfb }) => ttfb.ms.value);
    parts.push(
      `the global profile took longer in ${slower.length} of ${plural(pairs.length, "pair")}, by ${range(shares, percent)} of the total (median); its first byte came ${range(first, ms)} later`,
    );
  }
  if (faster.length > 0) {
    const shares = faster.map(({ total }) => -total.share.value);
    parts.push(`it was faster in ${faster.length} of ${plural(pairs.length, "pair")}, by ${range(shares, percent)}`);
  }
  if (equal > 0) {
    const even = pairs.filter(({ total }) => !total.found);
    const widest = Math.max(...even.map(({ total }) => Math.max(-total.ms.low, total.ms.high)));
    parts.push(
      `no difference of the total was found in ${equal} of ${plural(pairs.length, "pair")} (medians ${range(
        even.map(({ total }) => total.ms.value),
        signedMs,
      )}; anything up to ±${ms(widest)} could have gone unnoticed)`,
    );
  }
  const all = slower.length === pairs.length;
  return Object.freeze({
    id,
    found: slower.length + faster.length > 0,
    title: all
      ? `${capital(where)} the global profile is slower`
      : equal === pairs.length
        ? `${capital(where)} no difference between global and other routes was found`
        : `${capital(where)} the global profile differs in ${slower.length + faster.length} of ${plural(pairs.length, "pair")}`,
    text: `${capital(where)}, ${parts.join("; ")}. ${sizes(pairs)}`,
    evidence: pairs.map((pair) => `${pairName(pair)}: total ${inWords(pair.total)}; TTFB ${inWords(pair.ttfb)}`),
  });
}

function firstByte(pairs: readonly Pair[]): Finding {
  const more = pairs.filter(({ ttfbMoreThanTotal, ttfb }) =>
    ttfb.ms.value > 0 ? ttfbMoreThanTotal.low > 0 : ttfbMoreThanTotal.high < 0,
  );
  const greatest = [...pairs].sort((a, b) => Math.abs(b.ttfb.share.value) - Math.abs(a.ttfb.share.value))[0]!;
  return Object.freeze({
    id: "first-byte",
    found: more.length > 0,
    title:
      more.length > 0
        ? "The first byte differs more than the total"
        : "No evidence that the first byte differs more than the total",
    text: `Of ${plural(pairs.length, "pair")} whose first byte differs, it differs by a greater share than the total in ${more.length}. The greatest: ${pairName(greatest)}, TTFB ${signedPercent(greatest.ttfb.share.value)} against total ${signedPercent(greatest.total.share.value)}. ${sizes(pairs)}`,
    evidence: pairs.map(
      (pair) =>
        `${pairName(pair)}: TTFB ${signedPercent(pair.ttfb.share.value)}, total ${signedPercent(pair.total.share.value)}, apart by ${interval(pair.ttfbMoreThanTotal, (value) => `${Math.round(value * 100)} points`)}`,
    ),
  });
}

function slowestCalls(results: Pick<LabResults, "cells" | "calls">): Finding {
  const samples = samplesOf(results);
  const far = results.cells.flatMap((cell, index) => {
    const total = samples[index]?.total ?? [];
    if (cell.total === null || cell.total.p99 <= FAR_OUT * cell.total.p50) return [];
    const hits = total.filter((value) => value > FAR_OUT * cell.total!.p50).length;
    return [{ cell, total: cell.total, hits, share: shareInterval(hits, total.length) }];
  });
  const regions = [...new Set(far.map(({ cell }) => cell.sourceRegion))];
  const measured = results.cells.filter(({ total }) => total !== null);
  const few = measured.some(({ total }) => (total?.count ?? 0) < 100);
  const caution = few
    ? " With fewer than 100 calls of a route its P99 is its slowest call: it shows that such calls happen, not how often."
    : "";
  return Object.freeze({
    id: "slowest-calls",
    found: far.length > 0,
    title: far.length > 0 ? `Very slow calls from ${list(regions)}` : "No route had calls far beyond its usual time",
    text:
      far.length > 0
        ? `P99 of the total is more than ${FAR_OUT} times P50 on ${far.length} of ${plural(measured.length, "route")}: ${list(
            far.map(({ cell, total }) => `${nameOf(cell)} (P50 ${ms(total.p50)}, P99 ${ms(total.p99)})`),
          )}.${caution}`
        : `P99 of the total stays within ${FAR_OUT} times P50 on all ${plural(measured.length, "route")}.${caution}`,
    evidence: far.map(
      ({ cell, total, hits, share }) =>
        `${nameOf(cell)}: ${hits} of ${total.count} calls beyond ${FAR_OUT} times the median, that is ${percent(share.value)} (95 % interval ${percent(share.low)} to ${percent(share.high)})`,
    ),
  });
}

function stability(pairs: readonly Pair[]): Finding {
  const steadier = pairs.filter(({ tail }) => tail.low > 0);
  const wilder = pairs.filter(({ tail }) => tail.high < 0);
  const rest = pairs.length - steadier.length - wilder.length;
  const gap = "from P50 to P95 of the total";
  return Object.freeze({
    id: "stability",
    found: steadier.length > 0,
    title:
      steadier.length > 0
        ? "Other routes than the global profile vary less"
        : "No difference found in how much routes vary",
    text: `The gap ${gap} is smaller than on the global profile in ${steadier.length} of ${plural(pairs.length, "pair")}, larger in ${wilder.length}; in ${rest} no difference was found. ${sizes(pairs)}`,
    evidence: pairs.map((pair) => `${pairName(pair)}: ${gap}, global minus other ${interval(pair.tail, signedMs)}`),
  });
}

function failures({ cells }: Pick<LabResults, "cells">): Finding {
  const failed = cells.filter(({ failures: kinds }) => Object.keys(kinds).length > 0);
  const count = (cell: LabResultCell): number => Object.values(cell.failures).reduce((sum, hits) => sum + hits, 0);
  const calls = cells.reduce((sum, cell) => sum + cell.calls, 0);
  const total = failed.reduce((sum, cell) => sum + count(cell), 0);
  return Object.freeze({
    id: "failures",
    found: total > 0,
    title: total > 0 ? `${plural(total, "call")} failed` : "No call failed",
    text:
      total > 0
        ? `${total} of ${plural(calls, "counted call")} failed. Failed calls are in no percentile.`
        : `All ${plural(calls, "counted call")} were answered to the end.`,
    evidence: failed.map(
      (cell) =>
        `${nameOf(cell)}: ${count(cell)} of ${cell.calls} (${Object.entries(cell.failures)
          .map(([kind, hits]) => `${kind} ${hits}`)
          .join(", ")})`,
    ),
  });
}

function pairName({ global, other }: Pair): string {
  return `${other.sourceRegion}, ${global.model}, global against ${other.kind === "in-region" ? "in-Region" : other.geography}`;
}

function inWords({ ms: apart, share, found }: Difference): string {
  const figures = `${signedMs(apart.value)} (${signedPercent(share.value)}), 95 % interval ${signedMs(apart.low)} to ${signedMs(apart.high)}`;
  return found ? figures : `no difference found: ${figures}`;
}

function interval(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  write: (value: number) => string,
): string {
  return `${write(value)}, 95 % interval ${write(low)} to ${write(high)}`;
}

function range(values: readonly number[], write: (value: number) => string): string {
  const [low, high] = [write(Math.min(...values)), write(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

function sizes(pairs: readonly Pair[]): string {
  const counts = pairs.flatMap(({ calls }) => [calls.global, calls.other]);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `${least === most ? plural(least, "answered call") : `${least} to ${most} answered calls`} a route.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
